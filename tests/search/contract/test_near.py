"""Where things are: distance, maps, and searches among some documents only."""

from datetime import UTC, datetime

import pytest

from search.documents import Point
from tests.search.documents import ask, counted, document, found


@pytest.fixture
def north(engine):
    """Manchester, Leeds, a members' one in Stockport, one in both Leeds and Stockport, one that is nowhere."""
    stockport, leeds = Point(53.41, -2.16), Point(53.80, -1.55)
    engine.index(
        document(1, "Market", points=(Point(53.48, -2.24),), days=1, outcome="worked", card={"outcome": "worked"}),
        document(2, "Market", points=(leeds,), days=2),
        document(
            3,
            "Market",
            members_points=(stockport,),
            members_only=True,
            members_card={"outcome": "did_not_work"},
            days=3,
        ),
        document(4, "Market hall", points=(leeds, stockport), days=4),
        document(5, "Market", days=5),
    )
    return engine


NEAR = Point(53.40, -2.15)  # Stockport


def test_the_nearest_first_when_asked(north):
    assert found(north, sort="distance", near=NEAR)[:3] == [4, 1, 2]
    assert set(found(north, sort="distance", near=NEAR)[3:]) == {3, 5}, "what has no point comes last"
    assert set(found(north, "market", sort="distance", near=NEAR, members=True)[:2]) == {3, 4}
    assert found(north, "hall", sort="distance", near=NEAR)[0] == 4


def test_a_hit_says_how_far_it_is_as_far_as_the_reader_may_know(north):
    km = {hit.object_id: hit.distance_km for hit in ask(north, sort="distance", near=NEAR).hits}
    assert km[1] == pytest.approx(10.7, abs=0.5)
    assert km[2] == pytest.approx(59.6, abs=1)
    assert km[4] == pytest.approx(1.3, abs=0.2)
    assert km[3] is None
    assert km[5] is None
    (own,) = ask(north, sort="distance", near=NEAR, members=True, keys=("case_study:3",)).hits
    assert own.distance_km == pytest.approx(1.3, abs=0.2)
    assert ask(north, "market").hits[0].distance_km is None


def test_only_some_documents_and_only_what_is_newer(north):
    assert set(found(north, keys=("case_study:1", "case_study:4", "case_study:404"))) == {1, 4}
    assert found(north, "hall", keys=("case_study:1",)) == []
    assert found(north, keys=()) == []
    since = datetime(2024, 1, 4, tzinfo=UTC)  # just when the third came out
    assert found(north, published_after=since) == [5, 4]
    results = ask(north, "market", published_after=since, keys=("case_study:1", "case_study:4"))
    assert [hit.object_id for hit in results.hits] == [4]
    assert (results.total, counted(results, "type")) == (1, {"case_study": 1})
