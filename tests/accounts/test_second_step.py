"""Who moderates or administers acts with a second step at sign-in, or not at all."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from core.sealing import Unreadable
from members.roles import MODERATORS
from tests import factories
from tests.accounts.test_sign_in_by_code import code_in

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to pass"
DOOR = "/account/second-step/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def code(secret, steps=0):
    """What the app shows now, or so many steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps))


def person(email="una@example.org", **fields):
    una = factories.UserFactory(email=email, **fields)
    una.set_password(PASSWORD)
    una.save()
    return una


def with_password(client, email="una@example.org"):
    return client.post("/account/login/", {"login": email, "password": PASSWORD})


def with_code(client, email="una@example.org"):
    client.post("/account/login/code/", {"email": email})
    return client.post("/account/login/code/confirm/", {"code": code_in(client)})


def is_led_to_the_door(answer, back=None):
    assert answer.status_code == 302
    assert answer["Location"] == DOOR + (f"?next={back}" if back else "")


EVERYWHERE = (
    "/",
    "/following/",
    "/moderation/",
    "/moderation/decisions/",
    "/cms/",
    "/cms/pages/",
    "/cms/account/",
    "/cms/users/",
    "/cms/mail/",
    "/cms/api/main/pages/",
    "/documents/1/none.pdf",
    "/search/",
    "/data/",
    "/ask/new/",
    "/adoptions/",
    "/councils/",
    "/cy/moderation/",
)


def test_without_one_none_of_these_roles_gets_anywhere(client):
    for role in ("moderator", "editor", "operator", "administrator"):
        one = person(f"{role}@example.org", **{role: True})
        for sign_in in (with_password, with_code):
            browser = Client()
            sign_in(browser, one.email)
            assert browser.session["_auth_user_id"] == str(one.pk), role
            assert browser.get("/moderation/")["Location"] == f"{DOOR}?next=%2Fmoderation%2F", (role, sign_in)
            assert browser.get("/cms/")["Location"] == f"{DOOR}?next=%2Fcms%2F", (role, sign_in)
    client.force_login(one)
    for address in EVERYWHERE:
        prefix = "/cy" if address.startswith("/cy/") else ""
        assert client.get(address)["Location"].startswith(f"{prefix}{DOOR}?next="), address
    is_led_to_the_door(client.post("/cms/users/add/", {"email": "thief@example.org"}))
    for headers in ({"accept": "application/json"}, {"hx-request": "true"}):
        refused = client.get("/cms/api/main/pages/", headers=headers)
        assert (refused.status_code, refused.content) == (403, b"Set up your second step at sign-in first.")
    for address in ("/account/", "/account/email/", "/account/2fa/", "/account/logout/", "/healthz"):
        assert client.get(address).status_code == 200, address
    page = client.get(DOOR)
    assert "/cms/" not in page.context["request"].session.get("second_step_next", "")
    assert "Set up a second step at sign-in" in page.content.decode()
    client.post("/account/logout/")
    assert client.get("/councils/").status_code == 200


def test_everybody_else_is_asked_for_nothing(client):
    author = factories.member(factories.organisation("Stockport"), "lead")
    client.force_login(author)
    assert client.get("/cms/").status_code == 200
    assert client.get("/following/").status_code == 200
    assert client.get(DOOR)["Location"] == "/account/2fa/"


def test_a_session_from_before_the_role_is_caught_too(client):
    una = person()
    with_password(client)
    assert client.get("/following/").status_code == 200
    una.groups.add(Group.objects.get(name=MODERATORS))
    is_led_to_the_door(client.get("/following/"), "%2Ffollowing%2F")


def test_a_way_out_of_the_site_is_not_taken(client):
    client.force_login(person(moderator=True))
    for away in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        client.get(DOOR, {"next": away})
        assert "second_step_next" not in client.session


@pytest.fixture
def _commits_at_once(monkeypatch):
    """As without a test's transaction around it: what waits for the commit runs before the session is saved."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda run, **how: run())


def set_up_an_app(client):
    """Through the pages, from the door on; the secret of the app."""
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/?next=/account/2fa/totp/activate/", {"password": PASSWORD})
    page = BeautifulSoup(client.get("/account/2fa/totp/activate/").content, "html.parser")
    secret = page.find(id="authenticator_secret").text
    assert page.find("img", class_="cl-qr")["src"].startswith("data:image/svg+xml;base64,")
    wrong = client.post("/account/2fa/totp/activate/", {"code": "12 345"})
    assert "Incorrect code." in wrong.content.decode()
    done = client.post("/account/2fa/totp/activate/", {"code": f" {code(secret)[:3]} {code(secret)[3:]}"})
    assert done["Location"] == "/account/2fa/recovery-codes/"
    return secret


@pytest.mark.usefixtures("_commits_at_once")
def test_setting_it_up_opens_this_session_and_no_other(client):
    una = person(moderator=True)
    other = Client()
    for browser in (client, other):
        with_password(browser)
        is_led_to_the_door(browser.get("/moderation/"), "%2Fmoderation%2F")
    client.get(DOOR, {"next": "/moderation/"})
    secret = set_up_an_app(client)
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", codes)) == 10
    assert f'href="{DOOR}"' in codes
    assert client.get(DOOR)["Location"] == "/moderation/"
    assert client.get("/moderation/").status_code == 200
    # A session that somebody else may have opened with the password before.
    is_led_to_the_door(other.get("/moderation/"), "%2Fmoderation%2F")
    assert "Take your second step" in other.get(DOOR).content.decode()
    assert 'href="/account/2fa/totp/activate/"' not in other.get(DOOR).content.decode()
    other.post("/account/2fa/reauthenticate/?next=/moderation/", {"code": code(secret, 1)})
    assert other.get("/moderation/").status_code == 200
    stored = Authenticator.objects.get(user=una, type="totp").data["secret"]
    assert secret not in stored
    # Gone in one session: from the next request on it counts in none.
    Authenticator.objects.filter(user=una).delete()
    is_led_to_the_door(other.get("/moderation/"), "%2Fmoderation%2F")


def second_step(client, typed):
    with_password(client)
    client.post("/account/2fa/authenticate/", {"code": typed})
    entered = "_auth_user_id" in client.session
    client.post("/account/logout/")
    return entered


def test_each_code_counts_once(client, time_machine, settings):
    time_machine.move_to("2026-11-23T09:00:10Z", tick=False)
    una, secret = person(moderator=True), generate_totp_secret()
    TOTP.activate(una, secret)
    spare = RecoveryCodes.activate(una).generate_codes()[0]
    now, later = code(secret), code(secret, 1)
    assert second_step(client, f"{now[:3]} {now[3:]}")
    assert not second_step(client, now)
    time_machine.shift(35)
    assert not second_step(client, now), "still within the step before, and used"
    assert second_step(client, later)
    assert second_step(client, spare)
    assert not second_step(client, spare)
    time_machine.shift(600)
    settings.SECRET_KEY = "another key altogether " * 3
    with pytest.raises(Unreadable):
        Authenticator.objects.get(type="totp").wrap().validate_code(code(secret))
    assert not second_step(client, code(secret)), "a key that is gone lets nobody in"


def check_page(response, title):
    soup = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200, title
    assert " ".join(soup.h1.text.split()) == title
    assert len(soup.find_all("h1")) == 1
    for control in soup.main.find_all(["input", "select", "textarea"]):
        assert control.get("type") == "hidden" or soup.find("label", {"for": control["id"]}), (title, control)
    for script in soup.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", title
    assert not soup.find_all(style=True), title
    return soup


def test_the_pages_of_the_second_step(client):
    una = person()
    with_password(client)
    check_page(client.get("/account/2fa/"), "Second step at sign-in")
    check_page(client.get("/account/2fa/webauthn/"), "Your keys")
    asked = check_page(client.get("/account/2fa/webauthn/add/", follow=True), "Show that it is you")
    assert asked.main.form["action"] == "/account/reauthenticate/"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    form = check_page(client.get("/account/2fa/webauthn/add/"), "Add a key")
    assert form.find(id="mfa_webauthn_add").find_parent(hidden=True), "nothing to press that does nothing"
    assert form.find(id="id_passwordless").has_attr("checked")
    TOTP.activate(una, generate_totp_secret())
    RecoveryCodes.activate(una)
    key = Authenticator.objects.create(user=una, type="webauthn", data={"name": "My phone", "credential": {}})
    for path, title in {
        "/account/2fa/": "Second step at sign-in",
        "/account/2fa/totp/deactivate/": "Stop using the authenticator app?",
        "/account/2fa/recovery-codes/": "Recovery codes",
        "/account/2fa/recovery-codes/generate/": "New recovery codes",
        "/account/2fa/webauthn/": "Your keys",
        f"/account/2fa/webauthn/keys/{key.pk}/edit/": "Rename a key",
        f"/account/2fa/webauthn/keys/{key.pk}/remove/": "Remove “My phone”?",
        "/account/2fa/reauthenticate/": "Show that it is you",
    }.items():
        check_page(client.get(path), title)
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/edit/", {"name": "Old phone"})
    assert "Old phone" in client.get("/account/2fa/webauthn/").content.decode()
    download = client.get("/account/2fa/recovery-codes/download/")
    assert download["Content-Disposition"].startswith("attachment")
    assert len(re.findall(r"^\d{8}$", download.content.decode(), re.MULTILINE)) == 10
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(type="webauthn").exists()
    stranger = Client()
    stranger.force_login(factories.UserFactory())
    assert stranger.get(f"/account/2fa/webauthn/keys/{key.pk}/edit/").status_code in {302, 404}
    client.post("/account/logout/")
    with_password(client)
    check_page(client.get("/account/2fa/authenticate/"), "Second step")
