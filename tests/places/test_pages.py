"""The pages of places and programmes as a reader meets them."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from places.models import ProgrammePage, Window
from tests.factories import PlaceFactory, case_study, member, opportunity, organisation, programme

pytestmark = pytest.mark.django_db


def look(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    assert not response.cookies
    return BeautifulSoup(response.content, "html.parser")


def test_a_place_names_its_councils_and_what_was_tried_there(client):
    stockport = organisation("Stockport")
    place = PlaceFactory(name="Bredbury", summary="A small town by the river.")
    place.organisations.add(stockport)
    case_study(stockport, title="A market", places=[place], outcome="partly_worked")
    case_study(stockport, title="Elsewhere", places=[PlaceFactory()])
    soup = look(client, place.url)
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ["Bredbury"]
    assert soup.main.find("a", href="/councils/stockport/")
    assert "A small town by the river." in soup.main.get_text()
    assert [card.h3.get_text(strip=True) for card in soup.select("article.cl-card")] == ["A market"]
    assert soup.find("a", href=f"/search/?place={place.slug}&outcome=partly_worked")


def test_a_place_lists_every_programme_that_somebody_may_know_it_took_part_in(client):
    stockport, place, draft = organisation("Stockport"), PlaceFactory(), programme("A draft", live=False)
    named = {title: programme(title) for title in ("Noted", "Tried", "Asked", "Twice", "Secret", "Called off")}
    for title in ("Noted", "Twice"):
        named[title].programme_places.create(place=place)
        named[title].save()
    for title in ("Tried", "Twice", "Twice"):
        case_study(stockport, places=[place], programme=named[title])
    case_study(stockport, places=[place], programme=draft)
    case_study(stockport, places=[place], programme=named["Secret"], audience="members")
    opportunity(stockport, places=[place], programme=named["Asked"], closes=timezone.now())
    Window.objects.filter(
        page=opportunity(stockport, places=[place], programme=named["Called off"])
    ).update(withdrawn_at=timezone.now())  # fmt: skip
    case_study(stockport, places=[PlaceFactory()], programme=programme("Elsewhere"))

    def listed():
        links = look(client, place.url).select(".cl-page-header a[href^='/programmes/']")
        return [link.get_text() for link in links]

    assert listed() == ["Asked", "Noted", "Tried", "Twice"]
    client.force_login(member(organisation("Leeds"), "author"))
    links = BeautifulSoup(client.get(place.url).content, "html.parser").select(
        ".cl-page-header a[href^='/programmes/']"
    )
    assert "Secret" in [link.get_text() for link in links]


def test_a_place_of_a_council_without_a_public_page_names_it_without_a_link(client):
    stockport = organisation("Stockport")
    place = PlaceFactory()
    place.organisations.add(stockport)
    stockport.page.unpublish()
    soup = look(client, place.url)
    assert "Stockport Council" in soup.main.get_text()
    assert not soup.main.find("a", href="/councils/stockport/")


def test_places_are_found_by_name(client):
    PlaceFactory(name="Bredbury")
    PlaceFactory(name="Liskeard")
    soup = look(client, "/places/", q="lisk")
    assert [a.get_text() for a in soup.select(".cl-directory a")] == ["Liskeard"]
    assert "No place like that" in look(client, "/places/", q="zzz").find(class_="cl-empty").get_text()


def test_no_places_yet_is_an_empty_state(client):
    assert "No places yet" in look(client, "/places/").find(class_="cl-empty").get_text()


def test_an_unknown_place_is_not_found(client):
    assert client.get("/places/atlantis/").status_code == 404


def test_a_programme_says_whether_it_can_be_used_and_how_it_goes(client):
    page = programme("Right to Bid")
    page.current_state = "<p>Checked November 2026. Usable.</p>"
    page.what_it_is = "<p>A pause in a sale.</p>"
    page.who_may_use = "<p>A parish council.</p>"
    page.legal_basis = "<p>Localism Act 2011.</p>"
    page.in_force = "In force from 2012."
    page.steps.create(sort_order=0, title="Nominate", text="Write to the council.")
    page.steps.create(sort_order=1, title="Wait", text="Six weeks.")
    page.sources.create(title="The Act", url="https://www.legislation.gov.uk/")
    page.save_revision().publish()
    case_study(organisation(), title="A pub", programme=page)
    soup = look(client, page.url)
    order = [heading.get_text(strip=True) for heading in soup.main.find_all("h2")]
    assert order == [
        "Can it be used now?", "What it is", "Who may use it", "How it goes, stage by stage", "Legal basis",
        "How it went", "Case studies", "Recently changed", "Sources",
    ]  # fmt: skip
    assert [item.h3.get_text() for item in soup.select(".cl-stages li")] == ["Nominate", "Wait"]
    assert soup.find("a", href="/search/?programme=right-to-bid&outcome=worked")
    assert soup.find("a", href="https://www.legislation.gov.uk/")
    assert soup.find("article", class_="cl-card").h3.get_text(strip=True) == "A pub"


def test_a_bare_programme_shows_no_empty_parts(client):
    soup = look(client, programme().url)
    assert [heading.get_text(strip=True) for heading in soup.main.find_all("h2")] == ["Case studies"]
    assert "Nobody has written up a use of this programme yet." in soup.main.get_text()


def test_the_list_of_programmes_counts_their_case_studies(client):
    portas = programme("Portas Pilots")
    programme("Right to Bid")
    programme("A draft", live=False)
    case_study(organisation(), programme=portas)
    soup = look(client, "/programmes/")
    cards = {card.h3.get_text(strip=True): card.get_text() for card in soup.select("article.cl-card")}
    assert set(cards) == {"Portas Pilots", "Right to Bid"}
    assert "1 case study" in cards["Portas Pilots"]
    assert "case stud" not in cards["Right to Bid"]


def test_no_programmes_yet_is_an_empty_state(client):
    assert not ProgrammePage.objects.exists()
    assert "No programmes yet" in look(client, "/programmes/").find(class_="cl-empty").get_text()
