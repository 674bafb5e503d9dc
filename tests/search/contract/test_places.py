"""How far, and where on a map."""

import pytest

from search.documents import Point
from search.engines.base import DISTANCE, SearchQuery
from search.engines.elastic import asking
from tests.search.documents import ask, counted, document, found

STOCKPORT, MANCHESTER, LONDON = Point(53.4106, -2.1575), Point(53.4808, -2.2426), Point(51.5074, -0.1278)
ALTRINCHAM, TRURO, INVERNESS = Point(53.3873, -2.349), Point(50.2632, -5.051), Point(57.4778, -4.2247)
OF_MEMBERS = {"members_card": {"outcome": "x"}, "outcome": "did_not_work"}
DOCUMENTS = [
    document(1, "Market in London", points=(LONDON,), topic="markets", outcome="worked", card={"outcome": "worked"}),
    document(2, "Markets far and near", points=(TRURO, INVERNESS, MANCHESTER), topic="markets", days=1),
    document(3, "Market of nowhere", days=9),
    document(4, "Market for us", members_only=True, members_points=(STOCKPORT,), days=2, **OF_MEMBERS),
    document(5, "Market near for some", members_only=True, points=(INVERNESS,), members_points=(ALTRINCHAM,), days=3),
    document(6, "Bakery in Truro", kind="programme", points=(TRURO,), days=4, outcome=("worked", "did_not_work")),
]


def nearest(engine, text="", **options):
    return found(engine, text, sort=DISTANCE, near=STOCKPORT, **options)


def test_the_nearest_first_by_the_nearest_of_several_and_what_is_nowhere_last(filled):
    assert nearest(filled, "market")[:3] == [2, 1, 5]
    assert nearest(filled) == [2, 1, 6, 5, 3, 4]
    assert found(filled, sort=DISTANCE, near=TRURO)[:2] in ([6, 2], [2, 6])
    assert found(filled, sort=DISTANCE, near=INVERNESS)[-3:] == [6, 3, 4]


def test_points_of_members_measure_for_members_alone(filled):
    assert nearest(filled, "market", members=True) == [4, 2, 5, 1, 3]
    kilometres = {hit.object_id: hit.distance_km for hit in ask(filled, "market", near=STOCKPORT).hits}
    assert kilometres[4] is None
    assert kilometres[5] > 400
    kilometres = {hit.object_id: hit.distance_km for hit in ask(filled, "market", near=STOCKPORT, members=True).hits}
    assert kilometres[4] == pytest.approx(0, abs=0.1)
    assert kilometres[5] < 14


def test_distances_are_in_kilometres_whatever_the_order(filled):
    for options in ({"sort": DISTANCE}, {"sort": "newest"}, {"text": "market"}):
        kilometres = {hit.object_id: hit.distance_km for hit in ask(filled, near=STOCKPORT, **options).hits}
        assert kilometres[1] == pytest.approx(251, rel=0.02)
        assert kilometres[2] == pytest.approx(9.6, rel=0.03)
        assert kilometres[3] is None


def test_without_a_place_to_measure_from_there_is_no_distance(filled):
    results = ask(filled, "market", sort=DISTANCE)
    assert [hit.object_id for hit in results.hits] == found(filled, "market")
    assert {hit.distance_km for hit in results.hits} == {None}


def test_distance_orders_and_hides_nothing(filled):
    near, usual = ask(filled, "market", sort=DISTANCE, near=TRURO), ask(filled, "market")
    assert near.total == usual.total == 5
    assert counted(near, "topic") == counted(usual, "topic") == {"markets": 2}


def test_pages_by_distance_hold_every_result_once(filled):
    pages = [nearest(filled, size=2, page=page) for page in (1, 2, 3, 4)]
    assert [number for page in pages for number in page] == nearest(filled)
    assert [len(page) for page in pages] == [2, 2, 2, 0]


@pytest.mark.parametrize("near", [Point(90, 180), Point(-90, -180), Point(0, 0), Point(49.0, -8.0)])
def test_the_ends_of_the_earth_are_no_error(filled, near):
    assert sorted(found(filled, sort=DISTANCE, near=near)) == [1, 2, 3, 4, 5, 6]


def located(engine, text="", **options):
    return engine.located(SearchQuery(text=text, **options))


def test_a_map_has_a_point_for_each_place_that_the_reader_may_know(filled):
    shown = [(one.key, round(one.lat, 5)) for one in located(filled, "market")]
    assert sorted(shown) == sorted(
        [
            ("case_study:1", LONDON.lat),
            ("case_study:2", TRURO.lat),
            ("case_study:2", INVERNESS.lat),
            ("case_study:2", MANCHESTER.lat),
            ("case_study:5", INVERNESS.lat),
        ]
    )
    inside = {(one.key, round(one.lat, 5)) for one in located(filled, "market", members=True)}
    assert inside == {*shown, ("case_study:4", STOCKPORT.lat), ("case_study:5", ALTRINCHAM.lat)}


def test_a_map_follows_the_filters_and_has_no_pages(filled):
    assert {one.key for one in located(filled, filters={"topic": ("markets",)})} == {"case_study:1", "case_study:2"}
    assert located(filled, filters={"topic": ("' OR 1=1",)}) == []
    assert located(filled, "xylophone") == []
    assert located(filled, "!!!") == []
    assert {one.key for one in located(filled, page=40, size=1)} == {one.key for one in located(filled)}


def test_all_the_points_of_a_search_come_in_the_order_of_its_results(filled, monkeypatch):
    """However many there are: the server gives one at a time here, and ten thousand elsewhere."""
    monkeypatch.setattr(asking, "LOCATED", 1)
    for options in (
        {"sort": "newest"},
        {"sort": "evidence"},
        {"sort": "adopted", "members": True},
        {"sort": DISTANCE, "near": STOCKPORT},
        {"sort": DISTANCE, "near": STOCKPORT, "members": True},
        {"sort": "newest", "near": STOCKPORT},
        {"text": "market", "near": TRURO},
        {"text": "market far", "members": True},
        {"text": "market", "sort": "similar", "like": ("stockport",)},
        {"filters": {"topic": ("markets",)}},
        {"text": "xylophone"},
        {"text": "!!!"},
        {"page": 7, "size": 1},
    ):
        shown = located(filled, **options)
        assert len(set(shown)) == len(shown), options
        everything = {name: value for name, value in options.items() if name not in {"page", "size", "filters"}}
        order = found(filled, **everything, **options.get("filters", {}))
        keys = dict.fromkeys(int(one.key.partition(":")[2]) for one in shown)
        assert list(keys) == [number for number in order if number in keys], options


def test_documents_are_called_by_their_titles_whoever_asks(filled):
    named = filled.named(["case_study:4", "programme:6", "case_study:99"])
    assert {key: (one.kind, one.title, one.url) for key, one in named.items()} == {
        "case_study:4": ("case_study", "Market for us", "/councils/stockport/4/"),
        "programme:6": ("programme", "Bakery in Truro", "/councils/stockport/6/"),
    }
    assert filled.named([]) == {}


def test_a_point_without_its_words_says_how_it_turned_out_to_whom_may_know(filled):
    outcomes = {one.key: one.outcome for one in located(filled, "market")}
    assert (outcomes["case_study:1"], outcomes["case_study:2"]) == ("worked", "")
    assert "case_study:4" not in outcomes
    inside = {one.key: one.outcome for one in located(filled, "market", members=True)}
    assert inside["case_study:4"] == "did_not_work"
    # Of several always the same one, and no point twice.
    assert [one.outcome for one in located(filled, "bakery")] == ["did_not_work"]
