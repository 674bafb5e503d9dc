"""Every Atom feed as a program reads it that we did not write."""

import feedparser
import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from core.delivery import deliver_all
from tests import factories
from tests.factories import PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db
ODD = "Markets & <b>“shops”</b> – Siân’s \U0001f3ea"


@pytest.fixture
def network(db):
    """Something in each feed, with letters in it that XML minds."""
    council = factories.organisation("Stockport")
    topic, place, portas = TopicFactory(slug="shops"), PlaceFactory(slug="old-town"), factories.programme()
    portas.title = ODD
    portas.save_revision().publish()
    factories.case_study(council, title=ODD, topics=[topic], places=[place], programme=portas)
    factories.opportunity(council, title=ODD, topics=[topic], places=[place], programme=portas)
    factories.record_entry(place, words=ODD)
    factories.briefing(council, title=ODD, topics=[topic])
    factories.ask(title=ODD, topics=[topic])
    deliver_all()
    topics = dict.fromkeys(("feed_topic", "feed_asks_topic", "feed_briefings_topic"), topic.slug)
    return topics | {"feed_council": "stockport", "feed_programme": portas.slug} | {
        f"feed_opportunities_{kind}": slug
        for kind, slug in {"programme": portas.slug, "council": "stockport", "place": place.slug}.items()
    } | {"feed_place": place.slug}  # fmt: skip


def names():
    return sorted(name for name in get_resolver().reverse_dict if str(name).startswith("feed_"))


def test_another_program_reads_all_of_every_feed(network):
    assert len(names()) >= 12
    for name in names():
        address = reverse(name, args=[network[name]] if name in network else [])
        response = Client().get(address, {"q": "markets"} if name == "feed_search" else {})
        read = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
        assert (read.bozo, read.version) == (False, "atom10"), (address, read.get("bozo_exception"))
        assert all((read.feed.id, read.feed.title, read.feed.updated_parsed)), address
        rels = {link.rel: link.href for link in read.feed.links}
        assert address in rels["self"], address
        assert rels["alternate"].startswith("http://localhost:8000/"), address
        assert read.entries, address
        assert len({entry.id for entry in read.entries}) == len(read.entries), address
        for entry in read.entries:
            assert entry.id.startswith("tag:"), address
            assert entry.updated_parsed, address
            assert entry.link.startswith("http://localhost:8000/"), address
            # RFC 4287, 4.1.2: of each entry somebody is the author, or of the whole feed.
            assert entry.get("author") or read.feed.get("author"), address
        assert any("Siân’s \U0001f3ea" in entry.title + entry.get("summary", "") for entry in read.entries), address
