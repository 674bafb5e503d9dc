"""What the operations person asks: is it alive, is it ready, and what did it say when it broke."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from digests.models import OutgoingEmail
from tests import factories


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


@pytest.mark.django_db
def test_ready_says_how_mail_is_in_numbers_alone(client):
    person = factories.UserFactory(email="rhian@example.org")
    now = timezone.now()

    def mail(key, **values):
        OutgoingEmail.objects.create(key=key, kind="digest", person=person, message_id=f"<{key}@x>", **values)

    quiet = {"oldest_waiting_seconds": 0, "waiting": 0, "failed": 0, "runs_unplanned": 0}
    mail("sent", state="sent", created_at=now - timedelta(days=3))
    mail("for-nine", next_attempt_at=now + timedelta(hours=1), created_at=now - timedelta(hours=3))
    assert client.get("/readyz").json()["mail"] == quiet
    mail("failed", state="failed", error="550 5.1.1 rhian@example.org")
    mail("late", created_at=now - timedelta(hours=2), error="Connection refused", next_attempt_at=now)
    answer = client.get("/readyz")
    told = answer.json()["mail"]
    assert (told["waiting"], told["failed"]) == (1, 1)
    assert 7195 < told["oldest_waiting_seconds"] < 7300
    assert answer.status_code == 200, "mail that stands still takes no site out of service"
    assert "rhian" not in answer.content.decode()


@pytest.mark.django_db
def test_readiness_does_not_hang_on_mail(client, monkeypatch):
    def broken():
        raise DatabaseError

    monkeypatch.setattr("digests.health.report", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, "mail" in answer.json()) == (200, False)
