"""A moderator is led to set up a second step before anything else, and signs in with it from then on."""

import re

import pytest
from playwright.sync_api import expect

from tests.accounts.test_second_step import PASSWORD, code
from tests.journeys.steps import look_over

pytestmark = [pytest.mark.journey, pytest.mark.one_site]
NEW_MODERATOR = """
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from accounts.models import User
person = User.objects.create_user("ffion@demo.example", {password!r}, name="Ffion")
EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
person.groups.add(Group.objects.get(name="Network moderators"))
"""


def sign_in(page):
    page.get_by_label("Email").fill("ffion@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def test_a_moderator_is_forced_through_setting_up_a_second_step(site, browser):
    site.manage("shell", "-c", NEW_MODERATOR.format(password=PASSWORD))
    with site.second_web({"REQUIRE_SECOND_FACTOR": "1"}) as url:
        context = browser.new_context(base_url=url, viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto("/moderation/")
        sign_in(page)
        needed = page.get_by_role("heading", name="Set up a second step at sign-in")
        for address in ("/cms/", "/", "/moderation/decisions/", "/moderation/"):
            page.goto(address)
            expect(needed).to_be_visible()
        look_over(page)
        page.get_by_role("link", name="Set up an app").click()
        look_over(page)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        look_over(page)
        secret = page.locator("#authenticator_secret").inner_text()
        page.get_by_label("Code that the app shows").fill("000000" if code(secret) != "000000" else "111111")
        page.get_by_role("button", name="Switch it on").click()
        expect(page.get_by_role("link", name="Incorrect code.")).to_be_visible()
        look_over(page)
        page.get_by_label("Code that the app shows").fill(code(secret))
        page.get_by_role("button", name="Switch it on").click()
        spare = page.get_by_role("listitem").filter(has_text=re.compile(r"^\d{8}$"))
        expect(spare).to_have_count(10)
        look_over(page)
        first = spare.first.inner_text()
        page.get_by_role("link", name="go on").click()
        expect(page).to_have_url(f"{url}/moderation/")

        # From now on the password alone does not sign in; a recovery code does.
        sign_out(page)
        page.goto("/account/login/?next=/moderation/")
        sign_in(page)
        expect(page.get_by_label("Code from your app, or a recovery code")).to_be_visible()
        look_over(page)
        page.get_by_label("Code from your app, or a recovery code").fill(first)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(f"{url}/moderation/")

        # A passkey is both steps in one.
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "isUserVerified": True}
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**options, "hasUserVerification": True, "automaticPresenceSimulation": True}},
        )
        page.goto("/account/2fa/webauthn/add/")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        look_over(page)
        page.get_by_label("Name of the key").fill("My phone")
        page.get_by_role("button", name="Add the key").click()
        expect(page.get_by_text("The key is added.")).to_be_visible()
        page.goto("/account/2fa/webauthn/")
        expect(page.get_by_role("term").filter(has_text="My phone")).to_be_visible()
        expect(page.get_by_text("Passkey: signs you in by itself")).to_be_visible()
        look_over(page)
        sign_out(page)
        page.goto("/account/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{url}/following/")
        page.goto("/moderation/")
        expect(page).to_have_url(f"{url}/moderation/")
        context.close()
