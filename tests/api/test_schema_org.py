import json

import pytest
from django.template import Context, Template

from casestudies.choices import Audience
from tests.factories import PlaceFactory, TopicFactory, case_study, organisation

pytestmark = pytest.mark.django_db


def metadata(page):
    html = Template("{% load feeds %}{% schema_org page %}").render(Context({"page": page}))
    start, end = '<script type="application/ld+json">', "</script>"
    assert html.startswith(start)
    assert html.endswith(end)
    inside = html.removeprefix(start).removesuffix(end)
    assert "<" not in inside
    return json.loads(inside)


def test_what_search_engines_are_told():
    stockport = organisation("Stockport")
    page = case_study(stockport, topics=[TopicFactory(name="Markets")], places=[PlaceFactory(name="Sale")])
    data = metadata(page)
    assert (data["@type"], data["headline"], data["description"]) == ("Article", page.title, page.summary)
    assert data["url"] == f"http://localhost:8000/councils/stockport/{page.slug}/"
    assert data["author"]["name"] == "Stockport Council"
    assert (data["about"], data["isAccessibleForFree"]) == (["Markets"], True)
    assert data["spatialCoverage"][0]["geo"]["latitude"] == 53.4
    assert "sam@example.org" not in json.dumps(data)


def test_the_editors_write_in_the_networks_name():
    page = case_study(organisation("Stockport"), written_by="editors")
    data = metadata(page)
    assert data["author"]["name"] == "Connected Localism"
    assert data["sourceOrganization"]["name"] == "Stockport Council"


def test_a_members_only_page_says_its_title_and_summary():
    page = case_study(organisation("Stockport"), topics=[TopicFactory(name="Markets")], audience=Audience.MEMBERS)
    data = metadata(page)
    assert (data["headline"], data["isAccessibleForFree"]) == (page.title, False)
    assert "about" not in data
    assert "spatialCoverage" not in data


def test_a_title_cannot_end_the_block():
    page = case_study(organisation("Stockport"), title="</script><script>alert(1)</script> & <!--")
    assert metadata(page)["headline"] == "</script><script>alert(1)</script> & <!--"
