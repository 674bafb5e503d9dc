"""The page about oneself."""

import pytest

from members.services import add_member, end_membership
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_is_ones_own(client):
    assert client.get("/account/")["Location"] == "/account/login/?next=/account/"
    assert client.get("/cy/account/")["Location"].startswith("/cy/account/login/")


def test_a_person_changes_name_and_language(client):
    person = factories.UserFactory(name="Una")
    client.force_login(person)
    page = client.get("/account/").content.decode()
    for address in ("/account/email/", "/account/password/change/", "/account/2fa/", "/account/logout/"):
        assert f'href="{address}"' in page
    assert person.email in page
    assert "You do not belong to an organisation." in page
    saved = client.post("/account/", {"name": "Una Evans", "language": "cy", "is_superuser": "on"}, follow=True)
    assert "Saved." in saved.content.decode()
    person.refresh_from_db()
    assert (person.name, person.language, person.is_superuser) == ("Una Evans", "cy", False)


def test_a_name_is_needed(client):
    person = factories.UserFactory(name="Una")
    client.force_login(person)
    response = client.post("/account/", {"name": " ", "language": "en"})
    assert "name" in response.context["form"].errors
    person.refresh_from_db()
    assert person.name == "Una"


def test_it_names_the_organisations_one_belongs_to(client):
    stockport, trafford = factories.organisation("Stockport"), factories.organisation("Trafford")
    person = factories.member(stockport, "author")
    end_membership(membership=add_member(organisation=trafford, person=person, role="lead", by=None), by=None)
    client.force_login(person)
    page = client.get("/account/").content.decode()
    assert 'href="/councils/stockport/"' in page
    assert "Author" in page
    assert "Trafford" not in page
