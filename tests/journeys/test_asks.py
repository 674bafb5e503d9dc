"""Asks as people meet them: one finds its answer while it is typed, another is answered, a third needs no scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import decide, find, page_of

pytestmark = pytest.mark.journey

BURY = "Bury emptied rubbish bins every three weeks, and recycling went from 47% to 55%"
TITLE = "Who lends tools from a library without a volunteer on the desk?"
BODY = "Ours opens when somebody has time, and people come in vain. We have tried a rota, and it lasted a month."
QUESTION, PROBLEM = "Your question, in one line", "The problem"


def test_an_ask_finds_its_answer_while_it_is_typed(person):
    asker = person("carys", width=390)
    asker.goto("/ask/")
    asker.get_by_role("link", name="Ask something").click()
    asker.get_by_label(QUESTION).press_sequentially("Does recycling go up when bins are emptied every three weeks?")
    answer = asker.locator("#similar").get_by_role("link", name=re.compile("Bury emptied"))
    expect(answer).to_be_visible()
    answer.click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(BURY)


def test_an_ask_is_posted_answered_with_a_citation_and_accepted_by_keyboard(person, mailbox):
    asker, answerer, visitor = person("author"), person("approver"), person()
    cited = page_of(visitor, BURY)

    asker.goto("/ask/new/")
    asker.get_by_label(QUESTION).focus()
    asker.keyboard.type(TITLE)
    asker.keyboard.press("Tab")
    asker.keyboard.type(BODY)
    asker.keyboard.press("Tab")
    asker.keyboard.press("Enter")
    asker.wait_for_url("**/ask/new/")
    expect(asker.get_by_role("button", name="Send it to the network")).to_be_visible()
    expect(asker.get_by_label(PROBLEM)).to_have_value(BODY)
    asker.get_by_label("Topic", exact=True).focus()
    asker.keyboard.type("Libraries")
    asker.get_by_role("button", name="Send it to the network").focus()
    asker.keyboard.press("Enter")
    expect(asker.get_by_role("heading", level=1)).to_have_text(TITLE)
    address = asker.url

    answerer.goto(address)
    answerer.get_by_label("Your answer").focus()
    answerer.keyboard.type(f"Ours has a code on the cupboard. This is how others counted: {cited}")
    answerer.keyboard.press("Tab")
    answerer.keyboard.press("Enter")
    expect(answerer.locator(".cl-cites").get_by_role("link", name=BURY)).to_be_visible()
    mailbox.wait_for("author@demo.example", TITLE, "Ours has a code on the cupboard.")

    asker.goto(address)
    asker.get_by_role("link", name=re.compile("This helped")).focus()
    asker.keyboard.press("Enter")
    asker.get_by_role("button", name="Yes, this helped").focus()
    asker.keyboard.press("Enter")
    expect(asker.get_by_role("heading", name="The answer that helped")).to_be_visible()
    mailbox.wait_for("approver@demo.example", "Your answer helped")

    find(visitor, "tools library volunteer desk", TITLE)
    visitor.get_by_role("link", name=TITLE).first.click()
    expect(visitor.get_by_role("heading", name="The answer that helped")).to_be_visible()
    assert visitor.context.cookies() == []


def test_an_ask_is_sent_held_and_approved_without_scripts(person):
    title = "How do we reach lonely neighbours who do not come to groups?"
    asker, moderator, visitor = person("tomasz", java_script_enabled=False), person("moderator"), person()
    asker.goto("/ask/new/")
    asker.get_by_label(QUESTION).fill("Two words")
    asker.get_by_label(PROBLEM).fill("Most of them stay at home, and nobody knows who they are until it is too late.")
    asker.get_by_role("button", name="See what there is").click()
    expect(asker.get_by_text("Write a whole question").first).to_be_visible()
    asker.get_by_label(QUESTION).fill(title)
    asker.get_by_role("button", name="See what there is").click()
    expect(asker.get_by_role("heading", name="Case studies that may answer it")).to_be_visible()
    asker.get_by_label("Topic", exact=True).select_option(label="Loneliness and connection")
    asker.get_by_role("button", name="Send it to the network").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)
    visitor.goto("/ask/")
    if asker.get_by_text("Waiting for a moderator").count():
        expect(visitor.get_by_role("link", name=title)).to_have_count(0)
        decide(moderator, title, "Approve")
        visitor.goto("/ask/")
    expect(visitor.get_by_role("link", name=title)).to_be_visible()
