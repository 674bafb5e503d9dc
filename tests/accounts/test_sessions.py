"""Where one is signed in, and the end of it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.sessions import device_in_words
from core.retention import forget_what_is_due
from digests.services import send_waiting
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to pass"
ADDRESS = "/account/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 "
    "Mobile/15E148 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0"


@pytest.fixture
def una():
    person = factories.UserFactory(email="una@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def browser(agent=FIREFOX, ip="192.0.2.7"):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=ip)
    client.post("/account/login/", {"login": "una@example.org", "password": PASSWORD})
    assert signed_in(client)
    return client


def signed_in(client):
    return client.get("/following/").status_code == 200


def test_devices_are_named_in_words():
    for agent, words in {
        FIREFOX: "Firefox on Windows",
        PHONE: "Safari on iPhone",
        EDGE: "Edge on Windows",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36": "Chrome on Linux",
        "<script>alert(1)</script> http://evil.example/": "an unknown program",
        "": "an unknown program",
    }.items():
        assert device_in_words(agent) == words, agent


def test_each_is_listed_and_ended_by_its_owner_alone(una):
    desk, phone, library = browser(), browser(PHONE, "192.0.2.8"), browser(EDGE, "192.0.2.9")
    page = desk.get(ADDRESS)
    listed = page.context["sessions"]
    assert [one.is_current for one in listed] == [True, False, False]
    assert {(one.device, one.ip) for one in listed} == {
        ("Firefox on Windows", "192.0.2.7"),
        ("Safari on iPhone", "192.0.2.8"),
        ("Edge on Windows", "192.0.2.9"),
    }
    assert "This one" in page.content.decode()
    stranger = Client()
    stranger.force_login(factories.UserFactory())
    of_phone = UserSession.objects.get(ip="192.0.2.8").pk
    stranger.post(ADDRESS, {"end": of_phone})
    assert signed_in(phone)
    desk.post(ADDRESS, {"end": of_phone})
    assert (signed_in(desk), signed_in(phone), signed_in(library)) == (True, False, True)
    desk.post(ADDRESS, {"end": "others"})
    assert (signed_in(desk), signed_in(library)) == (True, False)
    again = browser(PHONE)
    assert desk.post(ADDRESS, {"end": "everywhere"})["Location"] == "/account/login/"
    assert not signed_in(desk)
    assert not signed_in(again)


def test_a_new_password_signs_out_everywhere_else(una):
    desk, phone = browser(), browser(PHONE)
    new = "another long password"
    desk.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    una.refresh_from_db()
    assert una.check_password(new)
    assert (signed_in(desk), signed_in(phone)) == (True, False)
    assert [one.is_current for one in desk.get(ADDRESS).context["sessions"]] == [True]


def test_who_may_not_sign_in_any_more_is_out_at_once_and_for_good(una, client):
    desk = browser()
    client.force_login(factories.UserFactory(administrator=True))
    una.is_active = False
    una.save()
    assert not signed_in(desk)
    una.is_active = True
    una.save()
    assert not signed_in(desk), "a session from before does not come back to life"
    assert UserSession.objects.filter(user=una).count() == 0


def test_last_seen_is_kept_by_the_hour_and_what_is_over_is_forgotten(una):
    desk = browser()
    row = UserSession.objects.get()
    desk.get(ADDRESS)
    row.refresh_from_db()
    first = row.last_seen_at
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        desk.get(ADDRESS)
        row.refresh_from_db()
        assert row.last_seen_at - first > timedelta(hours=1)
    forget_what_is_due()
    assert UserSession.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        forget_what_is_due()
    assert UserSession.objects.count() == Session.objects.count() == 0


def test_who_has_lost_every_second_step_is_let_in_again_by_an_operator(una, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    desk = browser()
    TOTP.activate(una, generate_totp_secret())
    call_command("reset_second_step", "Una@example.org")
    assert "1 taken off" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert not signed_in(desk)
    send_waiting()
    assert [message.subject for message in mail.outbox] == ["Your second step was taken off"]
    assert signed_in(browser())
    with pytest.raises(CommandError):
        call_command("reset_second_step", "nobody@example.org")
