"""An author in the CMS's editor, every tab of it, with the browser's console open: no script fails or is refused."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import write

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

ROWS = {
    "What happened": {"milestones": {"date": "2025-03", "text": "The shelf opened."}},
    "What came of it": {
        "measures": {"indicator": "Things lent", "unit": "things", "before": "0", "after": "112"},
        "lessons": {"lesson": "Ask for insurance first.", "why": "It took three months."},
        "risks": {"risk": "A tool hurts somebody.", "response": "Each is tested when it comes back."},
    },
    "For the next place": {"needs": {"need": "A shelf and two volunteers."}},
    "Facts": {
        "partners": {"name": "Friends of Exampleford Library"},
        "sources": {"title": "Minutes of March", "url": "https://exampleford.example/minutes"},
    },
}
TEXTS = {
    "What happened": ("problem", "who_for", "approach"),
    "What came of it": ("results", "did_not_work"),
    "For the next place": ("advice", "what_next"),
}


def _fill_tab(author, tab):
    author.get_by_role("tab", name=tab).click()
    for field in TEXTS.get(tab, ()):
        write(author, field, f"What there is to say about {field}.")
    for rows, values in ROWS.get(tab, {}).items():
        author.locator(f"#id_{rows}-ADD").click()
        for field, value in values.items():
            author.locator(f"[name={rows}-0-{field}]").fill(value)


def test_the_editor_works_without_a_complaint_from_the_browser(person):
    author = person("author")
    complaints = []
    author.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    author.on("pageerror", lambda error: complaints.append(str(error)))
    title = "A shelf of tools, every tab of it"

    author.goto("/cms/")
    expect(author.get_by_role("heading", name="My case studies")).to_be_visible()
    author.locator("main").get_by_role("link", name="Write a case study").click()
    author.get_by_label("Title").fill(title)
    author.get_by_label("Summary").fill("Forty neighbours borrow from one shelf.")
    author.get_by_role("button", name="Start the draft").click()
    expect(author.get_by_text("% complete.")).to_be_visible()
    author.wait_for_load_state()

    for tab in ("What happened", "What came of it", "For the next place", "Facts"):
        _fill_tab(author, tab)
    author.locator("[name=started]").fill("2025")
    author.locator("[name=setup_cost]").fill("300")
    author.locator("[name=topics]").select_option(label="Libraries")
    author.get_by_role("tab", name="People and readers").click()
    author.locator("[name=contact_name]").fill("Ada Author")
    author.locator("[name=contact_email]").fill("ada@exampleford.example")
    author.get_by_role("button", name="More actions").click()
    author.get_by_role("button", name="Submit to Network moderation").click()
    author.wait_for_load_state()
    expect(author.get_by_text("submitted for moderation").first).to_be_visible()
    author.goto("/cms/")
    row = author.locator(".cl-work__list > li").filter(has_text=title).first
    expect(row).to_contain_text("Waiting: Approval by the organisation")
    assert complaints == []
