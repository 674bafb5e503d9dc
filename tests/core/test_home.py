"""The home page and the standing pages."""

import pytest
from bs4 import BeautifulSoup

from core.models import HomePage, InformationPage
from tests.factories import TopicFactory, case_study, organisation

pytestmark = pytest.mark.django_db


def look(client, path="/"):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    return BeautifulSoup(response.content, "html.parser")


def test_home_begins_with_what_this_is_and_a_search(client):
    soup = look(client)
    assert len(soup.find_all("h1")) == 1
    assert HomePage.objects.get().statement in soup.main.get_text()
    form = soup.main.find("form", role="search")
    assert (form["action"], form["method"], form.input["name"]) == ("/search/", "get", "q")


def test_home_sets_what_worked_beside_what_did_not(client):
    stockport = organisation("Stockport")
    case_study(stockport, title="Good", outcome="worked")
    case_study(stockport, title="Bad", outcome="did_not_work")
    case_study(stockport, title="Middling", outcome="partly_worked")
    case_study(stockport, title="Early", outcome="too_early")
    soup = look(client)
    worked, did_not = soup.find_all("h3", class_="cl-side")
    assert [card.h4.get_text(strip=True) for card in worked.parent.select("article")] == ["Good"]
    assert [card.h4.get_text(strip=True) for card in did_not.parent.select("article")] == ["Middling", "Bad"]
    assert "Stockport" in worked.parent.article.get_text()


def test_home_counts_what_everybody_may_read(client):
    stockport = organisation("Stockport")
    measured = case_study(stockport)
    measured.measures.create(indicator="Empty shops", unit="%", better="lower", before=25, after=12)
    measured.measures.create(indicator="Visitors", unit="people", before=1000, after=2000)
    measured.save()
    case_study(organisation("Leeds"), outcome="did_not_work")
    case_study(stockport, audience="members")
    soup = look(client)
    figures = [one.get_text() for one in soup.select(".cl-numbers__list .cl-stat__value")]
    assert figures == ["2", "1", "1", "2"]
    change = soup.find(class_="cl-change").get_text(" ", strip=True)
    assert "Empty shops" in change
    assert "25%" in change
    assert "12%" in change


def test_home_lists_the_topics_and_the_ways_in(client):
    topic = TopicFactory(name="High streets")
    case_study(organisation(), topics=[TopicFactory(parent=topic)])
    soup = look(client)
    assert "1" in soup.main.find("a", href=topic.url).parent.get_text()
    ways = {a["href"] for a in soup.select(".cl-way a")}
    assert {"/search/", "/topics/"} <= ways
    assert all(client.get(way).status_code in {200, 302} for way in ways)


def test_an_empty_network_says_so(client):
    assert "Nothing has been published yet" in look(client).find(class_="cl-empty").get_text()


def test_a_standing_page_is_prose_with_one_heading(client):
    page = HomePage.objects.get().add_child(
        instance=InformationPage(title="How it works", summary="In short.", body="<h2>First</h2><p>Write.</p>")
    )
    page.save_revision().publish()
    assert look(client).main.find("a", href="/how-it-works/")
    soup = look(client, "/how-it-works/")
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["How it works"]
    assert "In short." in soup.main.get_text()
    assert soup.main.find("h2", string="First")
