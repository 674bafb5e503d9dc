"""The frame of every page, as an anonymous and a signed-in reader meet it."""

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.models import HomePage, InformationPage
from search import held

pytestmark = pytest.mark.django_db


def get(client, path):
    response = client.get(path)
    return response, BeautifulSoup(response.content, "html.parser")


def test_not_found_offers_a_search_and_a_way_home(client):
    response, soup = get(client, "/no-such-page/")
    assert response.status_code == 404
    assert soup.main.find("form", role="search")["action"] == "/search/"
    assert soup.find("input", {"name": "q"})
    assert not response.cookies


def test_the_frame_has_what_assistive_technology_needs(client):
    _response, soup = get(client, "/no-such-page/")
    assert soup.html["lang"] == "en"
    assert soup.find("a", class_="govuk-skip-link")["href"] == "#main-content"
    assert soup.find(id="main-content").name == "main"
    assert [nav["aria-label"] for nav in soup.header.find_all("nav")] == ["Your account", "Main"]
    menu = [(a["href"], a.string) for a in soup.find("nav", {"aria-label": "Main"}).find_all("a")]
    assert menu == [
        ("/search/", "Find what worked"),
        ("/ask/", "Ask"),
        ("/topics/", "Topics"),
        ("/map/", "Map"),
        ("/programmes/", "Programmes"),
        ("/places/", "Places"),
        ("/councils/", "Councils"),
    ]
    assert "Sign in" in soup.header.get_text()


def test_no_inline_script_or_style_anywhere_in_the_frame(client):
    _response, soup = get(client, "/no-such-page/")
    assert not soup.find_all("style")
    assert not soup.find_all(style=True)
    assert all(script.get("src", "").startswith("/static/") for script in soup.find_all("script"))
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_welsh_readers_stay_in_welsh(client):
    _response, soup = get(client, "/cy/no-such-page/")
    assert soup.html["lang"] == "cy"
    assert soup.find("a", class_="cl-brand")["href"] == "/cy/"


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_stand_without_a_request(name):
    """Django renders the 500 page with no request and no context processor."""
    soup = BeautifulSoup(render_to_string(name, {}), "html.parser")
    assert soup.h1
    assert soup.title.string.strip().endswith("– Connected Localism")


def test_server_error_gives_the_reference_to_quote():
    assert "abc-123" in render_to_string("500.html", {"request_id": "abc-123"})


def test_forbidden_says_why_and_who_can_help(rf: RequestFactory):
    text = render_to_string("403.html", {"reason": "Only approvers sign off."}, request=None)
    assert "Only approvers sign off." in text
    assert "not signed in" in text


def test_a_demonstration_says_so_on_every_page(client, settings):
    _response, soup = get(client, "/no-such-page/")
    assert "invented" not in soup.header.get_text()
    settings.DEMO = True
    _response, soup = get(client, "/no-such-page/")
    assert "the people and their comments are invented" in soup.header.get_text()


def test_the_footer_asks_for_its_links_once():
    calls = []

    def links():
        calls.append(1)
        return [{"text": "About", "url": "/about/"}]

    soup = BeautifulSoup(render_to_string("components/footer.html", {"footer_links": links}), "html.parser")
    assert soup.find("a", string="About")["href"] == "/about/"
    assert len(calls) == 1


@pytest.fixture
def standing(django_capture_on_commit_callbacks):
    """Two standing pages at the foot of every page; `committed` is what staff save."""
    home = HomePage.objects.get()
    pages = [
        InformationPage(title=title, body="<p>Text.</p>", show_in_footer=True) for title in ("About us", "Who we are")
    ]
    for page in pages:
        home.add_child(instance=page)
    held.forget()
    return [django_capture_on_commit_callbacks, *pages]


def footer(client, path="/no-such-page/"):
    _response, soup = get(client, path)
    links = [(link.string, link["href"]) for link in soup.footer.ul.find_all("a")]
    return links[2:-7]


def test_the_footer_leads_to_the_lists_that_the_menu_has_no_room_for(client):
    _response, soup = get(client, "/no-such-page/")
    links = {link["href"] for link in soup.footer.ul.find_all("a")}
    assert {"/opportunities/", "/briefings/"} <= links


def test_the_footer_costs_no_query_until_a_standing_page_changes(client, standing, django_assert_num_queries):
    committed, about, _privacy = standing
    assert footer(client) == [("About us", "/about-us/"), ("Who we are", "/who-we-are/")]
    with django_assert_num_queries(1):  # which councils sign their people in themselves
        client.get("/account/login/")
    with committed(execute=True):
        about.title, about.slug = "About this site", "about"
        about.save_revision().publish()
    assert footer(client) == [("About this site", "/about/"), ("Who we are", "/who-we-are/")]
    with committed(execute=True):
        about.unpublish()
    assert footer(client) == [("Who we are", "/who-we-are/")]


def test_the_footer_follows_the_order_of_the_pages_and_their_end(client, standing):
    committed, about, privacy = standing
    footer(client)
    with committed(execute=True):
        privacy.move(about, pos="left")
    assert [text for text, _url in footer(client)] == ["Who we are", "About us"]
    with committed(execute=True):
        privacy.delete()
    assert [text for text, _url in footer(client)] == ["About us"]


def test_the_footer_leads_on_in_the_language_of_each_reader(client, standing):
    for prefix in ("", "/cy", ""):
        assert footer(client, f"{prefix}/no-such-page/")[0] == ("About us", f"{prefix}/about-us/")
