"""One door: sign up, confirm, sign in; and nothing of Wagtail's beside it."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail

from accounts.models import User
from digests.services import send_waiting
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to pass"


def _person(**fields):
    person = factories.UserFactory(email="una@example.org", name="Una", **fields)
    person.set_password(PASSWORD)
    person.save()
    return person


def _sign_in(client, password=PASSWORD, path="/account/login/", email="una@example.org", **more):
    return client.post(path, {"login": email, "username": email, "password": password, **more})


def _signed_in(client):
    return "_auth_user_id" in client.session


def test_sign_up_confirm_and_sign_in(client):
    response = client.post("/account/signup/", {"name": "Una", "email": "Una@Example.org", "password1": PASSWORD})
    assert response["Location"] == "/account/confirm-email/"
    assert not _signed_in(client)
    person = User.objects.get()
    assert (person.name, person.email, person.is_superuser) == ("Una", "una@example.org", False)
    # Before the address is confirmed, the right password is not enough.
    assert _sign_in(client)["Location"] == "/account/confirm-email/"
    assert not _signed_in(client)
    send_waiting()
    link = re.search(r"http://\S+(/account/confirm-email/\S+/)", mail.outbox[0].body)[1]
    assert mail.outbox[0].to == ["una@example.org"]
    client.get(link)
    assert not EmailAddress.objects.get().verified, "opening the link alone confirms nothing: mail scanners open links"
    client.post(link)
    assert EmailAddress.objects.get().verified
    assert _sign_in(client, next="/cms/")["Location"] == "/cms/"
    assert _signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    _person()
    answers = {
        str(_sign_in(client, **what).context["form"].non_field_errors())
        for what in ({"password": "wrong password"}, {"email": "nobody@example.org"})
    }
    assert len(answers) == 1
    assert "correct" in answers.pop()
    assert not _signed_in(client)


def test_signing_up_again_tells_nobody_that_there_is_an_account(client):
    _person()
    fresh = client.post("/account/signup/", {"name": "Una", "email": "new@example.org", "password1": PASSWORD})
    known = client.post("/account/signup/", {"name": "Una", "email": "una@example.org", "password1": PASSWORD})
    assert (fresh.status_code, fresh["Location"]) == (known.status_code, known["Location"])
    assert User.objects.filter(email="una@example.org").count() == 1
    send_waiting()
    assert "account" in mail.outbox[-1].body
    known_reset = client.post("/account/password/reset/", {"email": "una@example.org"})
    unknown_reset = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known_reset.status_code, known_reset["Location"]) == (unknown_reset.status_code, unknown_reset["Location"])


def test_somebody_who_may_not_sign_in_does_not(client):
    person = _person()
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get("/cms/").status_code == 302, "a session from before ends too"
    client.logout()
    assert _sign_in(client)["Location"] == "/account/inactive/"
    assert not _signed_in(client)


def test_the_cms_sends_to_the_door_and_the_door_sends_back(client):
    _person(administrator=True)
    response = client.get("/cms/pages/")
    assert response["Location"] == "/account/login/?next=/cms/pages/"
    assert _sign_in(client, next="/cms/pages/")["Location"] == "/cms/pages/"
    elsewhere = _sign_in(client, next="https://elsewhere.example/")
    assert "elsewhere" not in elsewhere.get("Location", "")


WAGTAILS_OWN = {
    "/cms/login/": "/account/login/",
    "/cms/login/?next=/cms/pages/": "/account/login/?next=/cms/pages/",
    "/cms/logout/": "/account/logout/",
    "/cms/password_reset/": "/account/password/reset/",
    "/cms/password_reset/done/": "/account/password/reset/",
    "/cms/password_reset/complete/": "/account/password/reset/",
    "/cms/password_reset/confirm/MQ/set-password/": "/account/password/reset/",
    "/_util/login/": "/account/login/",
    "/cy/_util/login/": "/cy/account/login/",
    "/cy/_util/login/?next=/cms/": "/cy/account/login/?next=/cms/",
}


@pytest.mark.parametrize(("address", "door"), WAGTAILS_OWN.items())
def test_wagtails_own_doors_lead_to_ours(client, address, door):
    _person()
    assert client.get(address)["Location"] == door
    assert _sign_in(client, path=address)["Location"] == door
    assert not _signed_in(client)


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_there_are_no_pages_behind_a_shared_password(client, prefix):
    for address in ("/_util/authenticate_with_password/1/2/", "/documents/authenticate_with_password/1/"):
        for response in (client.get(prefix + address), client.post(prefix + address, {"password": "x"})):
            assert response.status_code == 404


def _code(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize(
    "path", ["/account/login/", "/cms/login/", "/_util/login/", "/cy/_util/login/", "/cy/account/login/"]
)
def test_the_second_step_is_asked_for_at_every_door(client, path):
    person = _person(administrator=True)
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    _sign_in(client, path=path)
    assert not _signed_in(client)
    assert client.get("/cms/")["Location"].startswith("/account/login/")
    response = _sign_in(client, next="/cms/")
    assert response["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/cms/").status_code == 302
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000" if _code(secret) != "000000" else "111111"})
    assert wrong.status_code == 200
    assert not _signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": _code(secret)})
    assert client.get("/cms/").status_code == 200


def test_the_cms_changes_nobodys_email_or_password(client):
    person = _person(administrator=True)
    client.force_login(person)
    data = {"name_email-email": "thief@example.org", "email": "thief@example.org", "password-new_password1": "x" * 12}
    page = client.get("/cms/account/").content.decode()
    assert 'name="name_email-email"' not in page
    assert "new_password1" not in page
    client.post("/cms/account/", {**data, "password-new_password2": "x" * 12})
    person.refresh_from_db()
    assert person.email == "una@example.org"
    assert person.check_password(PASSWORD)
