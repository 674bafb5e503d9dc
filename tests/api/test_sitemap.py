"""What search engines are told: everything that everybody may read whole, in both languages, and nothing else."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import sitemap
from tests import factories

pytestmark = pytest.mark.django_db
HOME = "http://localhost:8000"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    body = b"".join(response) if response.streaming else response.content
    return ElementTree.fromstring(body)  # noqa: S314 - our own answer


def files(client):
    return [one.text.removeprefix(HOME) for one in read(client, "/sitemap.xml").findall("s:sitemap/s:loc", NAMES)]


def entries(client):
    """Address → its entry, of all files together."""
    found = [one for path in files(client) for one in read(client, path).findall("s:url", NAMES)]
    addresses = {one.find("s:loc", NAMES).text.removeprefix(HOME): one for one in found}
    assert len(addresses) == len(found), "nothing twice"
    return addresses


def test_all_that_is_public_is_there_in_both_languages_and_nothing_else(client):
    council = factories.organisation("Stockport")
    shown = factories.case_study(council, title="Open to all")
    members = factories.case_study(council, audience="members", title="secret members")
    draft = factories.case_study(council, live=False, title="secret draft")
    withdrawn = factories.case_study(council, title="secret withdrawn")
    withdrawn.unpublish()
    factories.programme("secret programme", live=False)
    programme = factories.programme()
    bury, leeds = factories.organisation("Bury"), factories.organisation("Leeds")
    adoption = factories.adoption(shown, bury)
    hidden = [factories.adoption(members, bury), factories.adoption(shown, leeds, state="held")]
    topic, place = factories.TopicFactory(slug="shops"), factories.PlaceFactory(slug="radcliffe")
    ask, held = factories.ask(title="Who lends tools?"), factories.ask(state="held", title="secret held ask")
    client.force_login(factories.member(council))  # the same for everybody, for caches keep it
    found = entries(client)
    public = [
        "/", "/councils/", "/topics/", "/data/", "/ask/", "/privacy/", "/accessibility/", "/moderation-policy/",
        council.page.url, shown.url, programme.url, f"/adoptions/{adoption.pk}/", "/topics/shops/",
        "/places/radcliffe/", ask.get_absolute_url(),
    ]  # fmt: skip
    assert topic.get_absolute_url() in public
    assert place.get_absolute_url() in public
    for path in public:
        for prefix in ("", "/cy"):
            entry = found[f"{prefix}{path}"]
            links = {one.get("hreflang"): one.get("href") for one in entry.findall("x:link", NAMES)}
            assert links == {"en": f"{HOME}{path}", "cy": f"{HOME}/cy{path}", "x-default": f"{HOME}{path}"}, path
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\+00:00", found[shown.url].find("s:lastmod", NAMES).text)
    gone = [draft.url_path, members.url, *(f"/adoptions/{one.pk}/" for one in hidden), held.get_absolute_url()]
    everything = " ".join(found)
    assert "secret" not in everything
    for path in gone:
        assert path not in found, path
    assert client.get(f"/cy{shown.url}").status_code == 200


def test_a_long_list_is_several_files_and_costs_the_same_queries(client, monkeypatch):
    council = factories.organisation("Stockport")
    pages = [factories.case_study(council, title=f"Idea {number}") for number in range(3)]

    def costs():
        with CaptureQueriesContext(connection) as queries:
            found = read(client, "/sitemap-case-studies-1.xml").findall("s:url", NAMES)
        return len(found), len(queries)

    costs()
    assert costs()[0] == 6
    all_at_once = costs()[1]
    monkeypatch.setattr(sitemap, "PER_FILE", 2)
    assert costs() == (4, all_at_once)
    assert [one for one in files(client) if "case-studies" in one] == [
        "/sitemap-case-studies-1.xml",
        "/sitemap-case-studies-2.xml",
    ]
    assert {page.url for page in pages} <= set(entries(client))
    for gone in ("/sitemap-case-studies-3.xml", "/sitemap-case-studies-0.xml", "/sitemap-people-1.xml"):
        assert client.get(gone).status_code == 404


def test_search_engines_are_told_where_it_is_unless_the_site_is_not_public(client, settings):
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    settings.PRODUCTION, settings.BASE_URL = True, "https://network.example.org"
    said = client.get("/robots.txt").content.decode().splitlines()
    assert said[0] == "User-agent: *"
    assert said[-1] == "Sitemap: https://network.example.org/sitemap.xml"
    assert {"Disallow: /cms/", "Disallow: /account/", "Disallow: /cy/account/"} <= set(said)
    assert "Disallow: /" not in said
