"""What the operations person asks: is it alive, is it ready, and what did it say when it broke."""

import pytest
from django.db import connection
from django.test import Client


def test_alive_needs_nothing(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_names_each_dependency_and_no_address(client):
    report = client.get("/readyz").json()
    assert report["ready"] is True
    assert report["database"] == "ok"
    assert "://" not in str(report)


@pytest.mark.django_db
def test_not_ready_without_the_database(client, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("gone")

    monkeypatch.setattr(connection, "cursor", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "down"


def test_an_error_shows_a_reference_and_no_traceback(monkeypatch, caplog):
    from network import health

    def broken():
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(health, "HttpResponse", lambda *args, **kwargs: broken())
    response = Client(raise_request_exception=False).get("/healthz")
    page = response.content.decode()
    assert response.status_code == 500
    assert "quote this reference" in page
    assert "secret reason" not in page
    assert "the secret reason" in caplog.text
