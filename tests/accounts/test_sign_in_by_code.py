"""A code by mail instead of a password: for who has none, with the second factor for who has one."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache

from accounts.models import User
from accounts.services import account_of_mailbox
from tests import factories

pytestmark = pytest.mark.django_db
ASK, CONFIRM = "/account/login/code/", "/account/login/code/confirm/"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def code_in(client):
    """The code that was mailed: it waits in the session of the browser that asked for it."""

    def within(value):
        if isinstance(value, dict):
            return value.get("code") or next(filter(None, map(within, value.values())), None)
        return None

    return within(client.session["account_login"])


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_sign_in_page_offers_it(client):
    html = client.get("/account/login/?next=/following/").content.decode()
    assert f'href="{ASK}?next=%2Ffollowing%2F"' in html
    assert "Send me a sign-in code" in html


def test_who_has_no_password_signs_in_with_a_code(client):
    person = account_of_mailbox(address="una@example.org", language="en")
    assert client.post(ASK, {"email": "Una@example.org", "next": "/following/"})["Location"].startswith(CONFIRM)
    assert not signed_in(client)
    page = client.get(CONFIRM).content.decode()
    assert "<strong>una@example.org</strong>" in page.lower()
    assert "If there is an account" in page
    assert "has been sent" not in page
    answer = client.post(CONFIRM, {"code": code_in(client), "next": "/following/"})
    assert answer["Location"] == "/following/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "You are signed in." in client.get("/following/").content.decode()


def test_a_wrong_code_does_not_and_three_of_them_end_it(client):
    account_of_mailbox(address="una@example.org", language="en")
    client.post(ASK, {"email": "una@example.org"})
    right = code_in(client)
    for _ in range(3):
        client.post(CONFIRM, {"code": "WRONG-CODE"})
    client.post(CONFIRM, {"code": right})
    assert not signed_in(client)


def test_a_code_lives_for_a_quarter_of_an_hour(client, time_machine):
    time_machine.move_to("2026-11-23T09:00Z", tick=False)
    account_of_mailbox(address="una@example.org", language="en")
    client.post(ASK, {"email": "una@example.org"})
    right = code_in(client)
    time_machine.shift(timedelta(minutes=15, seconds=1))
    client.post(CONFIRM, {"code": right})
    assert not signed_in(client)


def test_it_tells_nobody_whether_there_is_an_account(client):
    from django.test import Client

    account_of_mailbox(address="una@example.org", language="en")
    seen = set()
    for email in ("una@example.org", "nobody@example.org"):
        browser = Client()
        answer = browser.post(ASK, {"email": email})
        page = browser.get(CONFIRM).content.decode().replace(email, "ADDRESS")
        seen.add((answer.status_code, answer["Location"], page.count("ADDRESS"), "ADDRESS" in page))
    assert len(seen) == 1


def test_who_may_not_sign_in_gets_no_further_with_a_code(client):
    person = account_of_mailbox(address="una@example.org", language="en")
    User.objects.filter(pk=person.pk).update(is_active=False)
    client.post(ASK, {"email": "una@example.org"})
    assert code_in(client) is None
    client.post(CONFIRM, {"code": ""})
    assert not signed_in(client)


def test_the_second_factor_is_asked_for_after_a_code_too(client):
    person = factories.UserFactory(email="una@example.org")
    TOTP.activate(person, generate_totp_secret())
    client.post(ASK, {"email": "una@example.org"})
    answer = client.post(CONFIRM, {"code": code_in(client)})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert not signed_in(client)
    assert client.get("/following/").status_code == 302


def test_a_way_out_of_the_site_is_not_taken(client):
    account_of_mailbox(address="una@example.org", language="en")
    client.post(ASK, {"email": "una@example.org", "next": "https://evil.example/"})
    answer = client.post(CONFIRM, {"code": code_in(client), "next": "https://evil.example/"})
    assert answer["Location"] == "/following/"


def test_a_password_chosen_by_who_never_proved_the_address_is_dropped(client):
    """Somebody signs up with another's address; its owner, who knows nothing of that, signs in with a code."""
    password = "long enough to pass"
    client.post("/account/signup/", {"name": "Eve", "email": "una@example.org", "password1": password})
    client.cookies.clear()
    client.post(ASK, {"email": "una@example.org"})
    client.post(CONFIRM, {"code": code_in(client)})
    assert signed_in(client)
    assert client.get("/following/").status_code == 200, "the owner stays signed in"
    assert EmailAddress.objects.get().verified
    assert not User.objects.get().has_usable_password()


def test_a_password_that_was_proved_by_its_own_link_stays(client):
    person = factories.UserFactory(email="una@example.org")
    person.set_password("long enough to pass")
    person.save()
    client.post(ASK, {"email": "una@example.org"})
    client.post(CONFIRM, {"code": code_in(client)})
    person.refresh_from_db()
    assert signed_in(client)
    assert person.has_usable_password()
    again = account_of_mailbox(address="una@example.org", language="en")
    assert again == person
    assert again.has_usable_password()


def test_the_account_pages_work_without_a_password(client):
    client.force_login(account_of_mailbox(address="una@example.org", language="en"))
    for path in ("/account/", "/account/email/", "/account/password/set/", "/account/2fa/", "/following/"):
        assert client.get(path).status_code == 200, path
    assert client.get("/account/password/change/")["Location"] == "/account/password/set/"


def test_another_code_can_be_asked_for_and_the_first_no_longer_counts(client):
    account_of_mailbox(address="una@example.org", language="en")
    client.post(ASK, {"email": "una@example.org"})
    first = code_in(client)
    assert "Send another code" in client.get(CONFIRM).content.decode()
    client.post(CONFIRM, {"action": "resend"})
    second = code_in(client)
    assert first != second
    client.post(CONFIRM, {"code": first})
    assert not signed_in(client)
    client.post(CONFIRM, {"code": second})
    assert signed_in(client)
