"""A comment is declined, its author appeals, and another moderator puts it back."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import link_in, look_over, sign_up

pytestmark = pytest.mark.journey


def test_a_declined_comment_is_appealed_and_restored_by_another_moderator(person, mailbox):
    moderator, other = person("moderator"), person("administrator")
    author, visitor = person(width=390), person(java_script_enabled=False)
    address = f"appellant-{uuid.uuid4().hex[:8]}@demo.example"
    words = f"Was anybody asked who lives above the shops? {uuid.uuid4().hex[:6]}"
    sign_up(author, mailbox, name="Ada Appellant", address=address)

    author.goto("/search/?type=case_study")
    author.locator("main h2 a, main h3 a").first.click()
    author.wait_for_load_state()
    page = re.sub(r"[#?].*", "", author.url)
    author.locator("#comments textarea").fill(words)
    author.get_by_role("button", name="Preview").click()
    expect(author.get_by_text("Nothing has been sent yet.")).to_be_visible()
    author.get_by_role("button", name="Send comment").click()
    expect(author.get_by_text("Waiting for a moderator").first).to_be_visible()

    moderator.goto("/moderation/?kind=comment")
    moderator.get_by_role("link", name=re.compile(re.escape(words[:40]))).last.click()
    moderator.get_by_label("Reason", exact=True).select_option(value="off_topic")
    moderator.get_by_label("Words to the author").fill("This is about shops, not about homes.")
    moderator.get_by_role("button", name="Decline", exact=True).click()
    moderator.wait_for_load_state()

    letter = mailbox.wait_for(address, "", "This is about shops, not about homes.")
    author.goto(link_in(letter, "/appeal/"))
    look_over(author)
    author.get_by_role("button", name="Send appeal").click()
    expect(author.locator(".govuk-error-message")).to_be_visible()
    look_over(author)
    author.get_by_label("Why do you think that the decision was wrong?").fill("People live above the shops.")
    author.get_by_role("button", name="Send appeal").click()
    expect(author.get_by_text("We have your appeal.")).to_be_visible()
    look_over(author)

    # Whoever decided may look, and cannot answer.
    moderator.goto("/moderation/?kind=appeal")
    expect(moderator.get_by_role("link", name=re.compile("Ada Appellant|Appeal against"))).to_have_count(0)
    other.goto("/moderation/?kind=appeal")
    other.get_by_role("link", name=re.compile("Appeal")).last.click()
    look_over(other)
    appeal = other.url
    other.get_by_label("Answer to the person").fill("They do, and it belongs here.")
    other.get_by_role("button", name="Overturn the decision").click()
    other.wait_for_load_state()
    other.goto(appeal)
    look_over(other)
    other.goto("/moderation/decisions/")
    look_over(other)

    mailbox.wait_for(address, "", "They do, and it belongs here.")
    visitor.goto(page)
    expect(visitor.get_by_text(words)).to_be_visible()
