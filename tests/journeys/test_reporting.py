"""Somebody without an account says that something should not be here, and hears what came of it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

ADDRESS = "rosa.reader@example.org"
QUESTION = "Which of you is paid by a developer to say such things?"


def test_a_report_without_an_account_leads_to_hiding_and_an_outcome_mail(person, mailbox):
    asker, moderator = person("author"), person("moderator")
    reader = person(width=390, java_script_enabled=False)
    asker.goto("/ask/new/")
    asker.get_by_label("Your question, in one line").fill(QUESTION)
    asker.get_by_label("The problem").fill(
        "I think that everybody who speaks of regeneration here is bought by somebody."
    )
    asker.get_by_role("button", name="See what there is").click()
    asker.get_by_label("Topic", exact=True).select_option(label="Libraries")
    asker.get_by_role("button", name="Send it to the network").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(QUESTION)
    address = asker.url

    reader.goto(address)
    reader.get_by_role("link", name="Report this ask").click()
    reader.get_by_label("It attacks or insults somebody").check()
    reader.get_by_role("button", name="Continue").click()
    reader.get_by_label("What should we know?").fill("It calls all of us bought.")
    reader.get_by_label(re.compile("Your email address")).fill("not an address")
    reader.get_by_role("button", name="Send report").click()
    expect(reader.locator(".govuk-error-message")).to_be_visible()
    expect(reader.get_by_label("What should we know?")).to_have_value("It calls all of us bought.")
    reader.get_by_label(re.compile("Your email address")).fill(ADDRESS)
    reader.get_by_role("button", name="Send report").click()
    expect(reader.get_by_role("heading", name="Thank you. We have your report.")).to_be_visible()
    reference = reader.locator("strong", has_text="R-").inner_text()
    mailbox.wait_for(ADDRESS, "We have your report", reference)

    moderator.goto("/moderation/?kind=report")
    moderator.get_by_role("link", name=re.compile(reference)).click()
    expect(moderator.get_by_text(re.compile("due in 4[78] hours|due in 2 days"))).to_be_visible()
    moderator.get_by_label("Reason", exact=True).select_option(value="abuse")
    moderator.get_by_label("Words to the author, or to whoever reported it").fill("It insults people who write here.")
    moderator.get_by_role("button", name="Hide", exact=True).click()
    moderator.wait_for_load_state()

    assert reader.goto(address).status == 404
    reader.goto("/ask/")
    expect(reader.get_by_role("link", name=QUESTION)).to_have_count(0)
    mailbox.wait_for(ADDRESS, reference, "We agreed with you")
    mailbox.wait_for("author@demo.example", QUESTION[:20], "It insults people who write here.")
