"""The demonstration shows an opportunity with all that one can have, and where the rights in law can be read."""

import json

import pytest
from wagtail.models import ReferenceIndex

from network.demo.loader import CONTENT, OPPORTUNITIES_FILE
from network.demo.opportunities import make_opportunities
from places.models import OpportunityPage
from tests import factories

pytestmark = pytest.mark.django_db


def read(name):
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


def test_one_has_its_place_and_a_document_that_everybody_may_open(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    factories.organisation("Exampleford")
    factories.UserFactory(email="administrator@demo.example", administrator=True)
    place = factories.PlaceFactory(slug="exampleford-market-place")
    one = next(one for one in read(OPPORTUNITIES_FILE) if one.get("document"))
    for _again in range(2):
        make_opportunities([one])
    page = OpportunityPage.objects.get()
    assert list(page.places.all()) == [place]
    document = page.documents.get().document
    words = client.get(page.url).content.decode()
    assert document.title in words
    assert document.url in words
    ReferenceIndex.create_or_update_for_object(page)  # a task of its own, when it is published
    answer = client.get(document.url)
    assert b"".join(answer.streaming_content).startswith(b"An example, not a real form.")


def test_every_right_in_law_says_where_the_law_is():
    rights = [one for one in read("programmes.json") if one["kind"] == "right"]
    assert rights
    assert not [one["slug"] for one in rights if not any(link.get("kind") == "law" for link in one["sources"])]
