"""Addresses that get no mail, as those see them who keep mail going."""

import pytest
from django.urls import reverse
from django.utils import timezone

from digests import services
from digests.models import AllowedAgain, OutgoingEmail, StaffDeed, Suppression
from tests import factories
from tests.digests.staff.pages import page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(db):
    return factories.UserFactory(name="Rhian Reader", email="rhian@example.org")


@pytest.fixture
def dead(reader):
    mail = OutgoingEmail.objects.create(
        key="k", kind="decision", person=reader, message_id="<k@x>", state="sent", sent_at=timezone.now(),
        address=reader.email,
    )  # fmt: skip
    return Suppression.objects.create(
        address="rhian@example.org", reason="550 5.1.1 No such user", source="report", mail=mail
    )


def test_the_list_says_which_why_since_when_and_which_mail(client, operator, dead):
    text = page(client, "mail_addresses")
    for said in ("rhian@example.org", "The mailbox does not exist", "550 5.1.1 No such user", "A delivery report"):
        assert said in text
    assert "Decision on a contribution" in text


def test_an_address_is_found_and_the_search_is_written_down(client, operator, dead):
    Suppression.objects.create(address="other@example.com", kind="complaint", reason="abuse")
    text = page(client, "mail_addresses", q="RHIAN@example")
    assert "rhian@example.org" in text
    assert "other@example.com" not in text
    deed = StaffDeed.objects.get()
    assert (deed.by, deed.what, deed.address) == (operator, "looked", "RHIAN@example")
    assert "rhian@example.org" not in page(client, "mail_addresses", kind="complaint")
    assert "No address is like this" in page(client, "mail_addresses", source="provider")


def test_an_empty_list_says_so_and_nonsense_asks_for_nothing(client, operator, dead):
    assert "rhian@example.org" in page(client, "mail_addresses", kind="<x>", source="x", p="no", q="\x00")
    Suppression.objects.all().delete()
    assert "Every address gets its mail" in page(client, "mail_addresses")


def test_it_is_allowed_again_with_a_reason_that_is_kept(client, operator, reader, dead):
    address = reverse("mail_address", args=[dead.pk])
    assert "This field is required" in words(client.post(address).content.decode())
    assert Suppression.objects.exists()
    client.post(address, {"reason": "Their council has a new mail server."})
    assert not Suppression.objects.exists()
    row = AllowedAgain.objects.get()
    assert (row.how, row.by, row.person, row.reason) == (
        "staff", operator, reader, "Their council has a new mail server."
    )  # fmt: skip
    deed = StaffDeed.objects.get(what="released")
    assert (deed.by, deed.person, deed.address) == (operator, reader, reader.email)
    assert "Their council has a new mail server." in page(client, "mail_addresses")
    assert client.post(address, {"reason": "again"}).status_code == 404


def test_what_was_held_back_goes_out_when_staff_allow_it(client, operator, reader, dead):
    held = OutgoingEmail.objects.create(
        key="h", kind="decision", person=reader, message_id="<h@x>", state="suppressed",
        error="Nothing is sent to this address.",
    )  # fmt: skip
    services.allow_again(suppression=dead, by=operator, reason="x")
    held.refresh_from_db()
    assert held.state == "pending"


def test_the_list_costs_the_same_for_many(client, operator, django_assert_max_num_queries):
    for n in range(30):
        mail = OutgoingEmail.objects.create(
            key=f"k{n}", kind="digest", person=factories.UserFactory(), message_id=f"<k{n}@x>"
        )
        Suppression.objects.create(address=f"a{n}@example.org", reason="x", mail=mail)
    client.get(reverse("mail_addresses"))
    with django_assert_max_num_queries(20):
        assert "30 addresses." in page(client, "mail_addresses")
