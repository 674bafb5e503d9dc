"""A programme's case studies side by side, and a council's opportunity from the CMS to those who wait for it."""

import csv
import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from places.opportunities.times import LONDON
from tests.journeys.steps import decide, look_over

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

PILOTS = "/programmes/portas-pilots/"
RIGHT = "/programmes/community-right-to-challenge/"
TELL = """
from django.core.management import call_command
from places.opportunities.services import tell_what_is_due

tell_what_is_due()
call_command("deliver_events")
call_command("send_digests", cadence="weekly", now=True)
"""


def test_an_officer_reads_three_of_a_programme_side_by_side_and_takes_them_home(person):
    officer = person(accept_downloads=True)
    officer.goto(PILOTS)
    ticks = officer.get_by_role("checkbox", name=re.compile(r"^Compare\b"))
    chosen = [ticks.nth(n).evaluate("box => box.labels[0].innerText").split(": ", 1)[1].strip() for n in (0, 2, 3)]
    for n in (0, 2, 3):
        ticks.nth(n).focus()
        officer.keyboard.press("Space")
    officer.get_by_role("button", name="Compare the chosen ones").click()
    table = officer.get_by_role("table")
    columns = table.locator("thead th")
    expect(columns).to_have_count(3)
    for n, title in enumerate(chosen):
        expect(columns.nth(n).get_by_role("link")).to_have_text(title)
    for words in ("Did it work?", "What did not work", "Cost"):
        row = table.get_by_role("row", name=re.compile(f"^{re.escape(words)}"))
        expect(row.get_by_role("cell")).to_have_count(3)
    # The names of the rows stay in sight while the table goes sideways under the keys.
    region = officer.get_by_role("region", name=re.compile("^3 case studies"))
    officer.set_viewport_size({"width": 390, "height": 800})
    region.focus()
    before = columns.nth(0).bounding_box()["x"]
    name = table.locator("tbody th").first.bounding_box()["x"]
    officer.keyboard.press("ArrowRight")
    officer.wait_for_function(
        "before => document.querySelector('thead th').getBoundingClientRect().x < before", arg=before
    )
    assert table.locator("tbody th").first.bounding_box()["x"] == pytest.approx(name, abs=1)
    look_over(officer)
    with officer.expect_download() as download:
        officer.get_by_role("link", name=re.compile("^CSV file")).click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows] == chosen
    assert all(row["outcome"] and row["what_did_not_work"] for row in rows)
    # Whoever gets the address sees the same; one fewer is a matter of a tick.
    other = person()
    other.goto(officer.url)
    expect(other.get_by_role("table").locator("thead th")).to_have_count(3)
    other.get_by_role("checkbox", name=re.compile(re.escape(chosen[1][:40]))).uncheck()
    other.get_by_role("button", name="Compare them").click()
    expect(other.get_by_role("table").locator("thead th")).to_have_count(2)


def test_an_opportunity_goes_from_the_council_to_those_who_wait_for_one(site, person, mailbox):
    author, approver, moderator = person("author"), person("approver"), person("moderator")
    follower, visitor = person("practitioner"), person()
    title = f"Run the boathouse with us, {uuid.uuid4().hex[:6]}"
    follower.goto(RIGHT)
    follow = follower.get_by_role("button", name=re.compile("^Follow")).first
    if follow.count():
        follow.click()
        follower.wait_for_load_state()

    _write(author, title)
    decide(approver, title, "Approve")
    visitor.goto(RIGHT)
    expect(visitor.get_by_role("link", name=title)).to_have_count(0)
    decide(moderator, title, "Approve")

    visitor.goto(RIGHT)
    expect(visitor.locator("[aria-labelledby=opportunities]").get_by_role("link", name=title)).to_be_visible()
    visitor.goto("/")
    soon = visitor.locator("[aria-labelledby=closing-soon]").get_by_role("link", name=title)
    expect(soon).to_be_visible()
    soon.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    expect(visitor.get_by_text("Closes soon").first).to_be_visible()
    address = visitor.url
    # The worker tells the index a moment later.
    for _ in range(40):
        visitor.goto(f"/map/?type=opportunity&q={title.rsplit(' ', 1)[1]}")
        item = visitor.locator("#map-list li li", has_text=title)
        if item.count():
            break
        visitor.wait_for_timeout(250)
    expect(item).to_contain_text("Closes soon")

    # Beat tells every five minutes of what has opened, and the digests have their hour.
    site.manage("shell", "-c", TELL)
    digest = mailbox.wait_for("practitioner@demo.example", "", text=title)
    assert "Community Right to Challenge" in digest.get_body(("plain",)).get_content()
    assert address in digest.get_body(("html",)).get_content()


def _write(author, title) -> None:
    """As an officer does: from the start page of the CMS, what is needed and no more, then to the reviewers."""
    today = datetime.now(LONDON)
    author.goto("/cms/opportunities/start/")
    fields = {
        "title": title,
        "summary": "A group may say that it wants to run the boathouse from April.",
        "service": "Boathouse",
        "opens": f"{today - timedelta(days=1):%Y-%m-%d} 09:00",
        "closes": f"{today + timedelta(days=3):%Y-%m-%d} 17:00",
        "contact_name": "The parks team",
        "contact_email": "parks@exampleford.example",
    }
    for name, value in fields.items():
        author.locator(f"[name={name}]").fill(value)
        author.keyboard.press("Tab")
    author.locator("[data-contentpath=how_to_apply] [contenteditable=true]").click()
    author.keyboard.type("Write to the parks team.")
    chooser = author.locator("[data-contentpath=programme]")
    chooser.get_by_role("button", name=re.compile("^Choose")).first.click()
    author.locator(".modal").get_by_role("link", name="Community Right to Challenge", exact=True).click()
    expect(chooser).to_contain_text("Community Right to Challenge")
    author.get_by_role("button", name="More actions").click()
    author.get_by_role("button", name="Submit to Network moderation").click()
    expect(author.get_by_text("submitted for moderation").first).to_be_visible()
