"""Previews: every kind of mail with real data, without sending, storing, or letting anybody act for somebody else."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.delivery import deliver_all
from digests import rendering, services, stories, tokens
from digests.models import MailKind, OutgoingEmail, StaffDeed
from digests.permissions import can_preview_as
from digests.rendering.letters import Letter, kinds_written
from digests.rendering.previews import all_previews, find
from digests.staff.mails import unsigned
from discussion.models import Comment
from members.models import SimilarOrganisation
from moderation import services as moderation
from search.state import SearchState
from tests import factories
from tests.digests.helpers import send_now
from tests.digests.staff.pages import page

pytestmark = pytest.mark.django_db
SIGNED = re.compile(r":[0-9A-Za-z]{4,8}:[\w-]{43}")


@pytest.fixture
def news(reader, topic, council):
    """The reader follows a topic with two things, one of them for members, with a comment among members."""
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic], title="A market in an empty shop")
    closed = factories.case_study(council, topics=[topic], title="For members", audience="members")
    services.follow(person=reader, target=("case_study", closed.pk))
    author = factories.member(council)
    comment = Comment.objects.create(page=closed, author=author, body="Said among members", state="published")
    from core import events

    events.record(kind="comment.published", subject=("comment", comment.pk), targets=[("case_study", closed.pk)])
    deliver_all(only=stories.CONSUMER)
    return council


@pytest.fixture
def administrator(client):
    person = factories.UserFactory(name="Ade Administrator", administrator=True)
    client.force_login(person)
    return person


def shown(client, kind, variant, **params):
    return page(client, "mail_preview", kind, variant, **params)


def html_of(client, kind, variant, **params):
    return client.get(reverse("mail_preview_html", args=[kind, variant]), params)


def test_every_kind_that_is_written_can_be_previewed():
    listed = all_previews()
    assert set(listed) == {MailKind(kind) for kind in kinds_written()}
    assert all(listed.values())
    for kind, previews in listed.items():
        for one in previews:
            assert find(kind, one.variant).label == one.label


def test_the_list_leads_to_each(client, operator):
    markup = client.get(reverse("mail_previews")).content.decode()
    for kind, previews in all_previews().items():
        for one in previews:
            assert reverse("mail_preview", args=[kind, one.variant]) in markup


def test_whoever_has_nothing_real_is_told_so(client, operator):
    for kind, previews in all_previews().items():
        if kind == MailKind.ACCOUNT:
            continue
        for one in previews:
            if kind == MailKind.LETTER and one.variant != "latest":
                continue
            assert "There is none for Ola Operations:" in shown(client, kind, one.variant), (kind, one.variant)
            assert html_of(client, kind, one.variant).status_code == 404
    assert client.get(reverse("mail_preview", args=["digest", "none"])).status_code == 404
    assert client.get(reverse("mail_preview", args=["nonsense", "latest"])).status_code == 404


def test_a_digest_is_previewed_as_its_reader_would_get_it(client, administrator, news, reader, mailoutbox):
    said = shown(client, "digest", "ordinary", person=reader.email)
    assert "A market in an empty shop" in said
    assert "To rhian@example.org" in said
    assert "List-Unsubscribe" in said
    assert "=?utf-8?" not in said, "headers are read by people here"
    html = html_of(client, "digest", "ordinary", person=reader.email).content.decode()
    assert "A market in an empty shop" in html
    assert mailoutbox == []
    assert not OutgoingEmail.objects.exists()
    assert {one.what for one in StaffDeed.objects.all()} == {"previewed"}
    assert {one.person for one in StaffDeed.objects.all()} == {reader}


def test_the_variants_of_a_digest_differ(client, administrator, news, reader, topic):
    thin = find("digest", "thin").make(reader)
    ordinary = find("digest", "ordinary").make(reader)
    first = find("digest", "first").make(reader)
    assert len(thin.text) < len(ordinary.text) < len(first.text)
    assert "fewer than fit" in shown(client, "digest", "over-the-cap", person=reader.email)
    for number in range(rendering.digest.CAP + 1):
        factories.case_study(news, topics=[topic], title=f"One of many, number {number}")
    deliver_all(only=stories.CONSUMER)
    over = find("digest", "over-the-cap").make(reader)
    assert over.text.count("One of many") >= rendering.digest.CAP - 2


def test_a_preview_writes_nothing(news, reader):
    with CaptureQueriesContext(connection) as queries:
        for previews in all_previews().values():
            for one in previews:
                one.make(reader)
    said = [one["sql"].upper() for one in queries]
    assert not [sql for sql in said if re.match(r"(INSERT|UPDATE|DELETE)", sql)]


def test_no_link_in_a_preview_acts_for_somebody(client, administrator, news, reader):
    for kind, previews in all_previews().items():
        for one in previews:
            for markup in (
                client.get(reverse("mail_preview", args=[kind, one.variant]), {"person": reader.email}),
                html_of(client, kind, one.variant, person=reader.email),
            ):
                assert not SIGNED.search(markup.content.decode()), (kind, one.variant)


def test_every_kind_of_signed_link_is_recognised():
    makers = [
        tokens.stop_link(person=1, what=tokens.ALL),
        tokens.stop_link(person=123, what=45),
        tokens.mail_link(7, all="1"),
        tokens.answer_link(mail=7, person=1, anchor="x"),
        tokens.address_link(7),
        tokens.confirm_link(7),
    ]
    for link in makers:
        assert SIGNED.search(link)
        for text in (link, f"<{link}>", f'href="{link}"', f"{link}."):
            assert not SIGNED.search(unsigned(text)), link


def test_the_frame_runs_nothing_and_leads_nowhere(client, administrator, news, reader):
    markup = client.get(reverse("mail_preview", args=["digest", "ordinary"]), {"person": reader.email})
    assert 'sandbox=""' in markup.content.decode()
    answer = html_of(client, "digest", "ordinary", person=reader.email)
    policy = answer["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]


# --- Who may see what ----------------------------------------------------------------------------


def test_staff_preview_only_as_somebody_who_may_read_no_more_than_they(client, operator, news, reader):
    member = factories.member(news, email="mo@example.org")
    moderator = factories.UserFactory(moderator=True)
    administrator = factories.UserFactory(administrator=True)
    operating_member = factories.member(news, operator=True)
    assert can_preview_as(operator, operator, private=True)
    assert can_preview_as(operator, reader, private=False)
    assert not can_preview_as(operator, reader, private=True)
    assert not can_preview_as(operator, member, private=False)
    assert not can_preview_as(operator, moderator, private=False)
    assert can_preview_as(operating_member, member, private=False)
    assert can_preview_as(administrator, member, private=True)
    assert not can_preview_as(moderator, moderator, private=False)
    services.follow(person=member, target=("case_study", Comment.objects.get().page_id))
    assert "You may not see this as" in shown(client, "digest", "ordinary", person="mo@example.org")
    for kind, variant, person in (("digest", "ordinary", member), ("decision", "latest", reader)):
        assert html_of(client, kind, variant, person=person.email)["Location"] == "/cms/", "the CMS's way to say no"
    assert not StaffDeed.objects.exists()


def test_what_is_for_members_is_shown_to_those_alone(client, administrator, news, reader):
    assert "Said among members" not in shown(client, "digest", "ordinary", person=reader.email)
    member = factories.member(news, email="mo@example.org")
    services.follow(person=member, target=("case_study", Comment.objects.get().page_id))
    assert "Said among members" in shown(client, "digest", "ordinary", person="mo@example.org")
    client.force_login(factories.UserFactory(operator=True))
    assert "Said among members" not in shown(client, "digest", "ordinary", person=reader.email)
    assert "Said among members" not in shown(client, "digest", "ordinary", person="mo@example.org")


# --- The other kinds -----------------------------------------------------------------------------


def test_account_mails_are_written_with_invented_secrets(client, operator):
    for one in all_previews()[MailKind.ACCOUNT]:
        if one.variant == "latest":
            continue
        written = one.make(operator)
        assert isinstance(written, Letter), (one.variant, written)
    assert "ABCD-2345" in shown(client, "account", "login-code")
    assert "about your account" not in shown(client, "account", "unknown-account"), "its reader has none"


def test_the_letters_of_every_room_are_written_with_invented_facts(operator):
    """In both languages: each sentence finds the facts that it needs."""
    for one in all_previews()[MailKind.LETTER]:
        if one.variant == "latest":
            continue
        for operator.language in ("en", "cy"):
            written = one.make(operator)
            assert isinstance(written, Letter), (one.variant, written)
            assert "\n--\n" in written.text, (one.variant, "says why its reader gets it")
            assert not re.search(r" [.,;:](\s|$)", written.text), (one.variant, "leaves no gap in a sentence")


def test_each_decision_on_somebodys_work(client, administrator, council):
    moderator = factories.UserFactory(moderator=True)
    author = factories.UserFactory(email="nia@example.org")
    page_ = factories.case_study(council)
    for action in ("approve", "decline"):
        comment = Comment.objects.create(page=page_, author=author, body="Well.", state="held")
        reason = {} if action == "approve" else {"reason": "off_topic", "words": "Elsewhere, please."}
        moderation.decide_contribution(contribution=comment, action=action, by=moderator, **reason)
    assert "Published:" in shown(client, "decision", "approve", person="nia@example.org")
    assert "Elsewhere, please." in shown(client, "decision", "decline", person="nia@example.org")
    assert "ever decided like this" in shown(client, "decision", "hide", person="nia@example.org")


def test_a_reply_and_an_adoption(client, administrator, council, reader):
    page_ = factories.case_study(council)
    first = Comment.objects.create(page=page_, author=reader, body="How much?", state="published")
    answer = Comment.objects.create(page=page_, author=factories.UserFactory(), body="Little.", state="published")
    from core import events

    events.record(
        kind="comment.published",
        subject=("comment", answer.pk),
        data={"reply_to": first.pk, "reply_to_author_id": reader.pk},
    )
    assert "Little." in shown(client, "reply", "answered", person=reader.email)
    lead = factories.member(council, "lead", email="lead@example.org")
    kirklees = factories.organisation("Kirklees")
    factories.adoption(page_, kirklees, author=factories.member(kirklees, "author"))
    assert "Kirklees" in shown(client, "adoption", "recorded", person=lead.email)


def test_the_other_language_can_be_asked_for(client, administrator, news, reader):
    html = html_of(client, "digest", "ordinary", person=reader.email, language="cy").content.decode()
    assert 'lang="cy"' in html
    reader.refresh_from_db()
    assert reader.language == "en"
    assert "Select a valid choice" in shown(client, "digest", "ordinary", language="xx")


def test_what_searches_and_likenesses_brought_is_previewed_too(reader, council):
    twin = factories.organisation("Rochdale")
    SimilarOrganisation.objects.create(organisation=council, other=twin, rank=1, score=0.5)
    services.follow(person=reader, target=("councils_like", council.pk))
    services.follow_search(person=reader, state=SearchState(text="zeppelin"))
    factories.case_study(twin, title="A market hall")
    factories.case_study(factories.organisation("Kirklees"), title="A zeppelin mooring")
    send_now()
    text = find("digest", "ordinary").make(reader).text
    assert "A market hall" in text
    assert "A zeppelin mooring" in text
