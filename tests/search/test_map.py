"""The map: as many as the search finds, the part of it that an address names, and what each reader may know of it."""

import gzip
import json
import random
import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client

from core import maps
from core.delivery import deliver_all
from members.services import end_membership
from search import engines, map_points, map_view
from search.documents import Point
from search.engines.base import Located, SearchQuery
from search.state import read
from tests.factories import PlaceFactory, UserFactory, case_study, member, organisation
from tests.search.documents import document

pytestmark = pytest.mark.django_db

TOPICS, REGIONS = ("markets", "water", "play"), ("north-west", "wales", "london")
WORDS = ("market", "canal", "orchard", "tram")
OUTCOMES = ("worked", "partly_worked", "did_not_work", "too_early")


def _documents():
    """Some on the map, some nowhere, some of members, some at several places, two off the map."""
    chance = random.Random(8)  # noqa: S311 - the same each time
    found = []
    for number in range(1, 81):
        points = tuple(
            Point(round(50.5 + chance.random() * 6, 4), round(-4.5 + chance.random() * 4.5, 4))
            for _ in range(chance.choice((0, 1, 1, 1, 3)))
        )
        if number in {7, 9}:
            points = (Point(48.85, 2.35),)
        ours = number % 6 == 0
        found.append(
            document(
                number,
                " ".join(chance.sample(WORDS, k=2)),
                kind="case_study" if number % 4 else "organisation",
                days=number,
                members_only=ours,
                **{"members_points" if ours else "points": points},
                topic=chance.choice(TOPICS),
                region=chance.choice(REGIONS),
                tier=chance.choice(("district", "county")),
                council=f"council-{number % 5}",
                outcome=chance.choice(OUTCOMES),
                stage=chance.choice(("trial", "ended")),
                year=chance.choice(("2012", "2020")),
                cost=chance.choice(("none", "over-1m")),
                evidence=chance.choice((0, 3, 5)),
            )
        )
    return found


DOCUMENTS = _documents()
COMBINATIONS = (
    "", "type=case_study", "type=council", "topic=markets", "topic=markets&topic=water", "region=wales",
    "tier=district", "outcome=worked", "outcome=worked&outcome=did_not_work", "outcome=did_not_work&topic=play",
    "stage=trial", "evidence=5&evidence=3", "cost=over-1m&region=london", "year=2012&type=case_study", "q=market",
    "q=market&outcome=worked", "q=canal+orchard&region=north-west", "q=tram&sort=evidence&evidence=5",
    "sort=distance&near=53.4,-2.16&topic=water", "topic=markets&region=wales&tier=county&outcome=too_early",
    "q=orchard+-tram&sort=newest", "q=xylophone", "outcome=worked&page=3",
)  # fmt: skip


def _points(response):
    return _unrolled(response.json())


def _unrolled(file):
    """The points of the file as pairs of its steps, by shape."""
    found = {}
    for shape, steps in file["points"].items():
        x = y = 0
        found[shape] = []
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            found[shape].append((x, y))
    return found


def _wanted(one, address, *, members):
    """Whether a document has the values that the filters ask for, of those that the reader may know."""
    known = {name: {term.value for term in terms} for name, terms in one.facets.items()}
    if members:
        known |= {name: {term.value for term in terms} for name, terms in one.members_facets.items()}
    filters = read(QueryDict(address)).filters
    return all(known.get(name, set()) & set(values) for name, values in filters.items())


def test_the_map_has_what_the_search_finds_under_twenty_filters_on_either_engine(filled, monkeypatch, stockport_member):
    """The file of points, the map and the list agree with one another, and with the documents themselves."""
    monkeypatch.setattr(engines, "database", lambda: filled)
    by_key = {one.key: one for one in DOCUMENTS}
    assert len(COMBINATIONS) > 20
    for number, address in enumerate(COMBINATIONS):
        members = number % 3 == 1
        client = Client()
        if members:
            client.force_login(stockport_member)
        state = read(QueryDict(address))
        query = state.query(members=members, near=Point(53.4, -2.16) if state.near else None)
        listed = [
            f"{hit.kind}:{hit.object_id}"
            for hit in filled.search(SearchQuery(**{**vars(query), "page": 1, "size": 100})).hits
        ]
        if not state.text:
            expected = {one.key for one in DOCUMENTS if _wanted(one, address, members=members)}
            assert set(listed) == expected, address
        placed = {
            key: [
                (round(x * map_points.GRID), round(y * map_points.GRID))
                for point in (*by_key[key].points, *(by_key[key].members_points if members else ()))
                if maps.is_on_map(point.lat, point.lng)
                for x, y in [maps.projection()(point.lat, point.lng)]
            ]
            for key in listed
        }
        placed = {key: points for key, points in placed.items() if points}
        file = client.get(f"/map/points/?{address}")
        assert file.json()["documents"] == len(placed), address
        assert sorted(one for some in _points(file).values() for one in some) == sorted(
            one for points in placed.values() for one in points
        ), address
        html = client.get(f"/map/part/?{address}&view=54,-3,0").content.decode()
        said = re.sub(r"<[^>]+>", "", re.search(r'id="map-said".*?</p>', html)[0])
        if placed:
            assert re.search(rf">{len(placed)} (is|are) on the map", said), (address, said)
            key = re.search(r'id="map-key".*?</ul>', html, re.DOTALL)[0]
            counted = sum(int(n) for n in re.findall(r"\((\d+)\)", key))
            assert counted == len(placed), (address, "the key counts what the sentence does")
            rest = len(listed) - len(placed)
            assert (f"{rest} has no place" in said) or (f"{rest} have no place" in said) or not rest, (address, said)
        urls = dict.fromkeys(re.findall(r'<span><a class="govuk-link" href="([^"]+)"', html))
        assert set(urls) == {by_key[key].url for key in placed}, address


@pytest.fixture
def stockport_member(db):
    return member(organisation("Stockport"), "member")


@pytest.fixture
def world():
    north = organisation("Pendle", region="North West", lat=53.85, lng=-2.2)
    nelson, truro = (
        PlaceFactory(name="Nelson", slug="nelson", lat=53.84, lng=-2.21),
        PlaceFactory(name="Truro", slug="truro", lat=50.26, lng=-5.05),
    )
    pages = {
        "north": case_study(north, title="Pub bought", places=[nelson]),
        "south": case_study(north, title="Pub <b>lost</b>", outcome="did_not_work", places=[truro]),
        "secret": case_study(
            north,
            title="Pub talks",
            audience="members",
            outcome="partly_worked",
            places=[PlaceFactory(name="Hangarton", slug="hangarton", lat=57.1, lng=-4.7)],
        ),
    }
    deliver_all()
    return pages


def test_what_is_for_members_is_on_no_map_of_anybody_else(client, world):
    inside = member(organisation("Trafford"), "member")
    lapsed = member(organisation("Wigan"), "member")
    membership = lapsed.memberships.get()
    end_membership(membership=membership, by=None)
    pages = ("/map/points/?q=pub", "/map/part/?q=pub", "/map/embed/?q=pub")
    seen = {}
    for name, person in (("nobody", None), ("member", inside), ("lapsed", lapsed), ("outsider", UserFactory())):
        reader = Client()
        if person:
            reader.force_login(person)
        seen[name] = {page: reader.get(page) for page in pages}
    for name in ("lapsed", "outsider"):
        for page in pages:
            assert seen[name][page].content == seen["nobody"][page].content, (name, page)
    assert set(_points(seen["nobody"][pages[0]])) == {"worked", "did-not-work"}
    assert set(_points(seen["member"][pages[0]])) == {"worked", "did-not-work", "partly-worked"}
    assert "Pub talks" in seen["member"][pages[1]].content.decode()
    assert "Pub talks" not in seen["nobody"][pages[1]].content.decode()
    # A frame shows everybody the same, whoever looks.
    assert seen["member"][pages[2]].content == seen["nobody"][pages[2]].content
    assert "public" in seen["nobody"][pages[0]]["Cache-Control"]
    assert "public" not in seen["member"][pages[0]]["Cache-Control"]
    assert "Cookie" in seen["nobody"][pages[0]]["Vary"]


def test_what_is_hidden_is_gone_from_the_list_at_once_though_its_point_is_kept(client, world, monkeypatch):
    monkeypatch.setattr(map_points, "MANY", 1)
    cache.clear()
    assert "Pub bought" in client.get("/map/?q=pub").content.decode()
    world["north"].unpublish()
    deliver_all()
    assert set(_points(client.get("/map/points/?q=pub"))) == {"worked", "did-not-work"}, "kept for a minute"
    shown = client.get("/map/?q=pub").content.decode()
    assert "Pub bought" not in shown
    assert "Pub &lt;b&gt;lost" in shown
    cache.clear()


def test_however_many_large_searches_there_are_few_are_kept(client, world, monkeypatch):
    monkeypatch.setattr(map_points, "MANY", 1)
    places = set()
    monkeypatch.setattr(map_points.cache, "set", lambda name, *_: places.add(name))
    for number in range(5 * map_points.KEPT):
        map_points.points(SearchQuery(text=f"pub -a{number}"))
    assert len(places) <= map_points.KEPT
    for members in (False, True):
        places.clear()
        map_points.points(SearchQuery(members=members))
        assert places == {f"search:points:all:{members:d}"}, "nothing drives out all there is"


def test_the_address_names_the_part_that_is_shown(client, world):
    def page(query):
        return client.get(f"/map/?{query}").content.decode()

    whole = page("q=pub&type=case_study")
    assert "2 are on the map, and 1 has no place." in whole
    assert "in this part" not in whole
    assert whole.count('aria-label="Map of the United Kingdom. The list after it says the same."') == 1, "named once"
    part = page("q=pub&type=case_study&view=50.3,-5,4")
    assert "1 is in this part of it." in part
    assert "Pub &lt;b&gt;lost" in part
    assert "Pub bought" not in part
    assert part.count('name="view" value="50.3,-5,4"') == 2, "filters and the search box keep to this part"
    assert 'content="noindex' in part
    links = dict(re.findall(r'href="(\?[^"]*)" data-map-way="(\w+)"', part))
    ways = {name: parse_qs(link[1:].replace("&amp;", "&")) for link, name in links.items()}
    assert set(ways) == {"closer", "further", "whole", "north", "east", "south", "west"}
    assert re.findall(r'data-map-way="(\w+)"', whole) == ["closer"]
    assert ways["whole"]["view"][0].endswith(",0")
    assert all(one["q"] == ["pub"] and one["type"] == ["case_study"] for one in ways.values())
    assert 'href="/search/?q=pub&amp;type=case_study&amp;near=50.3%2C-5&amp;sort=distance"' in part
    assert "nearest to the middle" not in whole
    assert "nearest to the middle" not in client.get("/map/embed/?q=pub&view=50.3,-5,4").content.decode()
    assert "None of them is in this part of the map." in page("q=pub&view=58,-3,5")
    assert 'viewBox="0 0 265 400"' in page("q=pub&view=58,-3,0")
    again = parse_qs(re.search(r'id="map-embed-link" href="[^?]+\?([^"]+)"', page("q=pub&view=52,0.00001,3"))[1])
    assert map_view.read_view(again["amp;view"][0]) == map_view.View(lat=52, lng=0, zoom=3)
    for wrong in ("x", "48.85,2.35,3", "53,-2", "53,-2,99", "53,-2,-1", "1e5,0,0", "<b>", "53,-2,4,1"):
        html = page(f"q=pub&type=case_study&view={wrong}")
        assert "is no part of this map" in html, wrong
        assert "<b>”" not in html
        assert "2 are on the map" in html, wrong
    for text in ("53,-2,99", "NaN,NaN,1", "%00", "9" * 400):
        for address in ("/map/part/", "/map/points/", "/map/embed/"):
            assert client.get(f"{address}?view={text}&page={text}&near={text}").status_code == 200, (address, text)
    assert "Pub talks" not in client.get("/map/?place=hangarton").content.decode()


def test_any_site_may_show_it_in_a_frame_and_no_other_page(client, world):
    page = client.get("/map/?q=pub&outcome=worked")
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    snippet = (
        re.search(r"&lt;iframe src=\"([^\"]+)\"", page.content.decode())[1]
        .replace("&amp;amp;", "&")
        .replace("&amp;", "&")
    )
    address = snippet.partition("://")[2].partition("/")[2]
    frame = client.get(f"/{address}")
    html = frame.content.decode()
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "script-src 'self'" in frame["Content-Security-Policy"]
    assert not frame.cookies
    assert frame["Cache-Control"] == "public, no-cache", "it names what may be hidden at any time"
    assert "Pub bought" in html
    assert "lost" not in html
    assert re.search(r'href="http[^"]*/map/\?q=pub&amp;outcome=worked" target="_blank"', html), "the way back"
    assert "<form" not in html
    assert client.get("/map/points/?q=pub")["X-Frame-Options"] == "SAMEORIGIN"


def test_a_frame_that_is_moved_stays_everybodys_and_leads_out_of_the_frame(client, world):
    reader = Client()
    reader.force_login(member(organisation("Trafford"), "member"))
    frame = reader.get("/map/embed/?q=pub").content.decode()
    part, points = (re.search(rf'data-{name}="([^"]+)"', frame)[1].replace("&amp;", "&") for name in ("part", "points"))
    moved = reader.get(f"{part}&view=54,-3,0").content.decode()
    assert "Pub bought" in moved
    assert "Pub talks" not in moved
    assert reader.get(points).content == client.get("/map/points/?q=pub").content
    # No page but this one may stand in a frame.
    links = re.findall(r"<a [^>]*href=\"(/[^\"]+)\"[^>]*>", moved)
    assert links
    assert moved.count('target="_blank"') == len(links)
    assert "<h2" in moved
    assert "<h3" not in moved


def test_what_is_to_be_copied_stays_within_its_quotes_whatever_was_searched_for(client, world):
    page = client.get("/map/", {"q": 'pub "bought"'}).content.decode()
    copied = unescape(re.search(r'id="map-snippet"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])
    attributes = re.sub(r'"[^"]*"', "", copied)
    assert attributes == "<iframe src= width= height= title= loading=></iframe>"
    assert "&amp;view=" in copied


def test_the_points_are_one_file_that_a_browser_keeps(client, world):
    plain = client.get("/map/points/?q=pub")
    zipped = client.get("/map/points/?q=pub", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(zipped.content) == plain.content
    assert {"Accept-Encoding", "Cookie"} <= set(zipped["Vary"].split(", "))
    for response, headers in ((plain, {}), (zipped, {"Accept-Encoding": "gzip"})):
        again = client.get("/map/points/?q=pub", headers={**headers, "If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert b"Pub" not in plain.content


def test_twenty_thousand_points_are_a_small_file_and_each_is_at_one_mark():
    chance = random.Random(1)  # noqa: S311 - the same each time
    some = [
        Located(
            f"case_study:{n}", "case_study", chance.choice(OUTCOMES), 50 + chance.random() * 8, -5 + chance.random() * 6
        )
        for n in range(20_000)
    ]
    found = map_points._columns(some)
    body = map_points.payload(found)
    assert len(map_points.compressed(body)) < 100_000
    assert sum(len(steps) // 2 for steps in json.loads(body)["points"].values()) == len(found) == 20_000
    for view in (map_view.whole(), map_view.View(lat=52.48, lng=-1.9, zoom=3.4)):
        box = view.box
        inside = [one for one in found.located() if box.holds(one[1], one[2])]
        marks = map_view.spots(inside, box)
        assert sorted(number for mark in marks for number in mark.numbers) == [one[0] for one in inside]
        assert len(marks) < 200, "more nobody can tell apart"


def test_the_file_says_which_points_are_of_the_same_thing_and_not_which_thing():
    spots = {"one": [(53.4, -2.1)], "two": [(50.2, -4.0), (57.0, -3.0)], "three": [(51.0, 0.1), (53.4, -2.1)]}
    kinds = {"one": "worked", "two": "did_not_work", "three": "worked"}
    some = [
        Located(f"case_study:{name}", "case_study", kinds[name], lat, lng) for name in spots for lat, lng in spots[name]
    ]
    found = map_points._columns(some)
    file = json.loads(map_points.payload(found))
    assert "three" not in json.dumps(file)
    points = [point for some in _unrolled(file).values() for point in some]
    where = {name: sorted((x, y) for row, x, y in zip(found.rows, found.xs, found.ys, strict=True) if row == n)
             for n, name in enumerate(spots)}  # fmt: skip
    assert sorted(sorted(points[i] for i in some) for some in file["same"]) == sorted([where["two"], where["three"]])
    assert "same" not in json.loads(map_points.payload(map_points._columns(some[:1])))


def test_a_reader_pays_for_no_more_than_the_page_shows(client, world, django_assert_max_num_queries):
    client.get("/map/?q=pub")
    with django_assert_max_num_queries(13):
        client.get("/map/?q=pub")
    with django_assert_max_num_queries(11):
        client.get("/map/points/?q=pub")


def test_small_maps_lead_to_the_map_of_the_same_thing(client, world):
    council = world["north"].get_parent()
    page = client.get(council.url).content.decode()
    small = re.search(r'<figure class="cl-small-map">.*?</figure>', page, re.DOTALL)[0]
    # The council itself and what it made public: what is for members is on no picture for others.
    assert 'aria-label="Map of the United Kingdom. Worked: 1, Did not work: 1, Council, community or place: 1"' in small
    address = re.search(r'href="([^"]+)"', small)[1]
    assert client.get(address).content.decode().count('class="govuk-link" href="/councils/pendle/pub') == 2
    reader = Client()
    reader.force_login(member(organisation("Trafford"), "member"))
    assert "Partly worked: 1" in reader.get(council.url).content.decode()
    # One that has written nothing up is somewhere all the same.
    bare = organisation("Rossendale", lat=53.68, lng=-2.28)
    deliver_all()
    assert 'aria-label="Map of the United Kingdom. Council, community' in client.get(bare.page.url).content.decode()
    page = client.get(world["south"].url).content.decode()
    small = re.search(r'<figure class="cl-small-map cl-places-map">.*?</figure>', page, re.DOTALL)[0]
    assert 'aria-label="Map of the United Kingdom: Truro"' in small
    near = re.search(r'href="([^"]+)"', small)[1].replace("&amp;", "&")
    assert near == "/map/?near=truro&sort=distance"
    assert "cl-map__point--origin" in client.get(near).content.decode()
    assert "cl-places-map" not in client.get(world["secret"].url).content.decode()
