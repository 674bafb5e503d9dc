"""What followers of a search hear: whatever is new that it finds, as each of them may find it."""

import re

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casestudies.models import CaseStudyPage
from core import events
from core.delivery import deliver_all
from core.models import Delivery
from digests import searches, services
from digests.models import DigestRecipient, DigestRun, Follow, OutgoingEmail, SearchMatch
from digests.models.mail import MailKind
from digests.rendering import in_browser, write
from digests.services import planning
from discussion.asks import services as asks
from discussion.asks.services import AskFacts
from discussion.contributions import ask_happened
from members.services import end_membership
from moderation import services as moderation
from places.contributions import targets
from search.engines.sql import DatabaseEngine
from search.events import DATABASE_CONSUMER
from search.state import SearchState
from tests import factories
from tests.digests.helpers import html_of, publish, send_now, text_of

pytestmark = pytest.mark.django_db

TUESDAY = "2026-11-24T08:02Z"


def state(text="", **filters):
    return SearchState(text=text, filters={name: tuple(values) for name, values in filters.items()})


def follow(person, text="", **filters):
    return services.follow_search(person=person, state=state(text, **filters))


@pytest.fixture
def monday(time_machine):
    time_machine.move_to("2026-11-23T12:00Z", tick=False)
    return time_machine


@pytest.fixture
def questions(monkeypatch):
    """What the engine was asked."""
    asked = []
    search = DatabaseEngine.search

    def counted(self, query):
        asked.append(query)
        return search(self, query)

    monkeypatch.setattr(DatabaseEngine, "search", counted)
    return asked


def test_a_new_case_study_is_told_to_those_whose_search_finds_it(reader, council):
    follow(reader, "vacant units")
    other = factories.UserFactory(email="other@example.org")
    follow(other, "swimming pools")
    factories.case_study(council, title="Vacant units became a market", summary="Nine months in Stockport.")
    (message,) = send_now()
    assert message["To"] == "rhian@example.org"
    for part in (text_of(message), html_of(message)):
        assert "Vacant units became a market" in part
        assert "Because you follow the search “vacant units”" in part
        assert "Everything new about “vacant units”" in part
    assert send_now() == []


def test_a_new_ask_is_told_to_those_whose_search_finds_it_while_it_may_be_read(reader, council, questions):
    """Once, by one question to the engine for each search; who asked for case studies alone hears of none."""
    asker = factories.member(council, email="asker@example.org")
    for person in (reader, asker):
        follow(person, "vacant units")
    follow(factories.UserFactory(email="other@example.org"), "vacant units", type=["case_study"])
    topic = factories.TopicFactory()

    def asked(title):
        facts = AskFacts(title=title, body="Who has let vacant units to traders for a season?", topics=(topic,))
        made = asks.create_ask(facts=facts, by=asker)[0]
        assert made.state == "published"
        return made

    first = asked("What do vacant units cost to insure?")
    (message,) = send_now()
    assert message["To"] == reader.email
    for part in (text_of(message), html_of(message)):
        assert "What do vacant units cost to insure?" in part
        assert re.search(r"\bNew(</strong>)? · Ask", part), "what it is stands there once"
        assert "Because you follow the search “vacant units”" in part
    assert len(questions) == 2
    ask_happened(first, "published", by=None)  # held after a change, and approved
    assert send_now() == [], "it was told when it was new"
    second = asked("Who insures vacant units by the week?")
    services.plan_now(cadence="weekly")
    assert OutgoingEmail.objects.filter(state="pending").count() == 1
    moderation.hide(contribution=second, by=factories.UserFactory(moderator=True), reason="abuse", words="No.")
    before = len(outbox.outbox)
    services.send_waiting()
    assert outbox.outbox[before:] == []


def test_it_is_told_once_with_every_reason(reader, topic, council):
    services.follow(person=reader, target=("topic", topic.pk))
    services.follow(person=reader, target=("organisation", council.pk))
    follow(reader, "market", outcome=["worked"])
    factories.case_study(council, title="A market", topics=[topic])
    (message,) = send_now()
    text = text_of(message)
    assert text.count("/a-market/") == 1
    reason = "Because you follow Empty shops, Stockport and the search for case studies about “market” that worked"
    assert reason in " ".join(text.split())


def test_filters_alone_and_words_of_the_text_are_searched_too(reader, council, topic):
    follow(reader, council=[council.slug], outcome=["did_not_work"])
    follow(factories.UserFactory(), "zeppelin", topic=["empty-shops"])
    factories.case_study(council, outcome="did_not_work", problem="<p>The zeppelin hangar.</p>", topics=[topic])
    factories.case_study(council, outcome="worked", problem="<p>The zeppelin hangar.</p>")
    assert len(send_now()) == 2
    assert SearchMatch.objects.count() == 2


def test_what_has_only_some_of_the_words_is_no_news(reader, council):
    follow(reader, "zeppelin hangar lease")
    factories.case_study(council, title="Market stalls on a lease")
    assert send_now() == []


def test_an_update_of_what_was_there_before_is_no_news_but_what_was_withdrawn_is_when_it_is_back(reader, council):
    old = factories.case_study(council, title="An old market")
    follow(reader, "market")
    publish(old, summary="Newer words.")
    assert send_now() == []
    CaseStudyPage.objects.get(pk=old.pk).unpublish()
    publish(old, summary="Back.")
    (message,) = send_now()
    assert "An old market" in text_of(message)


def test_own_deeds_are_no_news(council):
    author = factories.UserFactory(administrator=True)
    follow(author, "market")
    page = factories.case_study(council, title="A market", live=False)
    page.save_revision(user=author).publish(user=author)
    assert send_now() == []


# --- Who may hear of what ---------------------------------------------------------------------------


@pytest.fixture
def insider(council):
    return factories.member(council, email="insider@example.org")


SECRET = {
    "title": "Quiet scheme",
    "summary": "What became of it.",
    "audience": "members",
    "problem": "<p>The zeppelin hangar was empty.</p>",
}


def told():
    return {message["To"]: text_of(message) for message in send_now()}


def test_members_text_is_found_for_members_alone(reader, insider, council):
    for person in (reader, insider):
        follow(person, "zeppelin")
    factories.case_study(council, **SECRET)
    letters = told()
    assert set(letters) == {"insider@example.org"}
    assert "hangar" not in letters["insider@example.org"], "the mail has the title and the summary, and no more"


def test_the_open_part_of_it_is_found_for_everybody(reader, insider, council):
    for person in (reader, insider):
        follow(person, "quiet scheme")
    factories.case_study(council, **SECRET)
    assert set(told()) == {"rhian@example.org", "insider@example.org"}


def test_a_filter_that_only_members_may_use_brings_others_nothing(reader, insider, council):
    for person in (reader, insider):
        follow(person, "scheme", outcome=["did_not_work"])
    factories.case_study(council, **SECRET, outcome="did_not_work")
    assert set(told()) == {"insider@example.org"}


def test_who_is_no_member_any_more_at_the_moment_of_sending_is_not_told(insider, council):
    follow(insider, "zeppelin")
    factories.case_study(council, **SECRET)
    services.plan_now(cadence="weekly")
    end_membership(membership=insider.memberships.get(), by=None)
    services.send_waiting()
    assert outbox.outbox == []


@pytest.mark.parametrize("words", ["Qzlantern auctions", "rental auctions"])
def test_of_a_briefing_everybody_is_told_by_what_is_open_and_members_alone_by_the_rest(reader, insider, council, words):
    """Planted in the text beneath the door: nobody else finds it by that, and no mail says it."""
    former = factories.member(council, email="former@example.org")
    for person in (reader, insider, former):
        follow(person, words)
    body = "<p>The Qzlantern of rental auctions, said to members.</p>"
    page = factories.briefing(council, title="A year of rental auctions", body=body)
    services.plan_now(cadence="weekly")
    end_membership(membership=former.memberships.get(), by=None)
    services.send_waiting()
    everybody = {"rhian@example.org", "former@example.org", "insider@example.org"}
    assert {message.to[0] for message in outbox.outbox} == ({"insider@example.org"} if "Qz" in words else everybody)
    for message in outbox.outbox:
        assert "A year of rental auctions" in message.body
        assert "said to members" not in message.message().as_string()
    page.save_revision().publish()
    assert send_now() == [], "a change is no news"


def test_a_new_entry_of_a_places_record_is_told_once_and_its_reply_is_not(reader, council):
    follow(reader, "vacant units")
    place = factories.PlaceFactory(name="Edgeley")
    entry = factories.record_entry(place, words="Four vacant units have tenants.")
    reply = factories.record_entry(place, words="Five vacant units.", answers=entry, side="council")

    def shown(one):
        events.record(kind="record.published", subject=("record", one.pk), targets=targets(one), data={})

    shown(entry)
    shown(reply)
    (message,) = send_now()
    assert "Four vacant units have tenants." in text_of(message)
    assert "Five vacant units" not in text_of(message)
    shown(entry)
    assert send_now() == []


@pytest.mark.parametrize("index_first", [True, False])
def test_turned_members_only_before_the_mail_goes_it_is_told_to_members_alone(reader, insider, council, index_first):
    for person in (reader, insider):
        follow(person, "zeppelin")
    page = factories.case_study(council, **{**SECRET, "audience": "public"})
    services.plan_now(cadence="weekly")
    publish(page, audience="members")
    if index_first:
        deliver_all()
    services.send_waiting()
    assert [message.to for message in outbox.outbox] == [["insider@example.org"]]


def test_turned_members_only_before_the_run_while_the_index_waits_it_is_found_for_members_alone(
    reader, insider, council
):
    for person in (reader, insider):
        follow(person, "zeppelin")
    page = factories.case_study(council, **{**SECRET, "audience": "public"})
    deliver_all()
    publish(page, audience="members")
    assert set(told()) == {"insider@example.org"}


def test_withdrawn_before_the_mail_goes_it_is_told_to_nobody(reader, council):
    follow(reader, "market")
    page = factories.case_study(council, title="A market")
    services.plan_now(cadence="weekly")
    CaseStudyPage.objects.get(pk=page.pk).unpublish()
    services.send_waiting()
    assert outbox.outbox == []


def test_opened_to_everybody_it_is_news_for_who_could_not_find_it(reader, insider, council):
    for person in (reader, insider):
        follow(person, "zeppelin")
    page = factories.case_study(council, **SECRET)
    assert set(told()) == {"insider@example.org"}
    publish(page, audience="public")
    assert set(told()) == {"rhian@example.org"}


def test_opened_to_everybody_it_is_no_news_for_who_was_told_of_its_open_part(reader, council):
    follow(reader, "quiet")
    page = factories.case_study(council, **SECRET)
    assert set(told()) == {"rhian@example.org"}
    publish(page, audience="public")
    assert told() == {}


def test_the_mail_in_the_browser_asks_again(reader, council):
    follow(reader, "zeppelin")
    page = factories.case_study(council, **{**SECRET, "audience": "public"})
    send_now()
    mail = OutgoingEmail.objects.get(kind=MailKind.DIGEST)
    assert "Quiet scheme" in in_browser(mail, everything=False).html
    publish(page, audience="members")
    assert not hasattr(in_browser(mail, everything=False), "html")


# --- The index, the windows, the costs ---------------------------------------------------------------


def test_no_search_is_asked_before_the_index_has_the_document(reader, council):
    """The index hears of publications by itself, whenever it does; a run does not wait for it, it sees to it."""
    follow(reader, "market")
    factories.case_study(council, title="A market")
    assert Delivery.objects.filter(consumer=DATABASE_CONSUMER).exists()
    (message,) = send_now()
    assert "A market" in text_of(message)


def test_what_the_index_gave_up_is_found_all_the_same(reader, council):
    follow(reader, "market")
    factories.case_study(council, title="A market")
    Delivery.objects.filter(consumer=DATABASE_CONSUMER).update(parked_at="2026-01-01T00:00Z", attempts=8)
    assert len(send_now()) == 1


def test_each_case_study_lies_in_one_window_of_each_cadence(monday, reader, council):
    follow(reader, "market")
    factories.case_study(council, title="A market on Monday")
    monday.move_to(TUESDAY, tick=False)
    factories.case_study(council, title="A market on Tuesday, after eight")
    services.plan_due_runs()
    services.send_waiting()
    assert ["on Monday" in message.body for message in outbox.outbox] == [True]
    assert "after eight" not in outbox.outbox[0].body
    monday.move_to("2026-12-01T08:02Z", tick=False)
    services.plan_due_runs()
    services.send_waiting()
    assert len(outbox.outbox) == 2
    assert "after eight" in outbox.outbox[1].body
    assert "on Monday" not in outbox.outbox[1].body


def test_what_was_published_before_the_follow_is_no_news(monday, reader, council):
    factories.case_study(council, title="A market")
    monday.move_to("2026-11-23T13:00Z", tick=False)
    follow(reader, "market")
    monday.move_to(TUESDAY, tick=False)
    services.plan_due_runs()
    assert not OutgoingEmail.objects.exists()


def test_a_follow_as_it_happens_hears_within_minutes(monday, reader, council):
    found = follow(reader, "market")
    services.set_follow_cadence(follow=found, cadence="immediately")
    factories.case_study(council, title="A market")
    monday.move_to("2026-11-23T12:07Z", tick=False)
    services.plan_due_runs()
    services.send_waiting()
    assert len(outbox.outbox) == 1
    assert DigestRun.objects.get(cadence="immediately").mails == 1


@pytest.mark.parametrize(("secrets", "expected"), [(0, 1), (1, 2)])
def test_a_search_is_asked_once_a_run_however_many_follow_it(council, questions, secrets, expected):
    """Once as everybody, and once more as a member only if there is something for members."""
    asked = {}
    for people in (1, 50):
        Follow.objects.all().delete()
        for _ in range(people):
            follow(factories.UserFactory(), "market")
        for number in range(3):
            factories.case_study(council, title=f"A market {people} {number}")
        for _ in range(secrets):
            factories.case_study(council, **SECRET)
        questions.clear()
        services.plan_now(cadence="weekly")
        asked[people] = len(questions)
        assert all(query.keys for query in questions)
    assert asked == {1: expected, 50: expected}
    assert DigestRecipient.objects.filter(state="planned").count() == 51


def test_a_run_with_nothing_published_asks_nothing(reader, questions, council, topic):
    services.follow(person=reader, target=("topic", topic.pk))
    factories.case_study(council, topics=[topic])
    services.plan_now(cadence="weekly")
    assert questions == [], "nobody follows a search"
    follow(reader, "market")
    Follow.objects.update(mailed_until="2026-01-01T00:00Z")
    services.plan_now(cadence="daily")
    assert questions == [], "nobody follows one with this cadence"


def test_planning_and_writing_cost_the_same_for_one_and_for_many(council):
    counts = {}  # more rows at once are two statements on SQLite, which takes 999 values
    for people in (0, 1, 30):  # the first reads what is then kept in memory, such as the synonyms
        Follow.objects.all().delete()
        for _ in range(people or 1):
            follow(factories.UserFactory(), "market")
        factories.case_study(council, title=f"A market for {people}")
        deliver_all()
        with CaptureQueriesContext(connection) as planned:
            services.plan_now(cadence="weekly")
        with CaptureQueriesContext(connection) as written:
            write(list(OutgoingEmail.objects.filter(state="pending").select_related("person")))
        counts[people] = len(planned), len(written)
        services.send_waiting()
    assert counts[1] == counts[30]


def test_a_planner_that_dies_among_the_searches_is_taken_over(monday, reader, council, monkeypatch):
    follow(reader, "market")
    factories.case_study(council, title="A market")
    monday.move_to(TUESDAY, tick=False)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(searches, "_reach", dies)
        with pytest.raises(KeyboardInterrupt):
            services.plan_due_runs()
    monday.shift(planning.LEASE.total_seconds() + 1)
    services.plan_due_runs()
    assert OutgoingEmail.objects.count() == 1


# --- Stopping ----------------------------------------------------------------------------------------


def test_one_click_in_the_mail_stops_the_search_and_nothing_else(client, reader, council, topic):
    services.follow(person=reader, target=("topic", topic.pk))
    follow(reader, "market")
    factories.case_study(council, title="A market")
    (message,) = send_now()
    lines = text_of(message).splitlines()
    at = next(
        n for n, line in enumerate(lines) if "“market”" in line and "/following/stop/" in " ".join(lines[n : n + 3])
    )
    link = next(word for line in lines[at : at + 3] for word in line.split() if "/following/stop/" in word)
    path = "/following/stop/" + link.split("/following/stop/")[1]
    page = client.get(path)
    assert "Everything new about “market”" in page.content.decode()
    assert client.post(path).status_code == 200
    assert [one.target_kind for one in Follow.objects.of(reader)] == ["topic"]
    factories.case_study(council, title="Another market")
    assert send_now() == []


def test_one_click_stops_all_mail(client, reader, council):
    follow(reader, "market")
    factories.case_study(council, title="A market")
    (message,) = send_now()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/following/stop/" + message["List-Unsubscribe"].split("/following/stop/")[1].rstrip(">")
    client.post(path, {"List-Unsubscribe": "One-Click"})
    factories.case_study(council, title="Another market")
    assert send_now() == []


def test_what_is_followed_with_no_mail_brings_none(reader, council, questions):
    services.set_follow_cadence(follow=follow(reader, "market"), cadence="off")
    factories.case_study(council, title="A market")
    assert send_now() == []
    assert questions == []
