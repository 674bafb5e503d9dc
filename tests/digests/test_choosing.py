"""What a digest holds when not everything fits, under which headings, and what a first one says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casestudies.models import Standing
from digests import services, stories
from digests.rendering import choosing, digest
from digests.services import sending
from digests.targets import TargetCard
from members.models import SimilarOrganisation
from tests import factories
from tests.digests.helpers import html_of, publish, send_now, text_of

pytestmark = pytest.mark.django_db


def follow(person, kind, pk, cadence=None):
    return services.follow(person=person, target=(kind, pk), cadence=cadence)


@pytest.fixture
def room_for_two(monkeypatch):
    monkeypatch.setattr(digest, "CAP", 2)


def titles_in(text):
    return [line.partition(". ")[2] for line in text.splitlines() if line[:1].isdigit() and ". " in line[:4]]


def test_what_more_follows_bring_is_chosen_before_what_is_newer(reader, topic, council, room_for_two):
    follow(reader, "topic", topic.pk)
    follow(reader, "organisation", council.pk)
    factories.case_study(council, title="Both follows", topics=[topic])
    for number in range(3):
        factories.case_study(factories.organisation(f"Other {number}"), title=f"One follow {number}", topics=[topic])
    (message,) = send_now()
    assert titles_in(text_of(message)) == ["One follow 2", "Both follows"], "newest first among those chosen"
    assert "There are 2 more" in text_of(message)


def test_a_council_like_the_readers_own_is_chosen_first(topic, council, room_for_two):
    twin, stranger = factories.organisation("Rochdale"), factories.organisation("Cornwall")
    reader = factories.member(council)
    follow(reader, "topic", topic.pk)
    SimilarOrganisation.objects.create(organisation=council, other=twin, rank=1, score=0.9)
    factories.case_study(twin, title="From a twin", topics=[topic])
    for number in range(3):
        factories.case_study(stranger, title=f"From afar {number}", topics=[topic])
    (message,) = send_now()
    assert titles_in(text_of(message)) == ["From afar 2", "From a twin"]


def test_better_evidence_is_chosen_before_weaker(reader, topic, council, room_for_two):
    follow(reader, "topic", topic.pk)
    pages = [factories.case_study(council, title=f"Idea {number}", topics=[topic]) for number in range(4)]
    for page in pages:
        Standing.objects.update_or_create(page=page, defaults={"rating": 4 if page == pages[0] else 1})
    (message,) = send_now()
    assert titles_in(text_of(message)) == ["Idea 3", "Idea 0"]


def an_entry(number, *names, **fields):
    cards = [TargetCard(kind="topic", pk=sum(map(ord, name)), title=name, url="/") for name in names]
    words = {"title": f"Idea {number}", "path": "/", "byline": "", "summary": "", "outcome": ""}
    values = {**words, "news_at": timezone.now(), "because": cards, **fields}
    return digest.Entry(root=("case_study", number), **values)


def a_note(known):
    return {("adoption", 1): stories.Story(root=("case_study", 1), title="", url="/", note="!", outcome_known=known)}


def test_new_counts_before_an_outcome_and_that_before_a_change_and_that_before_a_comment():
    worth = [
        choosing.points(an_entry(1, "Shops", **fields), likeness=0)
        for fields in (
            {"is_new": True, "change": "New"},
            {"noted": a_note(known=True), "change": "Updated"},
            {"change": "Updated"},
            {},
        )
    ]
    assert worth == sorted(worth, reverse=True)
    assert len(set(worth)) == 4
    assert choosing.points(an_entry(1, "Shops", noted=a_note(known=False)), likeness=0) == worth[2]


def test_a_follow_of_the_very_thing_counts_more_than_one_of_its_topic():
    itself = TargetCard(kind="case_study", pk=1, title="Idea 1", url="/")
    assert choosing.points(an_entry(1, because=[itself]), likeness=0) > choosing.points(
        an_entry(1, "Shops"), likeness=0
    )


def test_nobody_gains_by_many_follows_without_end():
    few, many = (an_entry(1, *map(str, range(n))) for n in (4, 9))
    assert choosing.points(few, likeness=0) == choosing.points(many, likeness=0)


def headings(entries, shown=None):
    groups = choosing.group(entries, shown=entries if shown is None else shown)
    return [(one.title, [entry.root[1] for entry in one.entries]) for one in groups]


def test_each_entry_stands_once_under_the_follow_that_brought_most():
    entries = [
        an_entry(1, "Stockport", "Shops"),
        an_entry(2, "Shops"),
        an_entry(3, "Stockport"),
        an_entry(4, "Shops"),
        an_entry(5, "Parks"),
        an_entry(6, "Stockport"),
        an_entry(7, "Reddish"),
        an_entry(8, "Stockport"),
    ]
    assert headings(entries) == [("Stockport", [1, 3, 6, 8]), ("Shops", [2, 4]), ("Also new", [5, 7])]
    assert headings(entries, shown=entries[:3]) == [("Stockport", [1, 3]), ("Shops", [2])]


def test_few_entries_and_entries_that_have_nothing_in_common_have_no_headings():
    assert headings([an_entry(n, "Shops" if n < 3 else "Parks") for n in range(1, 5)]) == [("", [1, 2, 3, 4])]
    assert headings([an_entry(n, f"Topic {n}") for n in range(6)]) == [("", list(range(6)))]
    assert headings([an_entry(n, "Shops") for n in range(6)]) == [("", list(range(6)))]


def test_a_digest_over_several_follows_reads_in_groups(reader, topic, council, client):
    follow(reader, "topic", topic.pk)
    follow(reader, "organisation", council.pk)
    other = factories.organisation("Pendle")
    for number in range(3):
        factories.case_study(other, title=f"Shop {number}", topics=[topic])
    for number in range(2):
        factories.case_study(council, title=f"Other {number}")
    (message,) = send_now()
    text, html = text_of(message), html_of(message)
    assert titles_in(text) == ["Shop 2", "Shop 1", "Shop 0", "Other 1", "Other 0"]
    assert [
        text.index(words) for words in ("Empty shops\n===========", "1. Shop", "Stockport\n=========", "4. Oth")
    ] == (sorted(text.index(words) for words in ("Empty shops\n====", "1. Shop", "Stockport\n====", "4. Oth")))
    assert html.count("<h2") == 2
    assert html.count("<h3") == 5


def test_the_rest_is_shown_in_the_same_groups(reader, topic, council, client, room_for_two):
    follow(reader, "topic", topic.pk)
    follow(reader, "organisation", council.pk)
    other = factories.organisation("Pendle")
    for number in range(3):
        factories.case_study(other, title=f"Shop {number}", topics=[topic])
    for number in range(3):
        factories.case_study(council, title=f"Other {number}")
    (message,) = send_now()
    text = text_of(message)
    assert "Empty shops\n====" not in text, "both that are chosen are of the other group"
    assert "Stockport\n====" in text
    (link,) = (line for line in text.splitlines() if line.endswith("?all=1"))
    page = client.get(link.removeprefix("http://localhost:8000")).content.decode()
    assert page.count("<h2") == 2
    assert page.count("<h3") == 6


def test_a_thin_week_is_not_padded(reader, topic, council):
    old = factories.case_study(council, title="Good old idea", topics=[topic])
    Standing.objects.filter(page=old).update(rating=5)
    follow(reader, "topic", topic.pk)
    factories.case_study(council, title="The only news", topics=[topic])
    (message,) = send_now()
    assert titles_in(text_of(message)) == ["The only news"]
    assert "Good old idea" not in message.as_string()


def test_the_first_digest_says_what_it_is_and_no_other_does(reader, topic, council):
    follow(reader, "topic", topic.pk)
    page = factories.case_study(council, topics=[topic])
    (first,) = send_now()
    for part in (text_of(first), html_of(first)):
        flat = " ".join(part.split())
        assert "This is your first mail about what you follow on Connected Localism. It comes once a week" in flat
    publish(page, summary="Changed.")
    (second,) = send_now()
    assert "your first mail" not in second.as_string()


def test_one_who_gets_two_digests_at_once_is_told_once_what_it_is(reader, topic, council):
    follow(reader, "topic", topic.pk, cadence="daily")
    follow(reader, "organisation", council.pk, cadence="weekly")
    factories.case_study(factories.organisation("Pendle"), topics=[topic])
    factories.case_study(council)
    services.plan_now(cadence="daily")
    services.plan_now(cadence="weekly")
    from django.core import mail as outbox

    services.send_waiting()
    assert sorted("your first mail" in message.body for message in outbox.outbox) == [False, True]


def test_a_digest_that_never_left_was_not_the_first(reader, topic, council):
    follow(reader, "topic", topic.pk)
    gone = factories.case_study(council, topics=[topic])
    services.plan_now(cadence="weekly")
    gone.unpublish()
    services.send_waiting()
    factories.case_study(council, topics=[topic])
    (message,) = send_now()
    assert "your first mail" in text_of(message)


def test_ranking_costs_the_same_for_few_and_for_many(topic, council, room_for_two):
    for number in range(4):
        factories.case_study(factories.organisation(f"Place {number}"), topics=[topic])

    def cost(people):
        for _ in range(people):
            follow(factories.member(council), "topic", topic.pk)
        for _ in range(3):
            factories.case_study(council, topics=[topic])
        services.plan_now(cadence="weekly")
        _lease, mails = sending.claim(size=100)
        with CaptureQueriesContext(connection) as queries:
            sending.write(mails)
        return len(queries)

    cost(1)
    few, many = cost(2), cost(30)
    assert few == many
