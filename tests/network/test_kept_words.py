"""What somebody wrote is not lost with their session, and not sent by anybody but them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casestudies.models import Adoption
from core import keeping
from core.keeping import FORM, KEPT_AN_HOUR, KEY, LENGTH
from core.models import KeptForm
from core.retention import forget_what_is_due
from discussion.asks.services import close_ask
from discussion.models import Ask, Comment
from discussion.services import add_comment
from moderation import services
from moderation.models import Appeal, Report
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "It closed after “nine” <b>months</b>, and nobody came."
HERE = "http://testserver"


@pytest.fixture
def council():
    return factories.organisation("Kirklees")


@pytest.fixture
def author(council):
    return factories.member(council, "author", name="Ada Author")


def text(response):
    return " ".join(response.content.decode().split())


def test_a_record_of_an_adoption_is_there_after_signing_in(client, council, author):
    page = factories.case_study(factories.organisation("Stockport"))
    address = f"{reverse('adoption_new')}?case_study={page.pk}"
    sent = {
        "organisation": council.pk, "status": "stopped", "started_0": "3", "started_1": "2024",
        "outcome": "did_not_work", "reasons": ["money", "people"], "words": WORDS,
        "password": "hunter2 and more words", "csrfmiddlewaretoken": "x",
    }  # fmt: skip
    answer = client.post(address, sent)
    assert answer["Location"].startswith(reverse("account_login"))
    assert "nobody+came" in KeptForm.objects.get().words
    assert "hunter2" not in KeptForm.objects.get().words
    assert "nobody" not in str(dict(client.session)), "what lies in sessions is not counted"
    client.force_login(author)
    other = factories.case_study(factories.organisation("Wigan"))
    elsewhere = text(client.get(f"{reverse('adoption_new')}?case_study={other.pk}"))
    assert "nobody came" not in elsewhere, "it was written about another one"
    back = client.get(address)
    form = back.context["form"]
    assert back.status_code == 200
    assert "We kept what you wrote" in text(back)
    assert "&lt;b&gt;months&lt;/b&gt;, and nobody came" in text(back)
    assert (form["reasons"].value(), form["outcome"].value()) == (["money", "people"], "did_not_work")
    assert "nobody came" not in text(client.get(address)), "once"
    assert not Adoption.objects.exists(), "only its writer sends it"
    client.logout()
    client.post(address, sent)
    client.force_login(author)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "nobody came" not in text(client.get(address)), "the next at this computer may be somebody else"


def test_every_form_about_an_ask_is_there_as_it_was_sent(client, author):
    topic, other = factories.TopicFactory(slug="sea"), factories.TopicFactory(slug="walls")
    own, ask = factories.ask(author=author, topics=[topic]), factories.ask(author=factories.UserFactory())
    asked = {"title": "Who mends <b>sea walls</b> by the yard?", "body": WORDS, "topic": "sea", "topic_2": "walls"}
    answer = {"body": WORDS, "offer_follow": "on"}
    council = author.memberships.get().organisation_id
    for name, args, sent in (
        ("ask_new", [], {"title": asked["title"], "body": WORDS}),
        ("ask_new", [], {**asked, "organisation": council, "send": "yes"}),
        ("ask_edit", [own.pk], {**asked, "organisation": council}),
        ("ask_answer", [ask.pk], answer),
        ("comment_reply", [factories.answer(ask, author).pk], answer),
        ("comment_edit", [factories.answer(ask, author).pk], {"body": WORDS}),
        ("ask_close", [own.pk], {"reason": "duplicate", "where": "/ask/77-who-mends-walls/"}),
        ("ask_write_up", [ask.pk], {"organisation": council, "summary": WORDS}),
    ):
        address = reverse(name, args=args)
        client.logout()
        assert client.post(address, sent)["Location"] == f"{reverse('account_login')}?next={address}", name
        client.force_login(author)
        back = client.get(address)
        form = back.context["form"]
        assert "We kept what you wrote" in text(back), name
        assert {field: str(form[field].value()) for field in sent if field != "send"} == {
            field: str(value) for field, value in sent.items() if field != "send"
        }, name
        assert ("&lt;b&gt;months&lt;/b&gt;, and nobody came" in text(back)) == (WORDS in sent.values()), name
    assert (Ask.objects.count(), other.asks.count(), ask.answers.count()) == (2, 0, 2), "only their writer sends them"


def test_what_can_no_longer_be_sent_is_given_back_to_be_copied(client, author):
    own = factories.ask(author=author)
    ask = factories.ask(author=factories.UserFactory())
    answered, mine = factories.answer(ask, factories.UserFactory()), factories.answer(ask, author)
    told = {"title": "Who mends walls?", "body": WORDS, "topic": "sea"}
    doors = [
        (reverse("ask_edit", args=[own.pk]), told, "An ask can be changed for 15 minutes"),
        (reverse("comment_edit", args=[mine.pk]), {"body": WORDS}, "A comment can be changed for 15 minutes"),
        (reverse("ask_answer", args=[ask.pk]), {"body": WORDS}, "This ask is closed"),
        (reverse("comment_reply", args=[answered.pk]), {"body": WORDS}, "This ask is closed"),
    ]
    close_ask(ask=ask, reason="solved", by=ask.author)
    later = timezone.now() + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        for address, sent, why in doors:
            client.force_login(author)
            now = client.post(address, sent)
            client.logout()
            client.post(address, sent)
            client.force_login(author)
            for answer in (now, client.get(address)):
                assert answer.status_code == 403, address
                assert why in text(answer)
                assert "&lt;b&gt;months&lt;/b&gt;, and nobody came." in text(answer), address
                assert "look it over and send it" not in text(answer)
    assert (own.versions.count(), ask.answers.count()) == (0, 2)


def test_a_short_form_is_kept_for_an_hour_as_well(client, council, author):
    entry = factories.record_entry(factories.PlaceFactory())
    entry.place.organisations.add(council)
    address = reverse("record_reply", args=[entry.place.slug, entry.pk])
    for minutes, there in ((59, True), (61, False)):
        client.post(address, {"words": WORDS})
        client.force_login(author)
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            assert ("nobody came" in text(client.get(address))) is there, minutes
        assert KEY not in client.session
        client.logout()


def test_an_appeal_and_a_report_are_there_after_signing_in(client, council, author):
    page = factories.case_study(council)
    moderator = factories.UserFactory(moderator=True)
    comment = add_comment(page=page, body="A question.", by=factories.UserFactory())[0]
    decision = services.decide_contribution(
        contribution=comment, action="decline", by=moderator, reason="abuse", words="No."
    )
    address = reverse("appeal", args=[decision.pk])
    assert client.post(address, {"words": WORDS}).status_code == 302
    client.force_login(author)
    assert client.get(address).status_code == 404, "whose work it was not learns nothing"
    assert FORM in client.session
    client = Client()
    client.post(address, {"words": WORDS})
    client.force_login(comment.author)
    assert "&lt;b&gt;months&lt;/b&gt;" in text(client.get(address))
    assert not Appeal.objects.exists()

    # A report needs no account; whoever had one chooses, because its answer goes to another address then.
    address = reverse("report", args=["page", page.pk])
    sent = {"kind": "wrong", "details": WORDS}
    assert 'name="account" value="1"' in text(client.get(address, {"kind": "wrong"}))
    client.logout()
    lost = client.post(address, {**sent, "account": "1"})
    assert lost.status_code == 422
    assert "You are no longer signed in, so nothing was sent" in text(lost)
    assert f"?next={address}" in text(lost)
    assert "&lt;b&gt;months&lt;/b&gt;" in text(lost)
    assert 'name="account"' not in text(lost)
    assert not Report.objects.exists()
    client.force_login(author)
    back = text(client.get(address))
    assert "We kept what you wrote" in back
    assert "&lt;b&gt;months&lt;/b&gt;" in back
    client.logout()
    client.post(address, {**sent, "account": "1"})
    client.post(address, sent)
    assert Report.objects.get().reporter is None
    assert FORM not in client.session, "it was sent after all"


def test_an_old_page_gives_the_words_back_and_sends_nothing(council, author):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(author)
    page = factories.case_study(council)
    address = reverse("comment_add", args=[page.pk])
    sent = {"body": WORDS, "name": "Ada", "password": "correct horse battery staple", "csrfmiddlewaretoken": "y" * 64}
    refused = browser.post(address, sent, headers={"Origin": HERE, "Referer": f"{HERE}{page.url}?sort=new"})
    said = text(refused)
    assert refused.status_code == 403
    assert refused["Cache-Control"] == "private, no-store"
    assert "&lt;b&gt;months&lt;/b&gt;, and nobody came." in said
    assert "<b>months</b>" not in said
    assert "horse" not in said
    assert "y" * 64 not in said
    assert f'href="{page.url}?sort=new"' in said
    assert "<form" not in said.partition("<main")[2].partition("</main>")[0], "nothing here sends it again"
    assert FORM not in browser.session
    assert not Comment.objects.exists()
    # What another site made a browser send is not shown as somebody's words, and leads nowhere else.
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
        {},
    ):
        said = text(browser.post(address, sent, headers=headers))
        assert "nobody came" not in said, headers
        assert "evil" not in said, headers
        assert "Nothing was sent" in said
    outside = browser.post(address, sent, headers={"Origin": HERE, "Referer": f"{HERE}//evil.example/x"})
    assert 'href="//' not in text(outside)
    visitor = Client(enforce_csrf_checks=True).post(address, sent, headers={"Origin": HERE})
    assert (visitor.status_code, reverse("account_login") in text(visitor)) == (403, True)


def test_so_much_and_no_more_is_kept_for_who_is_not_signed_in(author):
    page = factories.case_study(factories.organisation("Stockport"))
    address = reverse("record_reply", args=["anywhere", 7])
    form = f"{reverse('adoption_new')}?case_study={page.pk}"
    for number in range(KEPT_AN_HOUR):
        visitor = Client()
        visitor.post(address if number % 2 else form, {"words": WORDS})
        assert KEY in visitor.session or FORM in visitor.session
    late = Client()
    answer = late.post(address, {"words": WORDS}, follow=True)
    late.post(form, {"words": WORDS})
    assert KEY not in late.session
    assert FORM not in late.session
    assert "this was not kept" in text(answer)
    assert KeptForm.objects.count() == KEPT_AN_HOUR
    long = Client(REMOTE_ADDR="192.0.2.7")
    long.post(address, {"words": "x" * (LENGTH + 1)})
    long.post(form, {"words": "x" * (3 * LENGTH + 1)})
    assert not {KEY, FORM} & set(long.session.keys())


def test_all_that_is_kept_is_bounded_and_the_oldest_goes(monkeypatch, author):
    page = factories.case_study(factories.organisation("Stockport"))
    address = reverse("comment_add", args=[page.pk])

    def send(words, number):
        visitor = Client(REMOTE_ADDR=f"192.0.2.{number}")
        visitor.post(address, {"body": words})
        return visitor

    def there(visitor):
        visitor.force_login(author)
        return "We kept what you wrote" in text(visitor.get(address))

    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    senders = [send(f"{WORDS} {number}", number) for number in range(4)]
    assert [there(one) for one in senders] == [False, True, True, True]
    assert not KeptForm.objects.exists(), "what was taken is gone"
    monkeypatch.setattr(keeping, "MOST_SIZE", 3 * 1000)
    senders = [send("a" * length, number) for number, length in enumerate((900, 900, 900, 1900), 10)]
    assert [there(one) for one in senders] == [False, False, True, True], "as many of the oldest as are in the way"
    again = send(WORDS, 20)
    again.post(address, {"body": f"{WORDS} Again."})
    assert KeptForm.objects.count() == 1, "one for each session and kind"
    send("Too old to matter.", 21)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert not [one.rule for one in forget_what_is_due() if one.error]
    assert not KeptForm.objects.exists(), "nobody came back for it"
