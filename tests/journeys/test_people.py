"""A council lead invites, promotes, removes; each takes effect at the other person's next click."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

PEOPLE = "/account/councils/exampleford/people/"


def test_a_lead_invites_promotes_and_removes(person, mailbox):
    lead, newcomer = person("lead", width=390), person()
    name = f"Nia {uuid.uuid4().hex[:6]}"
    address = f"{name.lower().replace(' ', '.')}@demo.example"

    lead.goto("/account/")
    lead.get_by_role("link", name=re.compile("Its people")).first.click()
    lead.get_by_role("link", name="Invite somebody").first.click()
    lead.get_by_label("Email address").fill(address)
    lead.get_by_role("button", name="Send the invitation").click()
    expect(lead.get_by_text(f"The invitation to {address} is on its way.")).to_be_visible()

    letter = mailbox.wait_for(address, "Exampleford")
    link = re.search(r"https?://[^/\s]+(/account/invitation/\S+)", letter.get_body(("plain",)).get_content()).group(1)
    newcomer.goto(link)
    newcomer.get_by_label("Your name").fill(name)
    newcomer.get_by_role("button", name="Open the account and join").click()
    expect(newcomer.locator("#organisations ~ ul")).to_contain_text("Member")
    newcomer.goto("/cms/")
    expect(newcomer.get_by_role("heading", name="Your account cannot do this")).to_be_visible()

    lead.goto(PEOPLE)
    lead.get_by_role("link", name=f"Change {name}").click()
    lead.get_by_label("Author", exact=True).check()
    lead.get_by_role("button", name="Save").click()
    mailbox.wait_for(address, "Your role at")
    newcomer.goto("/cms/")
    expect(newcomer.get_by_role("heading", name="Your account cannot do this")).to_have_count(0)

    lead.goto(PEOPLE)
    lead.get_by_role("link", name=f"Remove {name}").click()
    lead.get_by_role("button", name="Remove").click()
    expect(lead.get_by_role("link", name=f"Change {name}")).to_have_count(0)
    newcomer.goto("/cms/")
    expect(newcomer.get_by_role("heading", name="Your account cannot do this")).to_be_visible()
    mailbox.wait_for(address, "has ended")

    lead.goto(PEOPLE)
    lead.get_by_role("link", name="What has changed").click()
    expect(lead.get_by_text(f"{name} no longer belongs")).to_be_visible()
