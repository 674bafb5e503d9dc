from xml.etree import ElementTree as ET

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import Client

from casestudies.models import CaseStudyPage
from tests.factories import (
    PlaceFactory,
    TopicFactory,
    UserFactory,
    answer,
    ask,
    briefing,
    case_study,
    organisation,
    programme,
    record_entry,
)

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def read(path):
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(response.content)  # noqa: S314 - as above


def titles(feed):
    return [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")]


@pytest.fixture
def stockport(db):
    return organisation("Stockport")


def test_the_feed_of_everything(stockport):
    page = case_study(stockport, title="A market & more", summary="Traders <b>took</b> a shop.")
    feed = read("/feeds/case-studies/")
    [entry] = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A market & more"
    assert entry.findtext(f"{ATOM}summary") == "Traders <b>took</b> a shop."
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost:8000/councils/stockport/{page.slug}/"
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:case-study/{page.pk}"
    assert entry.find(f"{ATOM}content") is None
    hrefs = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert hrefs["self"] == "http://localhost:8000/feeds/case-studies/"
    assert feed.findtext(f"{ATOM}rights") == "Open Government Licence v3.0"


def test_what_changed_last_comes_first_under_the_same_id(stockport):
    one, two = case_study(stockport, title="One"), case_study(stockport, title="Two")
    assert titles(read("/feeds/case-studies/")) == ["Two", "One"]
    one.title = "One, mended"
    one.slug = "moved"
    one.save_revision().publish()
    feed = read("/feeds/case-studies/")
    assert titles(feed) == ["One, mended", "Two"]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert ids == [f"tag:localhost,2026:case-study/{page.pk}" for page in (one, two)]


def test_feeds_of_a_topic_a_council_and_a_programme(stockport):
    above = TopicFactory(slug="economy", name="Economy")
    below = TopicFactory(slug="markets", parent=above)
    portas = programme("Portas Pilots")
    case_study(stockport, title="One", topics=[below])
    case_study(organisation("Trafford"), title="Two", topics=[above], programme=portas)
    case_study(stockport, title="Draft", topics=[above], programme=portas, live=False)
    assert titles(read("/feeds/topics/economy/")) == ["Two", "One"]
    assert titles(read("/feeds/topics/markets/")) == ["One"]
    assert titles(read("/feeds/councils/stockport/")) == ["One"]
    assert titles(read(f"/feeds/programmes/{portas.slug}/")) == ["Two"]
    assert read("/feeds/topics/economy/").findtext(f"{ATOM}title") == "Economy – Connected Localism"


@pytest.mark.parametrize("path", ["topics/nothing", "councils/nothing", "programmes/nothing", "nothing"])
def test_a_feed_that_is_not_there(path):
    assert Client().get(f"/feeds/{path}/").status_code == 404


def test_a_draft_programme_has_no_feed():
    page = programme("Secret plans", live=False)
    assert Client().get(f"/feeds/programmes/{page.slug}/").status_code == 404


def test_characters_that_xml_forbids_do_not_break_a_feed(stockport):
    topic = TopicFactory(name="Eco\x0bnomy\uffff")
    page = case_study(stockport, topics=[topic])
    CaseStudyPage.objects.filter(pk=page.pk).update(title="A\x08 market \ufffe]]>", summary="<x>\x1f&amp;")
    for path in ("/feeds/case-studies/", f"/feeds/topics/{topic.slug}/"):
        assert titles(read(path)) == ["A market ]]>"]


def test_feeds_are_public_cacheable_and_set_no_cookie(stockport):
    case_study(stockport)
    response = Client().get("/feeds/case-studies/")
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    again = Client().get("/feeds/case-studies/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["case-studies/", "search/?q=nothing+of+the+kind", "councils/stockport/"])
def test_a_feed_without_entries_stays_the_same_until_it_has_one(stockport, path):
    with time_machine.travel("2026-11-20 10:00", tick=False):
        first = Client().get(f"/feeds/{path}")
    assert not titles(read(f"/feeds/{path}"))
    with time_machine.travel("2026-11-23 11:30", tick=False):
        assert Client().get(f"/feeds/{path}").content == first.content
        again = Client().get(f"/feeds/{path}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_feed_costs_the_same_however_long(stockport, django_assert_max_num_queries):
    Client().get("/feeds/case-studies/")
    for _ in range(6):
        case_study(stockport, topics=[TopicFactory()], places=[PlaceFactory()])
    with django_assert_max_num_queries(3):
        assert len(titles(read("/feeds/case-studies/"))) == 6


def render(text, **context):
    return Template("{% load feeds %}" + text).render(Context(context))


def test_pages_can_point_at_their_feed(stockport):
    topic = TopicFactory(slug="economy", name='Jobs & "growth"')
    assert render("{% feed_link %}") == (
        '<link rel="alternate" type="application/atom+xml" title="Case studies" href="/feeds/case-studies/">'
    )
    assert render('{% feed_link "topic" topic.slug topic.name %}', topic=topic) == (
        '<link rel="alternate" type="application/atom+xml" title="Case studies: Jobs &amp; &quot;growth&quot;" '
        'href="/feeds/topics/economy/">'
    )


def test_pages_name_their_feeds(stockport, client):
    TopicFactory(slug="economy")
    portas = programme("Portas Pilots")
    for path, feed in {
        "/": "/feeds/case-studies/",
        "/topics/economy/": "/feeds/topics/economy/",
        "/councils/stockport/": "/feeds/councils/stockport/",
        f"/programmes/{portas.slug}/": f"/feeds/programmes/{portas.slug}/",
    }.items():
        assert 'type="application/atom+xml" title="Case studies' in (html := client.get(path).content.decode()), path
        assert f'href="{feed}"' in html, path
    for path, feed in {
        "/ask/": "/feeds/asks/",
        "/ask/?topic=economy&show=unanswered": "/feeds/topics/economy/asks/?show=unanswered",
        "/briefings/?topic=economy": "/feeds/topics/economy/briefings/",
        "/places/": "/feeds/places/",
        "/programmes/": "/feeds/programmes/",
    }.items():
        [link] = BeautifulSoup(client.get(path).content, "html.parser").select('head link[type="application/atom+xml"]')
        assert link["href"] == feed, path


def test_feeds_of_asks_and_briefings_are_narrowed_as_their_lists_are(stockport):
    above = TopicFactory(slug="economy", name="Economy")
    below, other = TopicFactory(slug="markets", parent=above), TopicFactory(slug="sea")
    asked = ask(title="Who runs a market?", topics=[below])
    answered = ask(title="Who ran a market?", topics=[above])
    answer(answered, UserFactory())
    for state in ("held", "hidden", "removed"):
        ask(title=f"A {state} one?", topics=[below], state=state)
    briefing(stockport, title="On markets", topics=[below])
    briefing(stockport, title="A draft", topics=[below], live=False)
    assert titles(read("/feeds/topics/economy/asks/")) == [answered.title, asked.title]
    unanswered = read("/feeds/topics/economy/asks/?show=unanswered")
    assert titles(unanswered) == [asked.title]
    assert unanswered.findtext(f"{ATOM}title").startswith("Asks on Economy: Not answered yet")
    assert titles(read("/feeds/asks/?show=nothing")) == [answered.title, asked.title]
    assert titles(read("/feeds/topics/economy/briefings/")) == ["On markets"]
    for kind in ("asks", "briefings"):
        assert titles(read(f"/feeds/topics/{other.slug}/{kind}/")) == []
        assert Client().get(f"/feeds/topics/nothing/{kind}/").status_code == 404
    ids = [read(f"/feeds/{path}").findtext(f"{ATOM}id") for path in ("asks/", "asks/?show=open", "topics/sea/asks/")]
    assert len(set(ids)) == 3


def test_the_feeds_of_places_and_programmes(stockport):
    place = PlaceFactory(name="Old Town")
    record_entry(place, words="Four shops let.")
    record_entry(place, words="Not yet seen.", state="held")
    [title] = titles(read("/feeds/places/"))
    assert title == "Old Town: March 2013, Residents’ record: Four shops let."
    programme("Portas Pilots")
    programme("A draft", live=False)
    assert titles(read("/feeds/programmes/")) == ["Portas Pilots"]
