"""`/search/?like=…&sort=similar`, the other orders, and addresses that name what does not exist."""

import re

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from casestudies.models import Standing
from members.services import refresh_similarity
from search import engines, indexing
from tests.factories import UserFactory, case_study, member, organisation
from tests.members.test_places_like_yours import COUNTRY, TOWN

pytestmark = pytest.mark.django_db


def rate(page, rating, adoptions=0):
    Standing.objects.update_or_create(
        page=page, defaults={"rating": rating, "adoptions": adoptions, "rated_at": timezone.now()}
    )


@pytest.fixture
def world():
    stockport = organisation("Stockport", **TOWN)
    trafford = organisation("Trafford", **{**TOWN, "population": 237_000})
    leeds = organisation("Leeds", **{**TOWN, "population": 798_000, "deprivation_score": 27.0})
    pendle = organisation("Pendle", **COUNTRY)
    friends = organisation("Friends of the Park", kind="community", tier="residents", nation="England")
    pages = {
        "Home market": case_study(stockport, title="Home market"),
        "Friendly market": case_study(friends, title="Friendly market"),
        "Village market": case_study(pendle, title="Village market"),
        "Near market": case_study(trafford, title="Near market"),
        "City market": case_study(leeds, title="City market"),
    }
    rate(pages["Village market"], 5, adoptions=1)
    rate(pages["City market"], 0, adoptions=3)
    secret = case_study(trafford, title="Quiet market", audience="members", outcome="did_not_work")
    rate(secret, 4, adoptions=7)
    refresh_similarity()
    indexing.rebuild(engines.database())
    return pages


def look(client, **query):
    response = client.get("/search/", query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(soup):
    return [one.get_text() for one in soup.select(".cl-card__link")]


def why(soup):
    return {
        one.select_one(".cl-card__link").get_text(): (
            one.select_one(".cl-card__why").get_text() if one.select_one(".cl-card__why") else ""
        )
        for one in soup.select("article.cl-card")
    }


def text_of(node):
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def test_case_studies_from_places_like_a_council_with_the_reason(client, world):
    soup = look(client, like="stockport", sort="similar", type="case_study")
    assert set(titles(soup)[:2]) == {"Near market", "Quiet market"}
    assert titles(soup)[2:] == ["City market", "Village market", "Home market", "Friendly market"]
    assert why(soup)["Near market"] == "Like Stockport: similar size, just as urban, similarly deprived"
    assert why(soup)["Village market"].startswith("Like Stockport: much smaller, more rural, similarly deprived")
    assert why(soup)["Home market"] == "From Stockport itself"
    assert why(soup)["Friendly market"] == "", "nobody knows enough about it"
    assert text_of(soup.select_one(".cl-sorts [aria-current]")) == "Similar to Stockport"
    assert soup.select_one("#like option[selected]")["value"] == "stockport"


def test_councils_are_ranked_too(client, world):
    soup = look(client, like="pendle", sort="similar", type="council")
    assert titles(soup)[-1] == "Friends of the Park Council"
    assert titles(soup)[-2] == "Pendle Council"
    assert why(soup)["Leeds Council"].startswith("Like Pendle: much larger, more urban")


def test_a_member_is_compared_with_their_own_council(client, world):
    client.force_login(member(organisation("Pendle", **COUNTRY), "member"))
    soup = look(client, sort="similar", type="case_study")
    assert text_of(soup.select_one(".cl-sorts [aria-current]")) == "Similar to Pendle"
    assert titles(soup)[-2:] == ["Village market", "Friendly market"]
    assert why(soup)["Near market"].startswith("Like Pendle: much larger")


@pytest.mark.parametrize("signed_in", [False, True])
def test_somebody_without_a_council_chooses_one(client, world, signed_in):
    if signed_in:
        client.force_login(UserFactory())
    soup = look(client, sort="similar", q="market")
    assert "Choose a council" in soup.select_one(".cl-like__problem").get_text()
    assert len(titles(soup)) == 6
    form = soup.select_one("form.cl-like")
    assert form["method"] == "get"
    assert {one["name"]: one["value"] for one in form.select("input")} == {"q": "market", "sort": "similar"}
    assert [one["value"] for one in form.select("option")] == ["", "leeds", "pendle", "stockport", "trafford"]
    assert not form.select("[name=csrfmiddlewaretoken]")


def test_a_council_can_be_named_as_people_say_it(client, world):
    for name in ("Stockport", "stockport council", "STOCKPORT"):
        assert (
            text_of(look(client, like=name, sort="similar").select_one(".cl-sorts [aria-current]"))
            == "Similar to Stockport"
        )


@pytest.mark.parametrize("name", ["nowhere", "<script>alert(1)</script>", "' OR 1=1", "é" * 5000, "\x00", "%"])
def test_an_unknown_council_is_said_and_everything_is_still_shown(client, world, name):
    soup = look(client, like=name, sort="similar", type="case_study")
    assert len(titles(soup)) == 6
    problem = soup.select_one(".cl-like__problem").get_text()
    assert "We know no council called" in problem or "Choose a council" in problem
    assert not any("alert" in one.get_text() for one in soup.select("script"))
    assert soup.select_one("#like")["aria-describedby"] == "like-problem"


def test_too_little_known_is_said_instead_of_a_made_up_order(client, world):
    soup = look(client, like="friends-of-the-park", sort="similar")
    assert "We do not know enough about Friends of the Park" in soup.select_one(".cl-like__problem").get_text()
    assert not soup.select(".cl-card__why")


def test_the_choice_is_kept_by_filters_pages_and_the_box(client, world):
    soup = look(client, like="stockport", sort="similar", q="market")
    for form in soup.select("main form"):
        if "cl-like" not in form.get("class", []):
            kept = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
            assert (kept["like"], kept["sort"]) == ("stockport", "similar")
    assert soup.find("a", href="?q=market&like=stockport&sort=newest")


def test_the_orders_are_offered_and_hold(client, world):
    soup = look(client, type="case_study")
    orders = {text_of(one): one["href"] for one in soup.select(".cl-sorts a")}
    assert set(orders) == {"Most adopted", "Strongest evidence", "Similar to a council", "Distance"}
    assert titles(look(client, type="case_study", sort="adopted"))[:2] == ["City market", "Village market"]
    assert titles(look(client, type="case_study", sort="evidence"))[:2] == ["Village market", "City market"]
    assert "Best match" in look(client, q="market").select_one(".cl-sorts").get_text()


def test_cards_show_evidence_and_adoptions(client, world):
    cards = {one.select_one("a").get_text(): text_of(one) for one in look(client, type="case_study").select("article")}
    assert "Evidence 5 of 5 · Adopted by 1 other place" in cards["Village market"]
    assert "Evidence 0 of 5 · Adopted by 3 other places" in cards["City market"]
    assert "Evidence" not in cards["Near market"], "nobody has rated it yet"


def test_the_evidence_filter_has_counts_and_says_what_a_number_means(client, world):
    soup = look(client, type="case_study", evidence="5")
    assert titles(soup) == ["Village market"]
    labels = [text_of(one) for one in soup.select("input[name=evidence] + label")]
    assert [label.split(" (")[0] for label in labels] == [
        "5 of 5: repeated by others",
        "0 of 5: no outcome with a source",
    ]
    assert "(5 of 5: repeated by others)" in soup.select_one("#results-title").get_text()


def test_how_members_case_studies_stand_is_for_members(client, world):
    assert "Quiet market" not in titles(look(client, evidence="4"))
    shown = look(client, q="quiet")
    assert "Evidence" not in text_of(shown.select_one("article"))
    assert "Adopted" not in text_of(shown.select_one("article"))
    assert titles(look(client, type="case_study", sort="adopted"))[0] == "City market"
    client.force_login(member(organisation("Pendle", **COUNTRY), "member"))
    assert titles(look(client, evidence="4")) == ["Quiet market"]
    assert "Evidence 4 of 5 · Adopted by 7 other places" in text_of(look(client, q="quiet").select_one("article"))
    assert titles(look(client, type="case_study", sort="adopted"))[0] == "Quiet market"


@pytest.mark.parametrize(
    ("facet", "name"),
    [
        ("topic", "Topic"),
        ("council", "Council"),
        ("place", "Place"),
        ("programme", "Programme"),
        ("region", "Region or nation"),
        ("year", "Year started"),
    ],
)
def test_an_unknown_value_of_a_filter_is_said_and_left_out(client, world, facet, name):
    soup = look(client, q="market", **{facet: "nowhere"})
    assert len(titles(soup)) == 6
    note = soup.select_one(".cl-unknown")
    assert f"nothing called “nowhere” under “{name}”" in note.get_text()
    assert note.a["href"] == "?q=market"
    assert not soup.select(f".cl-chosen a[href*='{facet}=']")


def test_what_is_known_beside_the_unknown_stays(client, world):
    soup = look(client, council=["nowhere", "leeds"], topic="atlantis", type="case_study")
    assert titles(soup) == ["City market"]
    assert [one.a["href"] for one in soup.select(".cl-unknown")] == [
        "?type=case_study&council=nowhere&council=leeds",
        "?type=case_study&topic=atlantis&council=leeds",
    ]


def test_a_value_that_exists_but_has_nothing_keeps_its_name(client, world):
    organisation("Kingston upon Hull")
    soup = look(client, council="kingston-upon-hull", q="market")
    assert titles(soup) == []
    assert "from Kingston upon Hull" in soup.select_one("#results-title").get_text()
    assert not soup.select(".cl-unknown")
    assert "6 without the filter Kingston upon Hull" in text_of(soup.main)


def test_like_costs_two_queries_more(client, world, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    assert cost("/search/?q=market&like=stockport&sort=similar") <= cost("/search/?q=market") + 2
