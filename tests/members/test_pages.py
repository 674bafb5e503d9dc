"""The page of a council, and the list of councils, as a reader meets them."""

import pytest
from bs4 import BeautifulSoup

from tests.factories import PlaceFactory, TopicFactory, case_study, organisation

pytestmark = pytest.mark.django_db


def look(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    assert not response.cookies
    return BeautifulSoup(response.content, "html.parser")


def names(soup):
    return [link.get_text() for link in soup.select(".cl-directory a")]


def test_a_council_in_numbers_and_in_plain_words(client):
    stockport = organisation("Stockport", tier="metropolitan", region="North West", population=294773)
    stockport.density, stockport.area_km2, stockport.rural_urban = 2340.4, 126.0, "Urban"
    stockport.deprivation_decile = 1
    stockport.save()
    soup = look(client, "/councils/stockport/")
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["Stockport Council"]
    facts = soup.find(class_="cl-glance").get_text(" ", strip=True)
    assert "294,773" in facts
    assert "2,340 people a km²" in facts
    assert "Among the most deprived tenth" in facts
    assert "Metropolitan borough, North West" in soup.main.get_text()
    attribution = soup.find(class_="cl-attribution").get_text()
    assert "mySociety (CC BY 4.0)" in attribution
    assert "Open Government Licence v3.0" in attribution


def test_a_community_body_without_figures_has_no_empty_box(client):
    organisation("Friends of the Park", kind="community", tier="charity")
    soup = look(client, "/councils/friends-of-the-park/")
    assert not soup.find(class_="cl-glance")
    assert not soup.find(class_="cl-attribution")


def test_a_council_lists_what_it_published_by_topic_and_outcome(client):
    stockport = organisation("Stockport")
    top = TopicFactory(name="High streets")
    place = PlaceFactory(name="Bredbury")
    place.organisations.add(stockport)
    case_study(stockport, title="A market", topics=[TopicFactory(parent=top)], outcome="worked")
    case_study(stockport, title="A festival", topics=[top], outcome="did_not_work")
    case_study(stockport, title="A draft", live=False)
    case_study(organisation("Leeds"), title="Elsewhere")
    soup = look(client, "/councils/stockport/")
    assert {card.h3.get_text(strip=True) for card in soup.select("article.cl-card")} == {"A market", "A festival"}
    assert soup.find("a", href=top.url).get_text() == "High streets (2)"
    assert soup.find("a", href=place.url)
    assert soup.find("a", href="/search/?council=stockport&outcome=did_not_work")


def test_a_council_without_case_studies_says_so(client):
    organisation("Stockport")
    soup = look(client, "/councils/stockport/")
    assert "No case studies yet" in soup.find(class_="cl-empty").get_text()


def test_what_is_made_up_says_so(client):
    organisation("Exampleford", is_demonstration=True, population=98_000)
    shown = look(client, "/councils/exampleford/")
    assert shown.find(class_="cl-attribution").get_text() == "These figures are made up, like the organisation itself."
    assert "does not exist" in look(client, "/councils/exampleford/").main.get_text()
    assert "made up" in look(client, "/councils/").main.get_text()


def test_the_directory_puts_those_with_case_studies_first_and_counts_them(client):
    organisation("Arun")
    case_study(organisation("Stockport"), title="A market")
    leeds = organisation("Leeds")
    case_study(leeds)
    case_study(leeds)
    case_study(organisation("Derby"), live=False)
    soup = look(client, "/councils/")
    assert names(soup) == ["Leeds", "Stockport", "Arun", "Derby"]
    assert "2 case studies" in soup.find("a", href="/councils/leeds/").parent.get_text()
    assert "case stud" not in soup.find("a", href="/councils/derby/").parent.get_text()


def test_the_directory_is_searched_by_name_and_narrowed(client):
    organisation("Stockport", tier="metropolitan", region="North West")
    organisation("Stockton", tier="unitary", region="North East")
    organisation("Leeds", tier="metropolitan", region="Yorkshire and The Humber")
    assert names(look(client, "/councils/", q="stock")) == ["Stockport", "Stockton"]
    assert names(look(client, "/councils/", tier="metropolitan")) == ["Leeds", "Stockport"]
    assert names(look(client, "/councils/", q="stock", region="North East")) == ["Stockton"]
    soup = look(client, "/councils/", q="stock", tier="unitary")
    assert soup.find("input", {"name": "q"})["value"] == "stock"
    assert soup.find("option", selected=True)["value"] == "unitary"


@pytest.mark.parametrize("query", ["zzz", "%", "'; DROP TABLE", "\x00", "<script>alert(1)</script>", "é" * 10_000])
def test_a_search_without_a_find_offers_the_whole_list(client, query):
    organisation("Stockport")
    soup = look(client, "/councils/", q=query)
    assert not soup.main.find("script")
    if not names(soup):
        assert soup.find(class_="cl-empty").find("a", href="/councils/")


def test_an_unknown_filter_is_dropped(client):
    organisation("Stockport")
    assert names(look(client, "/councils/", tier="moon", region="Atlantis", page="x")) == ["Stockport"]
