"""“Nearest to”: a place, a council or a point, and what is said when nobody knows where that is."""

import pytest

from search import engines, indexing
from tests.factories import PlaceFactory, case_study, member, organisation
from tests.search.test_search_page import heading, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    stockport = organisation("Stockport", lat=53.41, lng=-2.16)
    leeds = PlaceFactory(name="Leeds", slug="leeds", lat=53.8, lng=-1.55)
    truro = PlaceFactory(name="Truro", slug="truro", lat=50.26, lng=-5.05)
    marple = PlaceFactory(name="Marple", slug="marple", lat=53.395, lng=-2.063)
    pages = {
        "far": case_study(stockport, title="Pub far", places=[truro]),
        "near": case_study(stockport, title="Pub near", places=[leeds]),
        "nowhere": case_study(stockport, title="Pub nowhere"),
        "secret": case_study(stockport, title="Pub secret", audience="members", places=[marple]),
    }
    indexing.rebuild(engines.database())
    return pages


def test_results_come_in_the_order_of_their_distance(client, world):
    for near in ("stockport", "Stockport", "STOCKPORT council", "53.41,-2.16", "53.4099999, -2.1600001"):
        response = client.get("/search/", {"q": "pub", "sort": "distance", "near": near})
        found = titles(response)
        assert found[:2] == ["Pub near", "Pub far"], near
        assert set(found[2:]) == {"Pub nowhere", "Pub secret"}
        assert "59 km away" in response.content.decode()


def test_the_sentence_says_from_where_and_a_tag_takes_it_off(client, world):
    response = client.get("/search/?q=pub&near=leeds&sort=distance")
    assert heading(response) == "4 results about “pub”, nearest to Leeds first"
    html = response.content.decode()
    assert "Near Leeds" in html
    assert 'href="?q=pub"' in html
    assert "under 1 km away" in html


def test_distance_is_told_in_any_order(client, world):
    assert "under 1 km away" in client.get("/search/?q=pub&near=leeds").content.decode()


def test_where_a_members_only_case_study_is_stays_with_members(client, world):
    address = "/search/?q=pub&near=marple&sort=distance"
    response = client.get(address)
    assert titles(response)[0] == "Pub near"
    assert "under 1 km" not in response.content.decode()
    assert "Pub secret" not in client.get("/map/?q=pub").content.decode()
    client.force_login(member(organisation("Trafford"), "member"))
    response = client.get(address)
    assert titles(response)[0] == "Pub secret"
    assert "under 1 km" in response.content.decode()
    assert "Pub secret" in client.get("/map/?q=pub").content.decode()


@pytest.mark.parametrize("typed", ["SK1 3XE", "sk13xe", "EC1A 1BB"])
def test_who_types_a_postcode_is_told_that_it_is_not_known(client, world, typed):
    html = client.get("/search/", {"q": "pub", "near": typed, "sort": "distance"}).content.decode()
    assert "We cannot look up postcodes. Type the name of a town" in html
    assert '<option value="truro">Truro</option>' in html
    html = client.get("/search/", {"q": typed}).content.decode()
    assert "We cannot look up postcodes." in html
    assert 'href="/search/?sort=distance"' in html


def test_half_a_postcode_is_one_where_a_place_is_asked_for_and_a_word_elsewhere(client, world):
    assert "cannot look up postcodes" in client.get("/search/?q=pub&near=M1&sort=distance").content.decode()
    assert "postcode" not in client.get("/search/?q=M1").content.decode()


def test_an_unknown_place_is_said_and_others_are_offered(client, world):
    response = client.get("/search/", {"q": "pub", "near": "Stokport", "sort": "distance"})
    html = response.content.decode()
    assert "We know no place or council called “Stokport”." in html
    assert 'href="?q=pub&amp;near=stockport&amp;sort=distance"' in html
    assert '<option value="truro">Truro</option>' in html
    assert len(titles(response)) == 4


def test_several_places_of_one_name_are_told_apart(client, world):
    for slug, council in (("newport-iow", "Isle of Wight"), ("newport-gwent", "Newport City")):
        PlaceFactory(name="Newport", slug=slug).organisations.add(organisation(council))
    html = client.get("/search/?near=Newport&sort=distance").content.decode()
    assert "There are several places called “Newport”." in html
    assert "Newport (Isle of Wight)" in html
    assert "near=newport-gwent" in html


def test_distance_without_a_place_asks_from_where(client, world):
    html = client.get("/search/?q=pub&sort=distance").content.decode()
    assert "Say from where." in html
    assert '<input class="govuk-input cl-near__name" id="near" name="near" value=""' in html


def test_a_point_elsewhere_is_said(client):
    for near in ("0,0", "91,0", "89.99,179.99", "-51.5,0.12"):
        response = client.get("/search/", {"near": near, "sort": "distance"})
        assert response.status_code == 200
        assert 'id="near-problem"' in response.content.decode(), near


ODD = [
    "%00",
    "x" * 10_000,
    "%FF%FE",
    "%D7%A9%D7%9C%D7%95%D7%9D",
    "%E2%80%AE51.5,0",
    "51.5,-0.12,3",
    "1e3,2",
    "nan,nan",
    "' OR 1=1 --",
    "%25",
    "9" * 400 + ",1",
    "٥١,٠",
]


@pytest.mark.parametrize("page", ["/search/", "/map/", "/search/results.csv", "/feeds/search/"])
def test_odd_places_break_nothing(client, page):
    for near in ODD:
        response = client.get(f"{page}?near={near}&sort=distance&near[]=1&exact[]=2&exact=1")
        assert response.status_code == 200, near
        assert b"".join(response) if response.streaming else response.content


def test_a_name_is_looked_up_once(client, world, django_assert_num_queries):
    from search import nearness
    from search.state import SearchState

    with django_assert_num_queries(1):
        first = nearness.read(SearchState(near="Leeds"))
    with django_assert_num_queries(0):
        assert nearness.read(SearchState(near="Leeds")) == first
    with django_assert_num_queries(0):
        assert nearness.read(SearchState(near="51.5,-0.12")).point
