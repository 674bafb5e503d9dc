"""A council's page shows councils like it and what they have done; cards show how a case study stands."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casestudies.models import Adoption, Standing
from members.services import refresh_similarity
from tests.factories import case_study, member, organisation
from tests.members.test_places_like_yours import COUNTRY, TOWN

pytestmark = pytest.mark.django_db


@pytest.fixture
def councils():
    found = {name: organisation(name, **{**TOWN, "population": 200_000 + n * 20_000})
             for n, name in enumerate(["Stockport", "Trafford", "Bury", "Oldham", "Tameside", "Rochdale"])}  # fmt: skip
    found["Pendle"] = organisation("Pendle", **COUNTRY)
    refresh_similarity()
    return found


def section(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").find("section", {"aria-labelledby": "councils-like"})


def rows(found):
    return {row.a.get_text(): " ".join(row.get_text(" ", strip=True).split()) for row in found.select("li")}


def test_five_councils_with_the_reason_and_what_they_published(client, councils):
    case_study(councils["Trafford"])
    case_study(councils["Trafford"], audience="members")
    case_study(councils["Trafford"], live=False)
    case_study(councils["Bury"])
    found = rows(section(client, "/councils/stockport/"))
    assert list(found) == ["Trafford", "Bury", "Oldham", "Tameside", "Rochdale"]
    assert found["Trafford"] == "Trafford 2 case studies Similar size, just as urban, similarly deprived"
    assert found["Bury"].startswith("Bury 1 case study Similar size")
    assert found["Rochdale"].startswith("Rochdale Larger")
    assert found["Rochdale"].endswith("Nothing published yet")


def test_adoptions_are_counted_for_those_who_may_read_what_was_adopted(client, councils):
    open_page, secret = case_study(councils["Pendle"]), case_study(councils["Pendle"], audience="members")
    for page in (open_page, secret):
        Adoption.objects.create(
            case_study=page, organisation=councils["Bury"], status="running", state="published", outcome="worked"
        )
    Adoption.objects.create(case_study=open_page, organisation=councils["Oldham"], status="running", state="held")
    found = rows(section(client, "/councils/stockport/"))
    assert found["Bury"].startswith("Bury 1 adoption Similar")
    assert "adoption" not in found["Oldham"]
    client.force_login(member(councils["Pendle"], "member"))
    assert rows(section(client, "/councils/stockport/"))["Bury"].startswith("Bury 2 adoptions")


def test_it_leads_to_case_studies_from_places_like_it(client, councils):
    link = section(client, "/councils/stockport/").find("a", href=lambda href: href.startswith("/search/"))
    assert link.get_text() == "Case studies from places like Stockport"
    assert link["href"] == "/search/?type=case_study&like=stockport&sort=similar"
    assert client.get(link["href"]).status_code == 200


def test_a_gap_in_what_is_known_is_said(client, councils):
    organisation("Trafford", **{**TOWN, "population": 210_000, "deprivation_score": None, "deprivation_decile": None})
    refresh_similarity()
    found = rows(section(client, "/councils/stockport/"))
    assert found["Trafford"].endswith("Deprivation is not known for Trafford.")


def test_a_body_of_which_too_little_is_known_says_so(client, councils):
    organisation("Friends of the Park", kind="community", tier="residents", nation="England")
    found = section(client, "/councils/friends-of-the-park/")
    assert "We do not know enough about Friends of the Park" in found.get_text()
    assert not found.find("a")


def test_the_page_stays_within_its_queries(client, councils):
    def cost():
        client.get("/councils/stockport/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/councils/stockport/")
        return len(queries)

    case_study(councils["Stockport"])
    few = cost()
    for council in councils.values():
        page = case_study(council)
        Adoption.objects.create(
            case_study=page, organisation=councils["Bury"], status="running", state="published", outcome="worked"
        )
    assert cost() == few <= 15


def test_cards_show_how_a_case_study_stands_to_those_who_may_read_it(client, councils):
    page, secret = case_study(councils["Pendle"]), case_study(councils["Pendle"], audience="members", title="Quiet")
    case_study(councils["Pendle"], title="Unrated")
    for one in (page, secret):
        Standing.objects.update_or_create(page=one, defaults={"rating": 3, "adoptions": 2, "rated_at": timezone.now()})

    def cards():
        soup = BeautifulSoup(client.get("/councils/pendle/").content, "html.parser")
        return {card.a.get_text(): " ".join(card.get_text(" ", strip=True).split()) for card in soup.select("article")}

    shown = cards()
    assert "Evidence 3 of 5 · Adopted by 2 other places" in shown[page.title]
    assert "Evidence" not in shown["Quiet"]
    assert "Adopted" not in shown["Quiet"]
    assert "Evidence" not in shown["Unrated"]
    client.force_login(member(councils["Bury"], "member"))
    assert "Evidence 3 of 5" in cards()["Quiet"]
