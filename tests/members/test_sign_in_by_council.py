"""Signing in by one's council, with a real OpenID provider on this machine."""

import html
import re

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from oidc_provider_mock import run_server_in_thread

from accounts.models import User
from core.outside import OutsideSession
from digests.services import send_waiting
from members.models import SignInProvider
from members.sign_in import provider_for
from tests import factories
from tests.accounts.test_sign_in_by_code import code_in

pytestmark = [
    pytest.mark.django_db,
    # Of the provider itself: its library announces a change, and its answers say the time in an old way.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
PASSWORD = "long enough to pass"
START = "/account/council/"


@pytest.fixture(scope="module")
def issuer():
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTSIDE_MAY_BE_LOCAL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def stockport(issuer):
    council = factories.organisation("Stockport", email_domains=["stockport.gov.uk"])
    council.email_domains.update(verified_at=timezone.now())
    provider = SignInProvider(organisation=council, issuer=issuer, client_id="network")
    provider.secret = "a secret of the council"
    provider.save()
    return provider


def knows(issuer, subject, **claims):
    """Somebody whom the council's provider knows."""
    requests.put(f"{issuer}/users/{subject}", json=claims, timeout=5).raise_for_status()


def come_back(browser, page, subject):
    """On to the provider, be `subject` there, and back."""
    away = html.unescape(re.search(r'class="govuk-button" href="([^"]+)"', page.content.decode())[1])
    assert "code_challenge_method=S256" in away
    answer = requests.post(away, data={"sub": subject}, allow_redirects=False, timeout=5)
    path = answer.headers["Location"].removeprefix("http://testserver")
    assert path.startswith("/account/oidc/")
    return browser.get(path)


def by_council(browser, address, subject, **more):
    return come_back(browser, browser.post(START, {"email": address, **more}), subject)


def signed_in_as(browser):
    pk = browser.session.get("_auth_user_id")
    return pk and User.objects.get(pk=pk)


def test_somebody_new_gets_an_account_and_is_known_by_subject_from_then_on(client, stockport, issuer):
    knows(issuer, "s1", email="una@stockport.gov.uk", name="Una Evans")
    assert f'href="{START}' in client.get("/account/login/").content.decode()
    page = client.post(START, {"email": "una@stockport.gov.uk", "next": "/ask/new/"})
    assert "login_hint=una%40stockport.gov.uk" in page.content.decode()
    assert come_back(client, page, "s1")["Location"] == "/ask/new/"
    una = signed_in_as(client)
    assert (una.email, una.name, una.has_usable_password()) == ("una@stockport.gov.uk", "Una Evans", False)
    assert EmailAddress.objects.get(user=una).verified
    assert una.memberships.get().organisation == stockport.organisation
    identity = SocialAccount.objects.get()
    assert (identity.provider, identity.uid) == (stockport.key, "s1")
    # Her address changes at the council: she is still she. Somebody else who gets the old one is not.
    knows(issuer, "s1", email="una.jones@stockport.gov.uk")
    again = Client()
    by_council(again, "una.jones@stockport.gov.uk", "s1")
    assert signed_in_as(again) == una
    knows(issuer, "s2", email="una@stockport.gov.uk")
    other = Client()
    assert by_council(other, "una@stockport.gov.uk", "s2")["Location"] == "/account/council/connect/"
    assert signed_in_as(other) is None
    # The same subject of another client of the same provider would be somebody else too.
    before = stockport.key
    stockport.client_id = "another"
    assert stockport.key != before


def test_an_account_with_the_address_is_joined_after_proof_alone(client, stockport, issuer):
    una = factories.UserFactory(email="una@stockport.gov.uk")
    una.set_password(PASSWORD)
    una.save()
    eve = factories.UserFactory(email="eve@example.org")
    knows(issuer, "s3", email="una@stockport.gov.uk")
    assert by_council(client, "una@stockport.gov.uk", "s3")["Location"] == "/account/council/connect/"
    assert "Show once that it is yours" in client.get("/account/council/connect/").content.decode()
    assert signed_in_as(client) is None
    # Whoever signs in to another account here has shown nothing.
    client.post("/account/login/code/", {"email": eve.email})
    client.post("/account/login/code/confirm/", {"code": code_in(client)})
    assert signed_in_as(client) == eve
    assert not SocialAccount.objects.exists()
    browser = Client()
    by_council(browser, "una@stockport.gov.uk", "s3")
    browser.post("/account/login/", {"login": una.email, "password": PASSWORD})
    assert SocialAccount.objects.get().user == una
    send_waiting()
    assert "Your council signs you in" in [message.subject for message in mail.outbox]
    later = Client()
    by_council(later, "una@stockport.gov.uk", "s3")
    assert signed_in_as(later) == una
    page = later.get("/account/3rdparty/").content.decode()
    assert "Stockport" in page
    # Not by whoever sits at her screen: it is asked again who it is.
    answer = later.post("/account/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert "/account/reauthenticate/" in answer["Location"]
    assert SocialAccount.objects.exists()


def test_an_address_is_believed_on_verified_domains_of_this_council_only(client, stockport, issuer):
    for subject, address in {
        "s4": "mallory@gov.uk",
        "s5": "mallory@stockport.gov.uk.evil.example",
        "s6": "mallory@schools.stockport.gov.uk",
        "s7": "moderator@example.org",
    }.items():
        knows(issuer, subject, email=address, email_verified=True)
        answer = by_council(client, "somebody@stockport.gov.uk", subject)
        assert answer.status_code == 403, address
        assert "not on one of its own domains" in answer.content.decode()
    assert not User.objects.filter(email__startswith="m").exists()
    for address in ("una@gov.uk", "una@schools.stockport.gov.uk", "una@example.org"):
        assert provider_for(address) is None, address
    stockport.organisation.email_domains.update(verified_at=None)
    assert provider_for("una@stockport.gov.uk") is None
    page = client.post(START, {"email": "una@stockport.gov.uk"}).content.decode()
    assert "We know no council" in page


def test_the_second_step_is_asked_for_after_it_and_leaving_ends_it(client, stockport, issuer, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    una = factories.UserFactory(email="una@stockport.gov.uk", moderator=True)
    SocialAccount.objects.create(user=una, provider=stockport.key, uid="s8")
    knows(issuer, "s8", email="una@stockport.gov.uk")
    by_council(client, "una@stockport.gov.uk", "s8")
    assert signed_in_as(client) == una
    assert client.get("/moderation/")["Location"].startswith("/account/second-step/")
    una.is_active = False
    una.save()
    by_council(Client(), "una@stockport.gov.uk", "s8")
    assert signed_in_as(client) is None
    page = Client().post(START, {"email": "una@stockport.gov.uk"})
    stockport.is_on = False
    stockport.save()
    assert come_back(Client(), page, "s8").status_code == 404


def test_what_does_not_fit_together_is_refused(client, stockport, issuer, monkeypatch):
    knows(issuer, "s9", email="una@stockport.gov.uk")
    page = client.post(START, {"email": "una@stockport.gov.uk"})
    stolen = Client()
    assert come_back(stolen, page, "s9").status_code in {200, 401, 403}
    assert signed_in_as(stolen) is None, "begun in another browser"
    from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

    monkeypatch.setattr(
        OpenIDConnectOAuth2Adapter,
        "_fetch_user_info",
        lambda self, token: {"sub": "somebody else", "email": "una@stockport.gov.uk"},
    )
    assert by_council(client, "una@stockport.gov.uk", "s9").status_code == 403
    assert signed_in_as(client) is None
    stockport.issuer = "http://localhost:1"
    stockport.save()
    assert client.post(START, {"email": "una@stockport.gov.uk"}).status_code == 503


def test_the_secret_is_sealed_and_never_shown(client, stockport):
    assert stockport.secret == "a secret of the council"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_signinprovider")
        assert "a secret of the council" not in str(cursor.fetchall())
    client.force_login(factories.UserFactory(administrator=True))
    page = client.get(f"/cms/sign-in-providers/edit/{stockport.pk}/").content.decode()
    assert "a secret of the council" not in page
    assert stockport.sealed_secret not in page
    assert f"/account/oidc/{stockport.key}/login/callback/" in page


def test_administrators_set_it_up_and_nobody_else(client, stockport, issuer):
    council = factories.organisation("Trafford", email_domains=["trafford.gov.uk"])
    add = "/cms/sign-in-providers/new/"
    data = {"organisation": council.pk, "issuer": f"{issuer}/.well-known/openid-configuration", "client_id": "x"}
    for person in (factories.member(council, "lead"), factories.UserFactory(moderator=True)):
        client.force_login(person)
        client.post(add, {**data, "new_secret": "s", "is_on": "on"})
        assert SignInProvider.objects.count() == 1
    client.force_login(factories.UserFactory(administrator=True))
    unverified = client.post(add, {**data, "new_secret": "s", "is_on": "on"}).content.decode()
    assert "Verify an email domain" in unverified
    council.email_domains.update(verified_at=timezone.now())
    assert "Give the secret" in client.post(add, {**data, "is_on": "on"}).content.decode()
    for wrong in ("http://localhost:1", f"{issuer}/users"):
        page = client.post(add, {**data, "issuer": wrong, "new_secret": "s", "is_on": "on"}).content.decode()
        assert "Nothing that signs people in" in page, wrong
    client.post(add, {**data, "new_secret": "a new secret", "is_on": "on"})
    made = SignInProvider.objects.get(organisation=council)
    assert (made.issuer, made.secret) == (issuer, "a new secret")
    client.post(f"/cms/sign-in-providers/edit/{made.pk}/", {**data, "is_on": "on"})
    made.refresh_from_db()
    assert made.secret == "a new secret", "an empty field leaves it"


def test_only_the_public_internet_is_asked(settings, issuer):
    with OutsideSession() as session:
        assert session.get(f"{issuer}/.well-known/openid-configuration").json()["issuer"] == issuer
        settings.OUTSIDE_MAY_BE_LOCAL = False
        for address in (issuer, "http://example.org/", "https://user:password@example.org/", "ftp://example.org/"):
            with pytest.raises(requests.RequestException):
                session.get(address)
        port = issuer.rsplit(":", 1)[1]
        for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(requests.RequestException) as refused:
                session.get(f"https://{host}:{port}/")
            assert "not on the public internet" in str(refused.value) or "::ffff" in host, host
