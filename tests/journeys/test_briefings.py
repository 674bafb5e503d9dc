"""A briefing is lost between two clicks when a membership ends, and lent to a visitor by a lead's link."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

PEOPLE = "/account/councils/exampleford/people/"
TITLE = "Big council ventures that lost money: what to ask first"
INSIDE = "Six questions for a committee"


def test_a_lapsed_member_loses_a_briefing_between_two_clicks(person, mailbox):
    lead, member = person("lead"), person(width=390)
    name = f"Owen {uuid.uuid4().hex[:6]}"
    address = f"{name.lower().replace(' ', '.')}@demo.example"
    lead.goto(f"{PEOPLE}invite/")
    lead.get_by_label("Email address").fill(address)
    lead.get_by_role("button", name="Send the invitation").click()
    letter = mailbox.wait_for(address, "Exampleford")
    link = re.search(r"https?://[^/\s]+(/account/invitation/\S+)", letter.get_body(("plain",)).get_content()).group(1)
    member.goto(link)
    member.get_by_label("Your name").fill(name)
    member.get_by_role("button", name="Open the account and join").click()
    expect(member.locator("#organisations ~ ul")).to_contain_text("Member")

    member.goto("/briefings/")
    member.get_by_role("link", name=TITLE).click()
    expect(member.get_by_role("heading", name=INSIDE)).to_be_visible()

    lead.goto(PEOPLE)
    lead.get_by_role("link", name=f"Remove {name}").click()
    lead.get_by_role("button", name="Remove").click()
    expect(lead.get_by_role("link", name=f"Change {name}")).to_have_count(0)

    member.get_by_role("link", name="Briefings").first.click()
    member.get_by_role("link", name=TITLE).click()
    expect(member.get_by_role("heading", name="Conclusion")).to_be_visible()
    expect(member.get_by_role("heading", name="The rest is for members")).to_be_visible()
    expect(member.get_by_text(INSIDE)).to_have_count(0)
    # Nor does the way back show what the browser has seen before.
    member.go_back()
    member.go_back()
    member.wait_for_load_state()
    expect(member.get_by_role("heading", name=INSIDE)).to_have_count(0)


def test_a_visitor_reads_by_a_leads_link_until_it_is_taken_back(person):
    lead, visitor = person("lead", width=390), person()
    note = f"clerk {uuid.uuid4().hex[:6]}"
    lead.goto(PEOPLE)
    lead.get_by_role("link", name="Briefings to try").click()
    lead.get_by_label("Briefing", exact=True).select_option(label=TITLE)
    lead.get_by_label("For whom").fill(note)
    lead.get_by_role("button", name="Make a link").click()
    row = lead.get_by_role("row").filter(has_text=note)
    link = re.sub(r"^https?://[^/]+", "", row.get_by_label("The link").input_value())

    visitor.goto(link)
    expect(visitor.get_by_role("heading", name=INSIDE)).to_be_visible()
    visitor.goto("/briefings/big-council-ventures-that-lost/")
    expect(visitor.get_by_role("heading", name="The rest is for members")).to_be_visible()

    lead.reload()
    expect(row).to_contain_text("1 of 20")
    row.get_by_role("button", name="Take back").click()
    expect(row).to_contain_text("Taken back")
    visitor.goto(link)
    expect(visitor.get_by_role("heading", name="This link does not work any more")).to_be_visible()
