"""Every way to a password asks the same of it: twelve characters, nothing common, not one's own address."""

import re

import pytest
from django.core import mail
from django.test import Client

from digests.services import send_waiting
from tests import factories

pytestmark = pytest.mark.django_db
OLD = "the old one, long enough"
REFUSED = {
    "eleven long": "too short",
    "qwerty123456": "too common",
    "Password-2026!": "too common",
    "sunshinesunshine": "too common",
    "Connected Localism 1": "too common",
    "ababababababab": "too common",
    "una@example.org": "too similar",
}
# Any characters, spaces too, and longer than anybody types (ASVS 5.0, 6.2.9).
GOOD = ("twelve signs", "cwtch ŵy 🐑 " * 8)


def _person():
    person = factories.UserFactory(email="una@example.org", name="Una Underwood")
    person.set_password(OLD)
    person.save()
    return person


def _as(person):
    client = Client()
    client.force_login(person)
    return client


def _sign_up():
    return Client(), "/account/signup/", {"name": "Una", "email": "una@example.org"}


def _change():
    return _as(_person()), "/account/password/change/", {"oldpassword": OLD}


def _set():
    person = _person()
    person.set_unusable_password()
    person.save()
    return _as(person), "/account/password/set/", {}


def _reset():
    _person()
    client = Client()
    client.post("/account/password/reset/", {"email": "una@example.org"})
    send_waiting()
    link = re.search(r"http://\S+(/account/password/reset/key/\S+/)", mail.outbox[-1].body)[1]
    return client, client.get(link)["Location"], {}


@pytest.mark.parametrize("way", [_sign_up, _change, _set, _reset])
@pytest.mark.parametrize("good", GOOD)
def test_every_way_to_a_password_asks_the_same_of_it(way, good, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client, address, told = way()

    def send(password):
        return client.post(address, {**told, "password1": password, "password2": password})

    for password, why in REFUSED.items() if good is GOOD[0] else ():
        answer = send(password)
        assert why in " ".join(answer.context["form"].errors.get("password1", [])), (password, why)
    assert send(good).status_code == 302
