"""A person signs up, downloads all that is held about them, and leaves."""

import json
import re
import uuid
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, link_in, sign_in_by_password, sign_up

pytestmark = pytest.mark.journey

# What a fortnight does, at once.
CLOSE = (
    "from django.utils import timezone; from accounts.models import Leaving; from accounts.privacy import leaving; "
    "Leaving.objects.filter(done_at=None).update(due_at=timezone.now()); leaving.close_due()"
)


def test_somebody_downloads_their_data_and_leaves(site, person, mailbox):
    page = person(width=390)
    address = f"leaver-{uuid.uuid4().hex[:8]}@demo.example"
    sign_up(page, mailbox, name="Lea Ver", address=address)

    page.goto("/account/data/")
    page.get_by_role("button", name="Ask for my data").click()
    mailbox.wait_for(address, "Your data are ready")
    page.reload()
    page.get_by_role("link", name="Download", exact=True).click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Go on").click()
    with ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("account.json"))[0]["email"] == address
        assert "README.md" in archive.namelist()

    page.goto("/account/delete/")
    expect(page.get_by_role("heading", name="What happens to what")).to_be_visible()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Until then everything stays as it is")).to_be_visible()
    other = person()
    other.goto(link_in(mailbox.wait_for(address, "will be deleted on"), "/account/keep/"))
    other.get_by_role("button", name="Keep my account").click()
    page.goto("/account/delete/")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Until then everything stays as it is")).to_be_visible()

    site.manage("shell", "-c", CLOSE)
    mailbox.wait_for(address, "Your account has been deleted")
    page.goto("/account/")
    expect(page).to_have_url(re.compile("/account/login/"))
    sign_in_by_password(page, address)
    expect(page).to_have_url(re.compile("/account/login/"))
