"""The whole loop, as five people: written, approved, moderated, found, followed, commented, mailed, stopped."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import decide, find, write

pytestmark = pytest.mark.journey

TITLE = "Exampleford lends tools from a shelf in the library"
SUMMARY = "Forty neighbours borrow drills, ladders and a carpet cleaner from one shelf in the library."
TOPIC = "libraries"
TEXTS = {
    "problem": "A drill is used for minutes a year, and many people cannot buy one.",
    "approach": "Volunteers keep a shelf in the library and lend what is on it.",
    "results": "Forty households borrowed something in the first half year.",
    "did_not_work": "Nobody had thought of insurance, and the ladder stayed in the cupboard until summer.",
}
LATER = {"results", "did_not_work"}


def write_and_submit(author, site) -> None:
    """In the CMS, as an officer would: the story, the facts, the contact, then to the reviewers."""
    page_id = site.manage(
        "shell", "-c", "from members.models import OrganisationPage as P; print(P.objects.get(slug='exampleford').pk)"
    ).split()[-1]
    author.goto(f"/cms/pages/add/casestudies/casestudypage/{page_id}/")
    author.locator("[name=title]").fill(TITLE)
    author.locator("[name=summary]").fill(SUMMARY)
    author.locator("[name=outcome]").select_option(label="Worked")
    for field, text in TEXTS.items():
        author.get_by_role("tab", name="What came of it" if field in LATER else "What happened").click()
        write(author, field, text)
    author.get_by_role("tab", name="Facts").click()
    author.locator("[name=topics]").select_option(label="Libraries")
    author.get_by_role("tab", name="People and readers").click()
    author.locator("[name=contact_name]").fill("Ada Author")
    author.locator("[name=contact_email]").fill("ada@exampleford.example")
    author.get_by_role("button", name="More actions").click()
    author.get_by_role("button", name="Submit to Network moderation").click()
    author.wait_for_load_state()
    expect(author.get_by_text("submitted for moderation").first).to_be_visible()


def test_a_case_study_goes_from_its_author_to_a_reader_who_stops_the_mail(site, person, mailbox):
    author, approver, moderator = person("author"), person("approver"), person("moderator")
    reader, visitor = person(width=390), person()

    write_and_submit(author, site)

    # Nobody sees it before both steps are done.
    visitor.goto(f"/search/?q={TITLE.replace(' ', '+')}")
    expect(visitor.get_by_role("link", name=TITLE)).to_have_count(0)
    decide(approver, TITLE, "Approve")
    visitor.goto(f"/search/?q={TITLE.replace(' ', '+')}")
    expect(visitor.get_by_role("link", name=TITLE)).to_have_count(0)
    decide(moderator, TITLE, "Approve")
    mailbox.wait_for("author@demo.example", TITLE, text="is published")

    # A reader who is new finds it, follows its topic and comments.
    sign_up(reader, mailbox)
    find(reader, "carpet cleaner library", TITLE)
    reader.get_by_role("link", name=TITLE).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    reader.goto(f"/topics/{TOPIC}/")
    reader.get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(reader.get_by_role("button", name=re.compile("Stop following")).first).to_be_visible()
    find(reader, "carpet cleaner library", TITLE)
    reader.get_by_role("link", name=TITLE).first.click()
    reader.locator("#comments textarea").fill("Who mends the tools?\n\n<script>alert(1)</script>")
    reader.get_by_role("button", name="Send comment").click()
    expect(reader.get_by_text("Who mends the tools?")).to_be_visible()
    page_address = re.sub(r"[#?].*", "", reader.url)

    # It is held, so a visitor does not see it until the moderator has.
    visitor.goto(page_address)
    expect(visitor.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(visitor.get_by_text("Who mends the tools?")).to_have_count(0)
    decide(moderator, "Who mends the tools?", "Approve")
    visitor.goto(page_address)
    expect(visitor.get_by_text("Who mends the tools?")).to_be_visible()
    assert visitor.evaluate("document.cookie") == ""

    # Something new on the topic, and the digest brings it.
    publish_another(site)
    site.manage("send_digests", "--cadence", "weekly", "--now")
    digest = mailbox.wait_for(READER, "", text=ANOTHER)
    text = digest.get_body(("plain",)).get_content()
    html = digest.get_body(("html",)).get_content()
    assert "because you follow" in text.lower()
    assert ANOTHER in text
    assert ANOTHER in html
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # One click stops it, without signing in.
    stop = re.search(r"<(http[^>]+)>", digest["List-Unsubscribe"])[1]
    visitor.goto(stop)
    visitor.get_by_role("button", name="Stop").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Stopped")


READER = "rhian@readers.example"
ANOTHER = "Exampleford’s second branch opens a seed library"


def publish_another(site) -> None:
    """A second case study on the same topic, brought in by the operator."""
    import json

    row = {
        "id": "journey-seeds",
        "title": ANOTHER,
        "council": "exampleford",
        "summary": "Readers take seeds in spring and bring some back in autumn.",
        "outcome": "too_early",
        "topics": [TOPIC],
    }
    path = site.folder / "another.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    site.manage("import_case_studies", str(path))


def sign_up(reader, mailbox) -> None:
    """An account needs a confirmed address."""
    reader.goto("/account/signup/")
    reader.get_by_label("Your name").fill("Rhian Reader")
    reader.get_by_label("Email").fill(READER)
    reader.locator("input[type=password]").fill("a shelf full of borrowed tools")
    reader.get_by_role("main").get_by_role("button", name=re.compile("account|sign up", re.IGNORECASE)).first.click()
    letter = mailbox.wait_for(READER, "").get_body(("plain",)).get_content()
    reader.goto(re.search(r"http\S+confirm-email\S+", letter)[0])
    reader.get_by_role("main").get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
    reader.wait_for_load_state()
    if "/login/" in reader.url:
        reader.get_by_label("Email").fill(READER)
        reader.locator("input[type=password]").fill("a shelf full of borrowed tools")
        reader.get_by_role("main").get_by_role("button", name="Sign in").first.click()
        reader.wait_for_load_state()
