"""Whatever a reader meets can be reported from where it stands, without an account or a script."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import get_page_models

from core.models import HomePage, InformationPage
from moderation import services
from moderation.models import Report
from tests import factories
from tests.pages import add_page

pytestmark = pytest.mark.django_db
# Pages that show nothing but what has a link of its own.
LISTS = {"wagtailcore.Page", "core.HomePage", "members.OrganisationIndexPage", "places.ProgrammeIndexPage"}


def _information(council):
    home = HomePage.objects.get()
    return add_page(InformationPage(title="How it works", body="<p>Slowly.</p>", live=False), below=home, live=True)


MAKE = {
    "casestudies.CaseStudyPage": factories.case_study,
    "casestudies.BriefingPage": factories.briefing,
    "members.OrganisationPage": lambda council: council.page,
    "places.ProgrammePage": lambda council: factories.programme(),
    "places.OpportunityPage": factories.opportunity,
    "core.InformationPage": _information,
}


def test_every_kind_of_page_has_its_link_to_report_it(client, council):
    assert {model._meta.label for model in get_page_models()} == LISTS | set(MAKE)
    pages = [make(council) for make in MAKE.values()]
    pages.append(factories.case_study(council, audience="members"))  # its title is public
    for page in pages:
        response = client.get(page.get_url())
        assert (response.status_code, dict(response.cookies)) == (200, {}), page
        found = _links(response, reverse("report", args=["page", page.pk]))
        assert [link.get_text() for link in found] == ["Report this page"], page
        assert page.title in client.get(found[0]["href"]).content.decode()


def test_what_the_network_says_of_a_place_is_complained_about_with_its_address(client):
    place = factories.PlaceFactory(name="Stockport")
    (link,) = [one for one in _links(client.get(place.url), "") if one.get_text() == "Report this page"]
    form = BeautifulSoup(client.get(link["href"]).content, "html.parser").main
    assert form.find("textarea", attrs={"name": "details"}).get_text().strip() == place.url
    assert form.find("input", attrs={"name": "kind"})["value"] == "complaint"
    other = client.get(reverse("complain"), {"kind": "complaint", "about": "//evil.example/?x"})
    assert "evil.example" not in BeautifulSoup(other.content, "html.parser").main.textarea.get_text()


def test_the_page_about_complaints_leads_to_the_form(client):
    (link,) = _links(client.get(reverse("complaints")), reverse("complain"))
    assert (link.get_text(), client.get(link["href"]).status_code) == ("Make a complaint", 200)


def test_no_report_takes_the_whole_site_away(council):
    for page in (HomePage.objects.get(), council.page.get_parent().specific, council.page):
        services.report(subject=page, kind="intimate_image", email="me@example.org", visitor=str(page.pk))
        page.refresh_from_db()
    assert (HomePage.objects.get().live, council.page.get_parent().live, council.page.live) == (True, True, False)
    assert Report.objects.exclude(hid_at=None).count() == 1


def _links(response, begin):
    return [
        one
        for one in BeautifulSoup(response.content, "html.parser").main.find_all("a", href=True)
        if one["href"].startswith(begin)
    ]
