"""From a thin draft to evidence that travels: written up, adopted next door, stopped, and the rating says so."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import decide, page_of, write

pytestmark = pytest.mark.journey

TITLE = "Exampleford lends bicycles to people who look for work"
THEIRS = "Samplebury tries bicycle loans for half a year"
INDICATOR, UNIT = "People who reached a job interview", "%"
TEXTS = {
    "What happened": {
        "problem": "Buses stop at six, and half of the jobs are in the next valley.",
        "who_for": "About two hundred people who look for work and have no car.",
        "approach": "We bought forty bicycles and lent them for three months each.",
    },
    "What came of it": {
        "results": "More people reached their interviews than in the town without bicycles.",
        "did_not_work": "We had not thought of winter tyres, and nobody borrowed in January.",
    },
    "For the next place": {"what_next": "The workshop carries on with money from the repairs."},
}
MEASURE = {
    "indicator": INDICATOR,
    "unit": UNIT,
    "before": "40",
    "before_date": "2024-03",
    "after": "62",
    "after_date": "2025-03",
    "sample_size": "120",
    "why_comparable": "The next town has the same buses and the same job centre.",
    "source": "https://exampleford.example/bicycles/figures",
}
# Another organisation of the demonstration, with somebody who writes for it.
NEIGHBOUR = """
from allauth.account.models import EmailAddress
from accounts.models import User
from members.services import OrganisationFacts, add_member, onboard_organisation
from network.demo import PASSWORD
of = onboard_organisation(facts=OrganisationFacts(name="Samplebury Town Council", short_name="Samplebury",
    slug="samplebury", kind="council", tier="parish", lat=52.2, lng=-1.5, is_demonstration=True))
person = User.objects.create_user("neighbour@demo.example", PASSWORD, name="Nia Neighbour (demonstration)",
    is_demonstration=True)
EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
add_member(organisation=of, person=person, role="author", by=None)
"""


def test_a_thin_draft_becomes_evidence_that_another_place_adds_to(site, person, mailbox):
    author, approver, moderator = person("author"), person("approver"), person("moderator")

    start_thin(author)
    follow_the_meter(author)
    submit(author)
    decide(approver, TITLE, "Approve")
    decide(moderator, TITLE, "Approve")
    # Both decisions are one mail where the worker is slow.
    mailbox.wait_for("author@demo.example", TITLE, "is published")

    # What the network makes of it: three of five, and what would raise it.
    follower = person("practitioner", width=390)
    address = page_of(follower, TITLE)
    rated(follower, address, 3)
    follower.locator("main").get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(follower.get_by_role("button", name=re.compile("Stop following")).first).to_be_visible()
    site.manage("send_digests", "--cadence", "weekly", "--now")

    # Another council tries it, stops after six months for two reasons, and has measured the same.
    site.manage("shell", "-c", NEIGHBOUR)
    write_their_own(site)
    neighbour = person("neighbour", width=390)
    neighbour.goto(address)
    neighbour.get_by_role("link", name="We tried this too").first.click()
    neighbour.get_by_label("Running").check()
    month(neighbour, "started", "2", "2026")
    neighbour.get_by_role("button", name="Save the record").click()
    expect(neighbour.get_by_role("heading", level=1)).to_have_text("The record is published")
    mailbox.wait_for("author@demo.example", "Samplebury")

    neighbour.get_by_role("link", name="See the record").click()
    record = neighbour.url
    stop_it(neighbour)

    # The origin's page shows it in sum, list, map, plot and tree; the rating has moved and says why.
    visitor = person(width=390)
    rated(visitor, address, 4)
    panel = visitor.locator("#does-it-travel")
    expect(panel).to_contain_text("Tried in 1 place")
    expect(panel.get_by_role("link", name=re.compile("Samplebury")).first).to_be_visible()
    expect(panel).to_contain_text("Money")
    expect(panel).to_contain_text("People")
    expect(panel.get_by_role("img", name=re.compile("map", re.IGNORECASE))).to_be_visible()
    expect(panel.get_by_role("img", name=re.compile(re.escape(INDICATOR)))).to_be_visible()
    expect(panel.get_by_role("link", name=THEIRS).first).to_be_visible()
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visitor.evaluate("document.cookie") == ""

    # The history is on the record, for everybody.
    visitor.goto(record)
    expect(visitor.locator("main")).to_contain_text("Samplebury Town Council")
    expect(visitor.locator("main")).to_contain_text("Stopped")

    # And who follows it reads of it.
    site.manage("send_digests", "--cadence", "weekly", "--now")
    digest = mailbox.wait_for("practitioner@demo.example", "", text="Samplebury")
    text = digest.get_body(("plain",)).get_content()
    assert TITLE in text
    assert re.search("stopped", text, re.IGNORECASE)


def start_thin(author) -> None:
    """The short form: a title and a sentence, in a minute."""
    author.goto("/cms/")
    author.locator("main").get_by_role("link", name="Write a case study").click()
    author.get_by_label("Title").fill(TITLE)
    author.get_by_label("Summary").fill("Forty bicycles on loan for three months each, for people who look for work.")
    author.get_by_role("button", name="Start the draft").click()
    author.wait_for_load_state()


def follow_the_meter(author) -> None:
    """The meter names what is missing and leads there; when all is written, nothing is missing."""
    meter = author.locator(".cl-meter").first
    expect(meter).to_contain_text("Still missing")
    meter.get_by_role("link", name="a lesson").click()
    expect(author.locator("#id_lessons-ADD")).to_be_visible()
    for tab, texts in TEXTS.items():
        author.get_by_role("tab", name=tab).click()
        for field, text in texts.items():
            write(author, field, text)
    author.get_by_role("tab", name="What happened").click()
    author.locator("[name=outcome]").select_option(label="Worked")
    rows(author, "milestones", {"date": "2024-03", "text": "The first twenty bicycles went out."})
    author.get_by_role("tab", name="What came of it").click()
    rows(author, "measures", MEASURE)
    author.locator("[name=measures-0-comparison]").select_option("comparison_group")
    rows(author, "lessons", {"lesson": "Buy winter tyres first.", "why": "January was lost."})
    author.get_by_role("tab", name="Facts").click()
    author.locator("[name=started]").fill("2024-03")
    author.locator("[name=setup_cost]").fill("12000")
    author.locator("[name=topics]").select_option(label="Libraries")
    rows(author, "sources", {"title": "Figures of the first year", "url": "https://exampleford.example/bicycles"})
    author.get_by_role("tab", name="People and readers").click()
    author.locator("[name=contact_name]").fill("Ada Author")
    author.locator("[name=contact_email]").fill("ada@exampleford.example")
    # At once, while the editor is about to save by itself: that must not send the new rows twice.
    author.keyboard.press("Control+s")
    # All that is left is a place, which is chosen from those that the network knows.
    expect(author.locator(".cl-meter").first).not_to_contain_text("a lesson")
    expect(author.locator(".cl-meter").first).not_to_contain_text("Before a reviewer can judge it")
    for name in ("milestones", "measures", "lessons", "sources"):
        expect(author.locator(f"#id_{name}-TOTAL_FORMS")).to_have_value("1")


def rows(author, name: str, values: dict[str, str]) -> None:
    author.locator(f"#id_{name}-ADD").click()
    for field, value in values.items():
        author.locator(f"[name={name}-0-{field}]").fill(value)


def submit(author) -> None:
    author.get_by_role("button", name="More actions").click()
    author.get_by_role("button", name="Submit to Network moderation").click()
    author.wait_for_load_state()
    expect(author.get_by_text("submitted for moderation").first).to_be_visible()


def rated(reader, address: str, rating: int) -> None:
    """The worker is a second behind: look until the page has the new rating, then ask for its reasons."""
    for _ in range(60):
        reader.goto(address)
        if reader.locator("main").get_by_text(re.compile(rf"\b{rating} (of|out of) 5")).count():
            break
        reader.wait_for_timeout(500)
    expect(reader.locator("main").get_by_text(re.compile(rf"\b{rating} (of|out of) 5")).first).to_be_visible()


def write_their_own(site) -> None:
    row = {
        "id": "journey-samplebury",
        "title": THEIRS,
        "council": "samplebury",
        "summary": "Ten bicycles from February to July.",
        "outcome": "partly_worked",
        "stage": "ended",
        "started": "2026-02",
        "ended": "2026-08",
        "topics": ["libraries"],
    }
    path = site.folder / "samplebury.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    site.manage("import_case_studies", str(path))


def month(page, name: str, number: str, year: str) -> None:
    page.locator(f"[name={name}_0]").fill(number)
    page.locator(f"[name={name}_1]").fill(year)


def stop_it(neighbour) -> None:
    neighbour.get_by_role("link", name=re.compile("^Change")).first.click()
    neighbour.get_by_label("Stopped").check()
    month(neighbour, "ended", "8", "2026")
    neighbour.get_by_label("Partly worked").check()
    neighbour.get_by_label("Money").check()
    neighbour.get_by_label("People", exact=True).check()
    neighbour.get_by_label("What happened, in a few sentences?").fill("The mechanic left, and the grant with her.")
    neighbour.get_by_text(f"{INDICATOR} ({UNIT})").click()
    figures = neighbour.locator("details[open]").filter(has_text=INDICATOR)
    figures.get_by_label(re.compile("^Before")).fill("35")
    figures.get_by_label(re.compile("^After")).fill("48")
    for field, (number, year) in {"before_date": ("1", "2026"), "after_date": ("7", "2026")}.items():
        figures.locator(f"[name$={field}_0]").fill(number)
        figures.locator(f"[name$={field}_1]").fill(year)
    neighbour.get_by_label("Your own case study about it").select_option(label=THEIRS)
    neighbour.get_by_role("button", name="Save the record").click()
    expect(neighbour.get_by_role("heading", level=1)).to_have_text("The record is published")
