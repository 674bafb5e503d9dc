"""Among some documents only, and since some day: how followers of a search are told of what is new."""

from datetime import UTC, datetime, timedelta

import pytest

from search.engines.base import SearchQuery
from tests.search.documents import ask, counted, document, found

DAY = datetime(2024, 1, 1, tzinfo=UTC)
DOCUMENTS = [
    document(1, "Market", topic="shops", days=1),
    document(2, "Market hall", topic="shops", days=2),
    document(3, "Market square", topic="water", days=3),
    document(3, "Market fund", kind="programme", days=4),
    document(4, "Bakery", members_only=True, members_text="market", topic="water", days=5),
]


def test_only_the_named_documents_are_found_and_counted(filled):
    results = ask(filled, "market", keys=("case_study:1", "case_study:3", "case_study:404"))
    assert {hit.object_id for hit in results.hits} == {1, 3}
    assert results.total == 2
    assert counted(results, "topic") == {"shops": 1, "water": 1}
    assert counted(results, "type") == {"case_study": 2}
    assert found(filled, keys=("programme:3",)) == [3]
    assert found(filled, "hall", keys=("case_study:1",)) == []
    assert found(filled, "market", keys=("case_study:1", "case_study:3"), topic="water") == [3]


@pytest.mark.parametrize("text", ["", "market"])
def test_no_keys_at_all_hold_nothing(filled, text):
    results = ask(filled, text, keys=())
    assert (results.total, list(results.hits), dict(results.facets)) == (0, [], {})


def test_keys_open_nothing_that_is_closed(filled):
    assert found(filled, "market", keys=("case_study:4",)) == []
    assert found(filled, "market", keys=("case_study:4",), members=True) == [4]


def test_a_thousand_keys_are_no_problem(filled):
    many = tuple(f"case_study:{number}" for number in range(1, 1_500))
    assert set(found(filled, "market", keys=many)) == {1, 2, 3}


def test_only_what_was_published_after_some_time(filled):
    assert found(filled, published_after=DAY + timedelta(days=2), sort="newest") == [4, 3, 3]
    assert found(filled, "hall", published_after=DAY + timedelta(days=2)) == []
    assert found(filled, "hall", published_after=DAY + timedelta(days=1, hours=23)) == [2]
    results = ask(filled, "market", published_after=DAY + timedelta(days=2))
    assert results.total == 2
    assert counted(results, "type") == {"case_study": 1, "programme": 1}
    assert counted(results, "topic") == {"water": 1}
    assert found(filled, published_after=DAY + timedelta(days=50)) == []


def test_a_map_is_narrowed_as_well(engine):
    from search.documents import Point

    engine.index(
        document(1, "Market", points=(Point(53.4, -2.1),), days=1),
        document(2, "Market", points=(Point(53.5, -2.1),), days=5),
    )
    for narrowed in ({"keys": ("case_study:2",)}, {"published_after": DAY + timedelta(days=3)}):
        assert [one.key for one in engine.located(SearchQuery(**narrowed))] == ["case_study:2"]
