"""The same results as a map, a file and a feed."""

import csv
import gzip
import io
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from search import engines, export, indexing, on_map
from search.engines.base import SearchQuery
from tests.factories import PlaceFactory, case_study, member, organisation
from tests.search.test_search_page import heading, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    north = organisation("Pendle", region="North West", lat=53.85, lng=-2.2)
    south = organisation("Truro", region="South West", lat=50.26, lng=-5.05)
    town = PlaceFactory(name="Nelson", slug="nelson", lat=53.84, lng=-2.21)
    pages = {
        "worked": case_study(north, title="Pub bought", places=[town]),
        "failed": case_study(north, title="Pub lost", outcome="did_not_work", places=[town]),
        "nowhere": case_study(south, title="Pub & =nowhere", summary="=HYPERLINK(1)"),
        "secret": case_study(
            south, title="Pub talks", audience="members", outcome="did_not_work", problem="<p>Zeppelin.</p>"
        ),
    }
    indexing.rebuild(engines.database())
    return pages


def rows(response):
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_has_what_the_list_has_in_its_order(client, world):
    address = "q=pub&type=case_study&sort=newest"
    response = client.get(f"/search/results.csv?{address}")
    assert response["Content-Type"].startswith("text/csv")
    assert "attachment" in response["Content-Disposition"]
    assert "open-government-licence" in response["Link"]
    found = rows(response)
    assert [row["title"] for row in found] == [
        title.replace("&amp;", "&") for title in titles(client.get(f"/search/?{address}"))
    ]
    assert list(found[0]) == list(export.COLUMNS)
    by_title = {row["title"]: row for row in found}
    assert by_title["Pub bought"]["outcome"] == "worked"
    assert by_title["Pub bought"]["url"].startswith("http")
    assert by_title["Pub & =nowhere"]["summary"] == "'=HYPERLINK(1)"
    assert not any("\x02" in value for row in found for value in row.values())


def test_the_file_tells_each_reader_what_they_may_read(client, world):
    response = client.get("/search/results.csv?q=zeppelin")
    assert rows(response) == []
    assert "private" not in response["Cache-Control"]
    (row,) = rows(client.get("/search/results.csv?q=talks"))
    assert (row["audience"], row["outcome"]) == ("members", "")
    client.force_login(member(organisation("Trafford"), "member"))
    response = client.get("/search/results.csv?q=zeppelin")
    (row,) = rows(response)
    assert (row["title"], row["outcome"]) == ("Pub talks", "did_not_work")
    assert response["Cache-Control"] == "private, no-store"
    assert "Link" not in response


def test_the_file_is_read_batch_by_batch(client, world, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 1)
    assert len(rows(client.get("/search/results.csv?q=pub"))) == 4


def test_who_reads_the_file_keeps_their_language_between_two_rows(world):
    with translation.override("cy"):
        found = export.rows(SearchQuery(text="pub"))
    with translation.override("en"):
        next(found)
        assert translation.get_language() == "en"


def test_the_open_data_page_says_what_the_columns_mean(client, world):
    html = client.get("/data/").content.decode()
    assert "<code>distance_km</code>" in html


def test_the_map_draws_what_has_a_place_and_says_how_many_have_none(client, world):
    response = client.get("/map/?q=pub")
    html = response.content.decode()
    assert heading(response) == "4 results about “pub”"
    assert re.sub(r"\s+", " ", re.search(r"2 are on the map.*?\.", html)[0]) == "2 are on the map, and 2 have no place."
    assert "2 here. " in html
    assert re.search(r'<a href="#here-1" aria-label="2 here\. ', html)
    assert html.count("Pub bought") == 1, "in the list, its mark being shared"
    assert "Worked (1)" in html
    assert "Did not work (1)" in html


def test_a_mark_that_stands_alone_leads_to_what_it_is(client, world):
    html = client.get("/map/?q=bought").content.decode()
    assert re.search(r'<a href="/councils/pendle/pub-bought/" aria-label="Pub bought">', html)


def test_the_map_keeps_the_search_between_its_forms(client, world):
    html = client.get("/map/?q=pub&outcome=worked").content.decode()
    assert 'href="/search/?q=pub&amp;outcome=worked"' in html
    assert 'href="/search/results.csv?q=pub&amp;outcome=worked"' in html
    assert 'hx-get="/map/"' in html
    html = client.get("/search/?q=pub&outcome=worked").content.decode()
    assert 'href="/map/?q=pub&amp;outcome=worked"' in html
    assert 'href="/feeds/search/?q=pub&amp;outcome=worked"' in html


def test_a_region_is_looked_at_closely(client, world):
    def width(address):
        return float(
            re.search(r'data-level="\d" viewBox="(\S+) (\S+) (\S+) (\S+)"', client.get(address).content.decode())[3]
        )

    assert width("/map/?region=north-west") < width("/map/?q=pub") / 2


def test_a_map_of_nothing_helps_on(client, world):
    html = client.get("/map/?q=nowhere").content.decode()
    assert "None of these has a place on the map." in html
    html = client.get("/map/?q=qqqqqqqq").content.decode()
    assert "There is nothing to show on the map." in html


def test_of_more_than_a_list_holds_there_are_pages_and_the_marks_lead_closer(client, world, monkeypatch):
    monkeypatch.setattr(on_map, "LISTED", 1)
    monkeypatch.setattr(on_map, "PAGE", 1)
    first, second = (client.get(f"/map/?q=pub&page={number}").content.decode() for number in (1, 2))
    assert ("Pub bought" in first, "Pub lost" in first) != ("Pub bought" in second, "Pub lost" in second)
    mark = re.search(r'<a href="(\?q=pub&amp;view=[^"]*)" aria-label="2 here\. ', first)[1]
    closer = client.get(f"/map/{mark.replace('&amp;', '&')}").content.decode()
    assert "2 are in this part of it." in closer


def test_the_feed_has_the_newest_first_for_everybody_alike(client, world):
    response = client.get("/feeds/search/?q=pub&near=truro&sort=distance")
    assert response["Content-Type"].startswith("application/atom+xml")
    text = response.content.decode()
    assert "<title>Search: about “pub” – " in text
    assert text.count("<entry>") == 4
    assert "Zeppelin" not in text
    assert "near" not in re.search(r'href="([^"]*)" rel="self"', text)[1]
    client.force_login(member(organisation("Trafford"), "member"))
    assert client.get("/feeds/search/?q=zeppelin").content.decode().count("<entry>") == 0


def test_a_feed_of_everything_has_a_title(client, world):
    assert "everything" in client.get("/feeds/search/").content.decode()


@pytest.mark.parametrize("page", ["/search/?q=pub", "/map/?q=pub"])
def test_the_page_and_all_it_loads_is_light(client, world, page):
    html = client.get(page).content
    names = set(re.findall(rb'(?:href|src|data-htmx)="/static/([^"]+\.(?:css|js))"', html))
    assert {b"css/search.css", b"js/search.js", b"vendor/htmx/htmx.esm.min.js"} <= names
    parts = [html, *(Path(finders.find(name.decode())).read_bytes() for name in names)]
    assert sum(len(gzip.compress(part)) for part in parts) < 80_000
