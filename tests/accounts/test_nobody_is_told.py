"""No form about accounts tells whether there is one with an address; each has limits that say when to try again."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client

from digests.models import OutgoingEmail
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "long enough to pass"
KNOWN, UNKNOWN = "known@example.org", "other@example.org"


@pytest.fixture
def somebody():
    person = factories.UserFactory(email=KNOWN)
    person.set_password(PASSWORD)
    person.save()
    return person


def seen(browser, response, address):
    """All that somebody sees of an answer, but for what is new each time."""
    body = response.content.decode().replace(address, "ADDRESS")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "TOKEN", body)
    headers = {name: value.replace(address, "ADDRESS") for name, value in response.headers.items()}
    cookies = {name: (len(cookie.value), cookie["max-age"]) for name, cookie in response.cookies.items()}
    for clock in ("Content-Length", "Expires", "ETag"):
        headers.pop(clock, None)
    return response.status_code, headers, cookies, body


def journey(address, path, data, after, account=None):
    """The answer to a form in a browser of its own, and the page after it; how often a password was hashed, and how
    many mails wait because of it.
    """
    cache.clear()
    browser = Client()
    if account:
        browser.force_login(account)
    waiting, worked = OutgoingEmail.objects.count(), []
    hasher = hashers.get_hasher()
    original = type(hasher).encode

    def encode(self, *args, **kwargs):
        worked.append(1)
        return original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(hasher), "encode", encode)
        answer = seen(browser, browser.post(path, {**data, after["field"]: address}), address)
    page = seen(browser, browser.get(after["page"]), address)
    return {"answer": answer, "page": page, "hashed": len(worked)}, OutgoingEmail.objects.count() - waiting


FORMS = {
    "sign in": ("/account/login/", {"password": "wrong password"}, {"field": "login", "page": "/account/login/"}, 0),
    "sign up": (
        "/account/signup/",
        {"name": "Una", "password1": PASSWORD},
        {"field": "email", "page": "/account/confirm-email/"},
        1,
    ),
    "password reset": (
        "/account/password/reset/",
        {},
        {"field": "email", "page": "/account/password/reset/done/"},
        1,
    ),
    "sign-in code": ("/account/login/code/", {}, {"field": "email", "page": "/account/login/code/confirm/"}, 1),
}


def test_each_form_answers_the_same_byte_by_byte_and_does_the_same_work(somebody):
    for name, (path, data, after, mails) in FORMS.items():
        known, of_known = journey(KNOWN, path, data, after)
        unknown, of_unknown = journey(UNKNOWN, path, data, after)
        for part, what in known.items():
            assert what == unknown[part], f"{name}: {part}"
        assert (of_known, of_unknown) == (mails, mails), f"{name}: one mail whoever it is"
    one, other = factories.UserFactory(name="Same"), factories.UserFactory(name="Same")
    EmailAddress.objects.filter(user__in=(one, other)).delete()
    for person in (one, other):
        person.email = f"one{person.pk}@example.org"
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    where = {"field": "email", "page": "/account/email/"}
    known, of_known = journey(KNOWN, "/account/email/", {"action_add": "1"}, where, one)
    unknown, of_unknown = journey("kneed@example.org", "/account/email/", {"action_add": "1"}, where, other)
    assert known["answer"] == unknown["answer"], "another address"
    assert of_known == of_unknown == 1
    without = [re.sub(rf"{one.email}|{other.email}", "OWN", answer["page"][3]) for answer in (known, unknown)]
    assert without[0] == without[1], "another address: the page after it"


def test_each_limit_says_when_to_try_again(somebody, client):
    for path, data, allowed, minutes in (
        ("/account/login/code/", {"email": KNOWN}, 3, "five"),
        ("/account/login/code/", {"email": UNKNOWN}, 3, "five"),
        ("/account/password/reset/", {"email": KNOWN}, 3, "5"),
        ("/account/password/reset/", {"email": UNKNOWN}, 3, "5"),
        ("/account/signup/", {"email": "new@example.org", "name": "x", "password1": "short"}, 20, "10"),
    ):
        for _ in range(allowed):
            assert "Too many attempts" not in Client().post(path, data).content.decode(), path
        limited = Client().post(path, data)
        assert f"Try again in {minutes} minutes." in limited.content.decode(), path
        assert "Connected Localism" in limited.content.decode()
        if minutes != "five":
            assert (limited.status_code, limited["Retry-After"]) == (429, str(int(minutes) * 60)), path
    for address in (KNOWN, UNKNOWN):
        for _ in range(5):
            client.post("/account/login/", {"login": address, "password": "wrong"})
        refused = client.post("/account/login/", {"login": address, "password": PASSWORD})
        assert "Try again in five minutes" in refused.content.decode(), address
        assert "_auth_user_id" not in client.session
