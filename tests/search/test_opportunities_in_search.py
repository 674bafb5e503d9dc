"""Opportunities are found when they are published, by what they belong to, and say when they close."""

from datetime import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client

from core.delivery import deliver_all
from places.opportunities.services import tell_what_is_due, withdraw_opportunity
from places.opportunities.times import LONDON
from search.asking import ask
from search.state import read
from tests import factories

pytestmark = pytest.mark.django_db


def found(**query):
    asked = QueryDict(mutable=True)
    asked.update(query)
    deliver_all()
    return ask(read(asked), user=AnonymousUser()).results.hits


def on_map():
    soup = BeautifulSoup(Client().get("/map/?q=bookbinding&type=opportunity").content, "html.parser")
    rows = soup.select(".cl-mapped__list li ul li > span")
    return {row.a.get_text(): " ".join(row.find(class_="cl-small").get_text(" ").split()) for row in rows}


def test_what_is_published_is_found_by_words_and_filters_and_what_is_over_sinks():
    with time_machine.travel("2027-03-01 12:00Z", tick=True) as clock:
        stockport = factories.organisation("Stockport", lat=53.4, lng=-2.16, region="North West", tier="metropolitan")
        above = factories.TopicFactory(name="Culture", slug="culture")
        topic = factories.TopicFactory(name="Reading", slug="reading", parent=above)
        right, place = factories.programme("Community Right to Challenge"), factories.PlaceFactory(slug="bredbury")
        dates = {"opens": datetime(2027, 3, 1, 9, tzinfo=LONDON), "closes": datetime(2027, 3, 26, 17, tzinfo=LONDON)}
        page = factories.opportunity(
            stockport, title="Bookbinding for all", programme=right, places=[place], topics=[topic], **dates
        )
        other = factories.opportunity(
            stockport,
            title="Bookbinding for some",
            opens=dates["opens"],
            closes=datetime(2027, 9, 1, 17, tzinfo=LONDON),
        )
        factories.opportunity(stockport, title="Bookbinding draft", live=False, **dates)
        keys = [hit.object_id for hit in found(q="bookbinding", type="opportunity")]
        assert sorted(keys) == [page.pk, other.pk]
        for name, value in (
            ("programme", right.slug), ("place", "bredbury"), ("topic", "culture"), ("region", "north-west"),
        ):  # fmt: skip
            hits = found(q="bookbinding", **{name: value})
            assert page.pk in [hit.object_id for hit in hits], name
            assert len(hits) == (2 if name == "region" else 1), name
        card = BeautifulSoup(Client().get("/search/?q=bookbinding&place=bredbury").content, "html.parser").select_one(
            "article.cl-card"
        )
        assert "Closes 17:00 on Friday 26 March 2027" in card.get_text(" ", strip=True)
        assert "Opportunity" in card.get_text(" ", strip=True)
        # On the map: at its places, or where its council is.
        assert on_map() == {
            "Bookbinding for all": "Opportunity · Closes 17:00 on Friday 26 March 2027",
            "Bookbinding for some": "Opportunity · Closes 17:00 on Wednesday 1 September 2027",
        }
        # Nothing was written anew: the clock alone says so.
        clock.move_to("2027-03-20 12:00Z")
        assert on_map()["Bookbinding for all"] == "Opportunity · Closes soon · Closes 17:00 on Friday 26 March 2027"
        clock.move_to("2027-03-26 18:00Z")
        assert on_map()["Bookbinding for all"] == "Opportunity · Closed 17:00 on Friday 26 March 2027"
        tell_what_is_due()
        assert [hit.object_id for hit in found(q="bookbinding")] == [other.pk, page.pk]
        withdraw_opportunity(page=other, reason="error", by=factories.member(stockport, "author"))
        deliver_all()
        words = BeautifulSoup(Client().get("/search/?q=bookbinding+some").content, "html.parser")
        assert "Withdrawn by the council" in words.main.get_text(" ", strip=True)
        other.unpublish()
        assert [hit.object_id for hit in found(q="bookbinding")] == [page.pk]
