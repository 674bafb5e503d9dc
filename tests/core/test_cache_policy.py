"""What may be shared, and what is a person's own."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_an_anonymous_page_may_be_shared_and_is_not_sent_twice(client):
    response = client.get("/topics/")
    assert response["Cache-Control"] == "public, no-cache"
    assert not response.cookies
    again = client.get("/topics/", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_signed_in_persons_page_is_theirs(client):
    client.force_login(factories.UserFactory())
    response = client.get("/topics/")
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


def test_a_page_with_a_form_is_not_shared(client):
    response = client.get("/account/login/")
    assert response.cookies
    assert "public" not in response["Cache-Control"]


def test_an_error_is_not_shared(client):
    assert "public" not in client.get("/no-such-page/")["Cache-Control"]
