"""A point on the map: believed, asked about, or refused, in the same words wherever somebody gives one."""

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text

from core.delivery import deliver_all
from digests import services as digests
from places.models import Place
from places.outline import is_on_land
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "wagtailsnippets_places_place:add"


@pytest.mark.parametrize(
    ("lat", "lng", "there"),
    [
        (53.41, -2.16, True), (50.70, -1.29, True), (60.15, -1.14, True), (55.0, -7.32, True), (50.815, -0.137, True),
        (53.35, -6.26, False), (54.2, -4.5, False), (50.95, 1.85, False), (55.0, 1.5, False), (49.2, -2.1, False),
    ],
)  # fmt: skip
def test_the_outline_knows_towns_from_the_sea_and_from_other_countries(lat, lng, there):
    assert is_on_land(lat=lat, lng=lng) is there


def add(client, **fields):
    said = {"name": "Somewhere", "slug": "somewhere", "kind": "town", "summary": "", "meaning": rich_text(""), **fields}
    return client.post(reverse(ADD), said)


@pytest.fixture
def administrator(client):
    client.force_login(factories.UserFactory(administrator=True))


@pytest.mark.usefixtures("administrator")
def test_the_cms_asks_about_a_point_in_the_sea(client):
    asked = add(client, lat="55.0", lng="1.5")
    assert "lies in the sea or outside the United Kingdom" in asked.content.decode()
    assert not Place.objects.exists()
    add(client, lat="55.0", lng="1.5", point_is_right="on")
    assert Place.objects.get().lng == 1.5


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("lat", "lng", "told"),
    [("48.85", "2.35", "far outside the United Kingdom"), ("-2.16", "53.41", "changed places")],
)
def test_the_cms_refuses_what_cannot_be_with_one_message(client, lat, lng, told):
    page = add(client, lat=lat, lng=lng, point_is_right="on").content.decode()
    assert told in page
    assert "Ensure this value" not in page
    assert not Place.objects.exists()


@pytest.mark.usefixtures("administrator")
def test_the_cms_takes_a_point_in_the_kingdom_without_asking(client):
    add(client, lat="53.41", lng="-2.16")
    assert Place.objects.get().lat == 53.41


@pytest.mark.usefixtures("administrator")
def test_what_is_summed_up_says_by_whom_and_when(client):
    point = {"lat": "53.41", "lng": "-2.16", "meaning": rich_text("<p>Ask the landlords first.</p>")}
    unsigned = add(client, **point, meaning_by="", meaning_on="")
    assert unsigned.content.decode().count("Say who summed it up, and when.") >= 2
    ahead = add(client, **point, meaning_by="Alex, network editor", meaning_on="2999-01-01")
    assert "still to come" in ahead.content.decode()
    assert not Place.objects.exists()
    add(client, **point, meaning_by="Alex, network editor", meaning_on="2024-05-01")
    assert "landlords" in Place.objects.get().meaning


@pytest.mark.usefixtures("administrator")
def test_a_place_with_a_record_is_not_deleted(client):
    place = factories.PlaceFactory(name="Bredbury")
    entry = factories.record_entry(place, state="hidden")
    address = reverse("wagtailsnippets_places_place:delete", args=[place.pk])
    assert "Bredbury has a record, so it stays" in client.post(address, follow=True).content.decode()
    entry.delete()
    client.post(address)
    assert not Place.objects.exists()


@pytest.mark.usefixtures("administrator")
def test_followers_hear_that_it_is_summed_up_and_of_other_words_and_of_nothing_else(client):
    point = {"lat": "53.41", "lng": "-2.16"}
    signed = {"meaning_by": "Alex, network editor", "meaning_on": "2024-05-01"}
    add(client, **point)
    place = Place.objects.get()
    reader = factories.UserFactory()
    digests.follow(person=reader, target=("place", place.pk), cadence="weekly")

    def told(meaning, **fields):
        before = len(mail.outbox)
        said = {"name": "Somewhere", "slug": "somewhere", "kind": "town", "summary": "", **point, **signed, **fields}
        client.post(
            reverse("wagtailsnippets_places_place:edit", args=[place.pk]), {**said, "meaning": rich_text(meaning)}
        )
        deliver_all()
        digests.plan_now(cadence="weekly")
        digests.send_waiting()
        return [" ".join(message.body.split()) for message in mail.outbox[before:]]

    first = "<p>Ask the landlords &amp; the traders first.</p>"
    (letter,) = told(first)
    assert "Somewhere: what this could mean for other places" in letter
    assert "Summed up · Alex, network editor" in letter
    assert "Ask the landlords & the traders first." in letter
    assert "/places/somewhere/#meaning" in letter
    assert "Because you follow Somewhere" in letter
    assert told(first, summary="A market town.") == []
    assert told("<p>Ask the <b>landlords</b> &amp; the traders first.</p>", meaning_on="2024-05-02") == []
    (letter,) = told("<p>Ask the tenants.</p>")
    assert "Summed up anew · Alex, network editor" in letter
    assert "Ask the tenants." in letter
    assert told("") == []
    # What was taken out before the mail left is not told.
    client.post(
        reverse("wagtailsnippets_places_place:edit", args=[place.pk]),
        {"name": "Somewhere", "slug": "somewhere", "kind": "town", "summary": "", **point, **signed,
         "meaning": rich_text("<p>Too soon.</p>")},
    )  # fmt: skip
    assert told("") == []
