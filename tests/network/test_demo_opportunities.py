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


def test_every_programme_has_its_stages_and_guidance_and_every_right_says_where_the_law_is():
    programmes = read("programmes.json")
    lacking = [
        (one["slug"], kind)
        for one in programmes
        for kind in ("guidance", *(["law"] if one["kind"] == "right" else []))
        if not any(link.get("kind") == kind for link in one["sources"])
    ]
    assert not lacking
    assert not [one["slug"] for one in programmes if not one["steps"]]
    known = {one["slug"] for one in programmes}
    assert {one["programme"] for one in read("record.json")["entries"]} <= known
