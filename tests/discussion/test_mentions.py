"""Naming somebody in a comment: who may be named, who is told, and how it is shown."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from core.delivery import deliver_all
from digests import services as digests
from digests.models import MailPreference, OutgoingEmail
from discussion import mentions, services
from discussion.models import CommentMention
from moderation import services as moderation
from tests import factories
from tests.discussion.helpers import thread_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def council(db):
    return factories.organisation("Stockport")


@pytest.fixture
def study(council):
    return factories.case_study(council, title="Ivy House")


@pytest.fixture
def moderator(db):
    return factories.UserFactory(name="Morgan Moderator", moderator=True)


@pytest.fixture
def rhian(study, moderator):
    """Wrote on the page long ago."""
    person = factories.UserFactory(name="Rhian Reader", email="rhian@example.org")
    say(study, person, "Did anyone count?", moderator)
    settle()
    return person


@pytest.fixture
def carys(db):
    return factories.member(factories.organisation("Pendle"), name="Carys Highstreet", email="carys@example.org")


def say(study, by, body, moderator=None, reply_to=None):
    made, verdict = services.add_comment(page=study, body=body, by=by, reply_to=reply_to)
    if moderator and not verdict.publish:
        moderation.decide_contribution(contribution=made, action="approve", by=moderator)
        made.refresh_from_db()
    return made


def settle():
    """Everything so far was told an hour ago."""
    from tests.digests.helpers import an_hour_later

    deliver_all(only="notices")
    digests.send_waiting()
    an_hour_later()
    outbox.outbox.clear()


def told():
    """Who gets which mail about what happened."""
    before = len(outbox.outbox)
    deliver_all(only="notices")
    digests.send_waiting()
    return [(message.to[0], message.subject) for message in outbox.outbox[before:]]


def test_who_is_named_is_told_at_once_and_stands_in_bold(study, rhian, carys, client):
    say(study, carys, "Ask @Rhian Reader, she <b>counted</b>.")
    assert told() == [("rhian@example.org", "Carys Highstreet named you: Ivy House")]
    page = client.get(study.get_url()).content.decode()
    assert "Ask <strong>@Rhian Reader</strong>, she &lt;b&gt;counted&lt;/b&gt;." in page
    message = outbox.outbox[-1]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Ask @Rhian Reader" in message.body
    assert told() == []


def test_a_reply_that_names_whom_it_answers_is_one_mail(study, rhian, carys):
    say(study, carys, "@Rhian Reader, we did.", reply_to=study_comment(rhian))
    assert told() == [("rhian@example.org", "Carys Highstreet replied to you: Ivy House")]


def study_comment(person):
    from discussion.models import Comment

    return Comment.objects.filter(author=person).get()


def test_who_wants_no_mail_about_replies_may_want_mentions_and_the_other_way_round(study, rhian, carys):
    MailPreference.objects.create(person=rhian, replies=False)
    say(study, carys, "@Rhian Reader, we did.", reply_to=study_comment(rhian))
    assert told() == [("rhian@example.org", "Carys Highstreet named you: Ivy House")]
    MailPreference.objects.update(mentions=False)
    say(study, carys, "@Rhian Reader, once more.")
    assert told() == []


def test_one_click_stops_mail_about_mentions(study, rhian, carys, client):
    say(study, carys, "Ask @Rhian Reader.")
    told()
    link = outbox.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert "Stop mail about comments that name you?" in client.get(link).content.decode()
    client.post(link)
    assert MailPreference.objects.get(person=rhian).mentions is False


def test_only_who_is_there_can_be_named(study, rhian, carys):
    factories.UserFactory(name="Sam Stranger")
    made = say(study, carys, "What does @Sam Stranger think? And @Nobody At All?")
    assert not made.mentions.exists()
    assert told() == []
    (_first, second) = thread_of(page=study, user=carys)
    assert "<strong>" not in second["html"]


def test_the_team_of_the_case_study_can_be_named(council, study, carys):
    author = factories.member(council, "author", name="Ada Author", email="ada@example.org")
    factories.member(council, "member", name="Mo Member", email="mo@example.org")
    made = say(study, carys, "Is it still there, @ada author? @Mo Member?")
    assert told() == [(author.email, "Carys Highstreet named you: Ivy House")]
    shown = next(one["html"] for one in thread_of(page=study, user=carys) if one["id"] == made.pk)
    assert "<strong>" not in shown, "who tries names does not learn who works there"


def test_whoever_tries_names_of_people_who_have_not_written_gets_the_same_answer_for_each(
    council, study, rhian, carys, client
):
    """Be there one of that name, two, none, or one beside somebody who stands on the page."""
    for name in ("Ada Author", "Tom Twin", "Tom Twin", "Rhian Reader"):
        factories.member(council, "author", name=name)
    client.force_login(carys)
    answers = set()
    for name in ("Ada Author", "Tom Twin", "No Body"):
        response = client.post(reverse("comment_add", args=[study.pk]), {"body": f"Who is @{name}?"}, follow=True)
        answers.add(tuple(str(one) for one in response.context["messages"]))
    assert len(answers) == 1
    assert not any("<strong>" in one["html"] for one in thread_of(page=study, user=carys))
    say(study, carys, "And @Rhian Reader?")
    settle()
    named = list(CommentMention.objects.order_by("pk").values_list("person__name", "person"))
    assert [name for name, _person in named] == ["Ada Author", "Rhian Reader"]
    assert named[1][1] == rhian.pk, "the one on the page is meant"


def test_nobody_is_told_that_they_named_themselves(study, rhian, moderator):
    say(study, rhian, "I, @Rhian Reader, say so.", moderator)
    assert not CommentMention.objects.exists()


def test_a_held_comment_tells_nobody_before_it_is_published(study, rhian, moderator):
    newcomer = factories.UserFactory(name="Nia New")
    made = say(study, newcomer, "Ask @Rhian Reader.")
    assert told() == []
    moderation.decide_contribution(contribution=made, action="approve", by=moderator)
    assert ("rhian@example.org", "Nia New named you: Ivy House") in told()


def test_a_change_tells_those_who_are_named_only_now_and_once(study, rhian, carys, moderator):
    other = factories.UserFactory(name="Dewi Other", email="dewi@example.org")
    say(study, other, "I counted too.", moderator)
    settle()
    made = say(study, carys, "Ask @Rhian Reader.")
    assert [to for to, _subject in told()] == ["rhian@example.org"]
    for body in ("Ask @Rhian Reader or @Dewi Other.", "Ask @Dewi Other.", "Ask @Dewi Other or @Rhian Reader."):
        services.edit_comment(comment=made, body=body, by=carys)
    assert [to for to, _subject in told()] == ["dewi@example.org"]
    assert told() == []


def test_who_is_no_longer_named_when_the_mail_is_written_is_not_told(study, rhian, carys):
    made = say(study, carys, "Ask @Rhian Reader.")
    deliver_all(only="notices")
    services.edit_comment(comment=made, body="Ask somebody.", by=carys)
    assert told() == []
    assert OutgoingEmail.objects.get(kind="mention").state == "suppressed"


def test_a_removed_comment_names_nobody(study, rhian, carys):
    made = say(study, carys, "Ask @Rhian Reader.")
    deliver_all(only="notices")
    services.delete_comment(comment=made, by=carys)
    assert told() == []
    assert not CommentMention.objects.exists()


def test_on_a_page_for_members_only_members_are_named_and_told(council, moderator):
    from members.services import end_membership

    study = factories.case_study(council, title="Among ourselves", audience="members")
    writer = factories.member(council, name="Mo Member")
    insider, leaver = factories.member(council, name="Ina Insider"), factories.member(council, name="Lee Leaver")
    for person in (insider, leaver):
        say(study, person, "Hello.", moderator)
    settle()
    end_membership(membership=leaver.memberships.get(), by=None)
    say(study, writer, "@Ina Insider and @Lee Leaver, look.", moderator)
    assert [to for to, _subject in told()] == [insider.email]


def test_a_membership_that_ended_before_the_mail_was_written_counts(council, moderator):
    from members.services import end_membership

    study = factories.case_study(council, audience="members")
    writer, leaver = factories.member(council, name="Mo Member"), factories.member(council, name="Lee Leaver")
    say(study, leaver, "Hello.", moderator)
    settle()
    say(study, writer, "@Lee Leaver, look.", moderator)
    deliver_all(only="notices")
    end_membership(membership=leaver.memberships.get(), by=None)
    assert not any(to == leaver.email for to, _subject in told())


def test_two_of_the_same_name_are_neither_told_and_the_writer_is(study, rhian, carys, moderator, client):
    namesake = factories.UserFactory(name="Rhían reader", email="other@example.org")
    say(study, namesake, "Me too.", moderator)
    settle()
    client.force_login(carys)
    response = client.post(reverse("comment_add", args=[study.pk]), {"body": "Ask @Rhian Reader."}, follow=True)
    assert "More than one person here is called Rhian Reader, so we have told neither of them." in " ".join(
        response.content.decode().split()
    )
    assert told() == []


NAMES = [(1, "Ann Lee"), (2, "Ann Lee-Jones"), (3, "Siân Ŵyn"), (4, "Zoë"), (5, "O’Brien")]


@pytest.mark.parametrize(
    ("body", "people"),
    [
        ("@Ann Lee", {1: "Ann Lee"}),
        ("Thanks, @ann lee.", {1: "ann lee"}),
        ("(@ANN  LEE)", {1: "ANN  LEE"}),
        ("@Ann Lee-Jones did it", {2: "Ann Lee-Jones"}),
        ("@Ann Leeds", {}),
        ("@Ann\nLee", {}),
        ("@sian wyn and @zoe!", {3: "sian wyn", 4: "zoe"}),
        ("@Siân Ŵyn", {3: "Siân Ŵyn"}),
        ("mail zoe@zoe.org or ann@zoe", {}),
        ("https://example.org/@zoe", {}),
        ("@O’Brien's", {5: "O’Brien"}),
        ("@@zoe @ zoe @", {4: "zoe"}),
        ("@Zoë @Zoe", {4: "Zoë"}),
        ("nobody", {}),
    ],
)
def test_names_are_found_as_people_type_them(body, people):
    assert mentions.find(body, NAMES).people == people


def test_a_name_that_two_have_is_nobodys():
    found = mentions.find("@Ann Lee and @Zoë", [(1, "Ann Lee"), (2, "ann lée"), (4, "Zoë")])
    assert (found.people, found.unclear) == ({4: "Zoë"}, ["Ann Lee"])


def test_at_most_ten_people_are_told_of_one_comment():
    names = [(number, f"Person {chr(64 + number)}") for number in range(1, 13)]
    assert len(mentions.find(" ".join(f"@{name}" for _pk, name in names), names).people) == mentions.MOST


def test_the_form_says_who_can_be_named_of_those_who_wrote(study, rhian, carys, client):
    hidden = factories.member(study.get_parent().specific.organisation, "author", name="Ada Author")
    assert hidden.name
    client.force_login(carys)
    page = client.get(study.get_url()).content.decode()
    assert "To name somebody who wrote here, so that they get a mail: @Rhian Reader." in page
    assert "@Ada Author" not in page, "the form tells nobody who belongs to the council"
    client.force_login(rhian)
    assert "To name somebody" not in client.get(study.get_url()).content.decode(), "she alone has written"


def test_a_thread_costs_one_query_more_for_all_who_are_named(study, rhian, carys, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as queries:
            thread_of(page=study, user=carys)
        return len(queries)

    cost()  # what is asked once of a person is kept
    without = cost()
    say(study, carys, "Ask @Rhian Reader.")
    one = cost()
    for number in range(5):
        say(study, carys, f"Number {number}: @Rhian Reader.")
    assert (one, cost()) == (without + 1, without + 1)


def test_mentions_that_come_together_are_one_mail(study, rhian, carys, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=1), tick=False)  # later than what was settled
    for number in range(3):
        say(study, carys, f"Number {number}: @Rhian Reader.")
    assert told() == [("rhian@example.org", "3 comments that name you")]
    time_machine.shift(timedelta(minutes=5))
    say(study, carys, "And @Rhian Reader once more.")
    assert told() == []
