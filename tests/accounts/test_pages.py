"""The account pages look and read like the rest of the site, errors included."""

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    person = User.objects.create_user(email="una@example.org", name="Una", password="long enough to pass")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def soup_of(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


def check_page(soup):
    """One heading of the first order, our frame, every control labelled, nothing inline that the CSP refuses."""
    assert len(soup.find_all("h1")) == 1
    assert soup.find("a", class_="cl-brand")
    for control in soup.main.find_all(["input", "select", "textarea"]):
        if control.get("type") != "hidden":
            assert soup.find("label", {"for": control["id"]}), control
    for script in soup.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json"
    assert not soup.find_all(style=True)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/account/login/", "Sign in"),
        ("/account/signup/", "Create an account"),
        ("/account/password/reset/", "Reset your password"),
        ("/account/password/reset/done/", "Check your email"),
        ("/account/confirm-email/", "Check your email"),
        ("/account/confirm-email/no-such-key/", "Confirm your email address"),
    ],
)
def test_pages_for_people_who_are_not_signed_in(client, path, title):
    soup = soup_of(client.get(path))
    check_page(soup)
    assert words(soup.h1) == title
    assert words(soup.title) == f"{title} – Connected Localism"


@pytest.mark.parametrize("path", ["/account/email/", "/account/password/change/", "/account/2fa/", "/account/logout/"])
def test_pages_for_people_who_are(client, person, path):
    client.force_login(person)
    soup = soup_of(client.get(path))
    check_page(soup)
    assert soup.find("a", string="My follows")


def test_account_pages_share_a_menu_that_marks_the_open_one(client, person):
    client.force_login(person)
    menu = soup_of(client.get("/account/email/")).find("nav", {"aria-label": "Account settings"})
    assert menu.find("a", {"aria-current": "page"}).string == "Email address"
    assert menu.find("a", string="Password")


def test_a_mistake_is_named_in_the_title_in_a_summary_and_at_the_field(client):
    soup = soup_of(client.post("/account/login/", {"login": "", "password": ""}))
    assert words(soup.title).startswith("Error: Sign in")
    links = [a["href"] for a in soup.find(class_="govuk-error-summary").find_all("a")]
    assert links == ["#id_login", "#id_password"]
    assert soup.find(id="id_login")["aria-invalid"] == "true"


def test_no_demonstration_sign_ins_outside_the_demonstration(client):
    assert soup_of(client.get("/account/login/")).find(id="demo-logins") is None


def test_the_address_that_gets_confirmed_is_named(client, person):
    from allauth.account.models import EmailConfirmationHMAC

    address = EmailAddress.objects.create(user=person, email="second@example.org", verified=False)
    key = EmailConfirmationHMAC(address).key
    soup = soup_of(client.get(f"/account/confirm-email/{key}/"))
    assert "second@example.org" in words(soup.main)
    assert words(soup.main.form.button) == "Yes, confirm it"
