"""The demonstration's briefings have a document, which members alone can open."""

import json

import pytest

from casestudies.models import BriefingPage
from members.roles import NETWORK_ORGANISATION_SLUG
from network.demo.briefings import make_briefings
from network.demo.loader import BRIEFINGS_FILE, CONTENT
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_briefing_has_its_text_as_a_document_that_members_alone_open(client):
    factories.organisation("Network", slug=NETWORK_ORGANISATION_SLUG)
    one = {**json.loads((CONTENT / BRIEFINGS_FILE).read_text())[0], "related": []}
    for _again in range(2):
        make_briefings([one])
    page = BriefingPage.objects.get(slug=one["slug"])
    document = page.documents.get().document
    assert one["sources"][0]["url"] in document.file.read().decode()
    assert client.get(document.url).status_code == 404
    assert document.title not in client.get(page.get_absolute_url()).content.decode()
    client.force_login(factories.member(factories.organisation("Hull")))
    assert document.title in client.get(page.get_absolute_url()).content.decode()
    assert client.get(document.url).status_code == 200
