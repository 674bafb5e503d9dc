"""In which order, and page by page."""

import pytest

from search.engines.base import NEWEST
from tests.search.contract.shops import SHOPS
from tests.search.documents import ask, counted, document, found

DOCUMENTS = SHOPS


def test_newest_first_when_asked(shops):
    assert found(shops, "shops", sort=NEWEST) == [4, 2, 1]


def test_the_strongest_evidence_first_when_asked(engine):
    engine.index(
        document(1, "Market", evidence=0, days=9),
        document(2, "Market", evidence=5),
        document(3, "Market", days=1),
        document(4, "Market", evidence=3),
    )
    assert found(engine, sort="evidence") == [2, 4, 1, 3]
    assert found(engine, "market", sort="evidence") == [2, 4, 1, 3]


def test_the_most_adopted_first_when_asked(engine):
    engine.index(
        document(1, "Market", adoptions=1),
        document(2, "Market", adoptions=12),
        document(3, "Market", days=3),
        document(4, "Market", days=2),
    )
    assert found(engine, sort="adopted") == [2, 1, 3, 4]
    assert found(engine, "market", sort="adopted")[:2] == [2, 1]


def test_what_nobody_has_confirmed_for_two_years_sinks_among_what_matches_as_well(engine):
    engine.index(
        document(1, "Market", days=9, stale=True),
        document(2, "Market", days=1),
        document(3, "Market", days=5, stale=True, members_only=True),
        document(4, "Market", days=3),
    )
    assert found(engine, "market", members=True) == [4, 2, 1, 3]
    assert found(engine, "market") == [3, 4, 2, 1], "what only members may know orders nobody else’s results"
    assert found(engine, "market", sort=NEWEST) == [1, 3, 4, 2]


def test_evidence_is_counted_and_filtered(engine):
    engine.index(document(1, evidence=5), document(2, evidence=5), document(3, evidence=0), document(4))
    assert counted(ask(engine, evidence="5"), "evidence") == {"5": 2, "0": 1}
    assert set(found(engine, evidence=["0", "5"])) == {1, 2, 3}


def test_standing_of_members_documents_orders_and_counts_for_members_alone(engine):
    engine.index(
        document(1, "Market", evidence=2, adoptions=1),
        document(2, "Market", evidence=5, adoptions=9, members_only=True, days=5),
    )
    for sort in ("evidence", "adopted"):
        assert found(engine, sort=sort) == [1, 2]
        assert found(engine, sort=sort, members=True) == [2, 1]
    assert counted(ask(engine), "evidence") == {"2": 1}
    assert counted(ask(engine, members=True), "evidence") == {"2": 1, "5": 1}
    assert found(engine, evidence="5") == []
    assert found(engine, evidence="5", members=True) == [2]


@pytest.fixture
def places(engine):
    engine.index(
        document(1, "Market", council="pendle", days=1),
        document(2, "Market", council="leeds", days=2),
        document(3, "Market market market", council="trafford", days=3),
        document(4, "Market", council="oldham", days=9),
        document(5, "A programme with a market", kind="programme", days=8),
        document(6, "A market town", kind="place", council=["pendle", "leeds"], days=7),
        document(7, "Vintage market", council="leeds", days=1),
    )
    return engine


LIKE = ("leeds", "pendle", "trafford")


def test_what_similar_councils_did_comes_first(places):
    assert found(places, sort="similar", like=LIKE) == [6, 2, 7, 1, 3, 4, 5]
    assert found(places, sort="similar", like=LIKE[::-1]) == [3, 6, 1, 2, 7, 4, 5]


def test_words_order_what_is_equally_similar(places):
    assert found(places, "vintage market", sort="similar", like=LIKE)[0] == 7
    order = found(places, "market", sort="similar", like=LIKE)
    assert set(order[:3]) == {6, 2, 7}
    assert order[3:5] == [1, 3], "however well the words match, the more similar council comes first"
    assert set(order) == {1, 2, 3, 4, 5, 6, 7}


def test_similarity_orders_and_hides_nothing(places):
    results = ask(places, "market", sort="similar", like=LIKE, type="case_study")
    assert results.total == 5
    assert counted(results, "council") == counted(ask(places, "market", type="case_study"), "council")


def test_similar_pages_hold_every_result_once(places):
    pages = [found(places, sort="similar", like=LIKE, size=3, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert len({number for page in pages for number in page}) == 7


def test_without_a_council_similar_is_the_usual_order(places):
    assert found(places, sort="similar") == found(places)
    assert found(places, "market", sort="similar") == found(places, "market")


def test_many_councils_are_no_problem(places):
    many = (*(f"council-{number}" for number in range(60)), "trafford")
    assert found(places, "market", sort="similar", like=many)[0] == 3
    assert found(places, sort="similar", like=("'; DROP TABLE x", "%", "leeds"))[0] == 6


def test_pages_hold_every_result_once(engine):
    engine.index(*[document(number, f"Market {number}", days=number) for number in range(1, 8)])
    pages = [ask(engine, "market", size=3, page=page) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert [page.total for page in pages] == [7, 7, 7, 7]
    assert {hit.object_id for page in pages for hit in page.hits} == set(range(1, 8))
    assert found(engine, sort=NEWEST, size=3, page=2) == [4, 3, 2]
