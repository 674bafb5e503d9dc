"""Administrators mend the facts of an organisation in the CMS, and what is worked out from them follows."""

import pytest

from core.models import Event
from members.errors import MembersError
from members.models import Organisation, SimilarityScale
from members.selectors import similar_to
from members.services import change_facts, refresh_similarity
from tests.factories import UserFactory, member, organisation
from tests.members.test_places_like_yours import COUNTRY, TOWN

pytestmark = pytest.mark.django_db

EDIT = "/cms/organisation-facts/edit/{}/"


@pytest.fixture
def councils():
    found = [organisation("Stockport", **TOWN), organisation("Pendle", **COUNTRY), organisation("Leeds", **TOWN)]
    refresh_similarity()
    return found


def form(**values):
    every = {
        **TOWN,
        "region": "",
        "website": "",
        "area_km2": "",
        "emissions_label": "",
        "requires_approval": "on",
        **values,
    }
    return {name: "" if value is None else value for name, value in every.items()}


def test_an_administrator_mends_a_fact_and_likeness_follows(client, councils, deliver):
    stockport, _, leeds = councils
    client.force_login(UserFactory(administrator=True))
    assert similar_to(stockport)[0].score == 1
    assert "Population" in client.get(EDIT.format(leeds.pk)).content.decode()
    with deliver():
        response = client.post(EDIT.format(leeds.pk), form(**COUNTRY))
    assert response.status_code == 302
    assert similar_to(stockport)[0].score < 1
    leeds.refresh_from_db()
    assert (leeds.population, leeds.rural_urban, leeds.short_name) == (90_000, "Rural", "Leeds")
    assert similar_to(leeds)[0].other.short_name == "Pendle"
    event = Event.objects.get(kind="organisation.changed")
    assert set(event.data["facts"]) == {"tier", "population", "density", "rural_urban"}


def test_the_list_offers_neither_adding_nor_deleting(client, councils):
    client.force_login(UserFactory(administrator=True))
    html = client.get("/cms/organisation-facts/").content.decode()
    assert "Stockport" in html
    assert "organisation-facts/new" not in html
    assert "organisation-facts/delete" not in html
    assert client.post(f"/cms/organisation-facts/delete/{councils[0].pk}/").status_code in {302, 403, 404}
    assert client.post("/cms/organisation-facts/new/", form()).status_code in {302, 403, 404}
    assert Organisation.objects.filter(pk=councils[0].pk).exists()


@pytest.mark.parametrize("role", ["lead", "author", "moderator", None])
def test_nobody_else_does(client, councils, role):
    person = {"moderator": lambda: UserFactory(moderator=True), None: lambda: None}.get(
        role, lambda: member(councils[0], role)
    )()
    if person:
        client.force_login(person)
    assert client.get(EDIT.format(councils[0].pk)).status_code in {302, 403, 404}
    assert client.post(EDIT.format(councils[0].pk), form(population=1)).status_code in {302, 403, 404}
    councils[0].refresh_from_db()
    assert councils[0].population == TOWN["population"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("population", "-5", "greater than or equal to 0"),
        ("population", "many", "whole number"),
        ("density", "-1", "less than nought"),
        ("density", "nan", "Enter a number"),
        ("deprivation_decile", "11", "from 1 to 10"),
        ("rural_urban", "lunar", "one of the four classes"),
        ("tier", "duchy", "not one of the available choices"),
        ("website", "javascript:alert(1)", "valid URL"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(client, councils, field, value, words):
    client.force_login(UserFactory(administrator=True))
    response = client.post(EDIT.format(councils[0].pk), form(**{field: value}))
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors[field])
    assert not Event.objects.filter(kind="organisation.changed").exists()


def test_without_a_change_nothing_is_written(councils, deliver):
    before = SimilarityScale.objects.get().refreshed_at
    Event.objects.all().delete()
    change_facts(organisation=councils[0], facts={"population": TOWN["population"]}, by=None)
    assert not Event.objects.exists()
    assert SimilarityScale.objects.get().refreshed_at == before


def test_names_and_addresses_are_no_facts(councils):
    with pytest.raises(MembersError, match="slug"):
        change_facts(organisation=councils[0], facts={"slug": "elsewhere"}, by=None)
