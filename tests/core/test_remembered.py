"""What is told from memory is what would have been made, and nothing is told when something else had a hand in it."""

import re
from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection, models, transaction
from django.utils import timezone

from core.models import Topic
from tests import factories
from tests.core.test_factories import rows, without_random
from tests.factories import PlaceFactory, TopicFactory, UserFactory
from tests.remembered import history

pytestmark = pytest.mark.django_db

# Numbers that go on through a run, and what is random or of the moment.
PASSING = re.compile(
    r"(?i)(?:person|topic|town|case study|case-study)[- ]?\d+|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?|datetime\.datetime\([^)]*\)"
)
KEYS_START_AGAIN = connection.vendor == "sqlite"


def begin():
    history.so_far, history.moments = 0 if KEYS_START_AGAIN else None, []
    history.total = connection.connection.total_changes if KEYS_START_AGAIN else 0


@contextmanager
def undone():
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def lasting(value):
    return PASSING.sub("…", str(without_random(value)))


def said(answer):
    return {
        name: lasting(value)
        for one in answer
        for name, value in {f"{type(one).__name__}.{name}": value for name, value in vars(one).items()}.items()
        if name.split(".")[1] not in {"_state", "_django_version"} and not isinstance(value, models.Model)
    }


def world():
    council = factories.organisation("Bury", email_domains=("bury.example",))
    author = factories.member(council, "author", name="Ann Author")
    topic, place = TopicFactory(), PlaceFactory()
    first = factories.case_study(council, topics=[topic], places=[place], tags=["market"])
    second = factories.case_study(council, live=False, owner=author)
    programme = factories.programme()
    adoption = factories.adoption(first, council)
    ask = factories.ask(topics=[topic], author=author)
    answer = factories.answer(ask, UserFactory(moderator=True))
    return council, council.page, author, first, second, programme, adoption, ask, answer


def made():
    with undone():
        answer = world()
        parents = (answer[0].page is answer[3].get_parent(), answer[0].page.numchild, answer[3].topics.count())
        found = {key: lasting(row) for key, row in rows().items()}
        waiting = [entry[1] for entry in connection.run_on_commit]
    return found, said(answer), parents, waiting


def test_what_is_told_is_what_would_have_been_made():
    history.end()
    apart = made()
    begin()
    made()
    begin()
    before = history.counts["told"]
    told = made()
    if not KEYS_START_AGAIN:
        assert history.counts["told"] == before
        return
    assert history.counts["told"] - before == 11
    assert {key: (row, told[0].get(key)) for key, row in apart[0].items() if row != told[0].get(key)} == {}
    assert apart[1:] == told[1:]
    assert set(apart[0]) == set(told[0])


def test_moments_are_of_the_test_that_is_told_and_in_order():
    def moments():
        with undone():
            begin()
            start = timezone.now()
            topic = TopicFactory()
            case = factories.case_study(factories.organisation("Bolton"), topics=[topic])
            later = factories.case_study(case.organisation if hasattr(case, "organisation") else _of(case))
            case.refresh_from_db()
            assert start <= case.first_published_at < later.first_published_at <= timezone.now()
            assert case.first_published_at == case.last_published_at
            assert case.latest_revision.created_at == case.latest_revision_created_at

    moments()
    moments()
    for day in ("2025-03-02T10:00:00Z", "2025-03-02T18:30:00Z"):
        with time_machine.travel(day, tick=False), undone():
            begin()
            case = factories.case_study(factories.organisation("Bolton"))
            case.refresh_from_db()
            assert case.first_published_at == timezone.now() == case.latest_revision.created_at


def _of(case):
    return case.get_parent().specific.organisation


def test_one_tests_copy_is_not_the_next_ones():
    for _ in range(3):
        with undone():
            begin()
            council = factories.organisation("Bury")
            assert council.name == "Bury Council"
            council.name = council.page.title = "Mine"
            council.page.save()
            factories.case_study(council)
            assert council.page.numchild == 1
            assert council.name == "Mine"


def _a_row(client, monkeypatch):
    Topic.objects.create(name="Mine", slug="mine")


def _a_rollback(client, monkeypatch):
    with undone():
        TopicFactory()


def _a_request(client, monkeypatch):
    client.get("/privacy/")


def _a_patch(client, monkeypatch):
    monkeypatch.setattr("tests.factories.add_page", factories.add_page)


def _an_argument(client, monkeypatch):
    with undone():
        TopicFactory(name=type("Odd", (str,), {})("odd"))


def test_nothing_is_told_after_something_else_had_a_hand_in_it(client, monkeypatch):
    with undone():
        begin()
        TopicFactory(name="Before", slug="before")
        TopicFactory(name="After", slug="after")
    for other in (None, _a_row, _a_rollback, _a_request, _an_argument, _a_patch):
        with undone():
            begin()
            TopicFactory(name="Before", slug="before")
            if other:
                other(client, monkeypatch)
            before = dict(history.counts)
            TopicFactory(name="After", slug="after")
            changed = {name for name, number in history.counts.items() if number != before[name]}
            assert changed == ({"told"} if other is None and KEYS_START_AGAIN else {"apart"}), other


def test_rows_under_other_keys_fail():
    if not KEYS_START_AGAIN:
        return
    for number in range(2):
        with undone():
            begin()
            TopicFactory(name="Here", slug="here")
            if number:
                connection.connection.execute("UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'core_topic'")
                history.total = connection.connection.total_changes
                with pytest.raises(AssertionError, match="another key"):
                    TopicFactory(name="There", slug="there")
            else:
                TopicFactory(name="There", slug="there")
