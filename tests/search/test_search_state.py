"""Staff's page on the engines: what they hold, and what they have yet to hear."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Delivery, Event
from search import engines, indexing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(factories.UserFactory(administrator=True))
    return client


def test_what_is_held_waiting_and_given_up(staff, settings):
    settings.ELASTICSEARCH_URL = ""
    factories.case_study(factories.organisation("Stockport"), title="Empty shops filled")
    indexing.rebuild(engines.database())
    Delivery.objects.all().delete()
    html = staff.get(reverse("search_state")).content.decode()
    assert "Answers" in html
    assert "search knows everything that is published" in html

    gone = [Event.objects.create(kind="case_study.updated", subject_kind="case_study", subject_id=n) for n in (1, 2)]
    Delivery.objects.create(consumer="search-database", event=gone[0])
    Delivery.objects.create(
        consumer="search-database", event=gone[1], parked_at=timezone.now(), error="IndexingFailed: a field too many"
    )
    html = staff.get(reverse("search_state")).content.decode()
    assert "search knows everything" not in html
    assert "a field too many" in html


def test_a_server_that_is_down_is_said_to_be(staff, settings):
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    engines.elasticsearch.cache_clear()
    html = staff.get(reverse("search_state")).content.decode()
    engines.elasticsearch.cache_clear()
    assert "Does not answer" in html
    assert "127.0.0.1" not in html


@pytest.mark.parametrize("role", ["visitor", "author", "lead"])
def test_nobody_else_opens_it(client, role):
    if role != "visitor":
        client.force_login(factories.member(factories.organisation("Kirklees"), role))
    assert client.get(reverse("search_state")).status_code in {302, 403}
