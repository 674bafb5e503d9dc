"""What was given up is shown to administrators with its error, and can be tried again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Delivery, Event
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("parked_deliveries")


@pytest.fixture
def parked():
    rows = []
    for number in range(3):
        event = Event.objects.create(kind="case_study.published", subject_kind="case_study", subject_id=number)
        rows.append(
            Delivery.objects.create(
                consumer="search", event=event, attempts=8, parked_at=timezone.now(), error=f"ValueError: <b>{number}"
            )
        )
    return rows


@pytest.fixture
def boss(client):
    client.force_login(factories.UserFactory(administrator=True))
    return client


def test_an_administrator_reads_what_failed_on_what(boss, url, parked):
    page = boss.get(url).content.decode()
    for words in ("search", "case_study.published case_study:1", "8", "ValueError: &lt;b&gt;1", "Try all 3 again"):
        assert words in page
    assert url in boss.get("/cms/").content.decode()


def test_nothing_parked_says_so(boss, url):
    assert "Nothing is parked." in boss.get(url).content.decode()


def test_the_chosen_are_tried_again(boss, url, parked):
    response = boss.post(url, {"delivery": [parked[0].pk, "x"]}, follow=True)
    assert "1 delivery will be tried again." in response.content.decode()
    assert set(Delivery.objects.parked()) == set(parked[1:])
    again = Delivery.objects.get(pk=parked[0].pk)
    assert (again.attempts, again.parked_at) == (0, None)
    assert Delivery.objects.due(timezone.now()).count() == 1
    # A second click finds nothing to do.
    repeated = boss.post(url, {"delivery": [parked[0].pk]}, follow=True)
    assert "it was tried again already" in repeated.content.decode()


def test_all_are_tried_again(boss, url, parked):
    boss.post(url, {"all": "1"})
    assert not Delivery.objects.parked().exists()


@pytest.mark.parametrize("role", ["author", "moderator", "subscriber", None])
def test_it_is_the_administrators_business(client, url, parked, role):
    people = {"author": lambda: factories.member(factories.organisation(), "author")}
    people |= {"moderator": lambda: factories.UserFactory(moderator=True), "subscriber": factories.UserFactory}
    if role:
        client.force_login(people[role]())
    for response in (client.get(url), client.post(url, {"all": "1"})):
        assert response.status_code in {302, 403}
    assert Delivery.objects.parked().count() == 3
    assert url not in client.get("/cms/").content.decode()
