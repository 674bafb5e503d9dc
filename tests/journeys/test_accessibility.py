"""axe finds nothing on any kind of page, nothing scrolls sideways at 320 px, and the console stays empty."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from scripts.screenshots import PAGES

pytestmark = [pytest.mark.journey, pytest.mark.one_site]

# Wagtail's own screens are Wagtail's to mend.
OURS = {name: page for name, page in PAGES.items() if name != "cms"}


@pytest.mark.parametrize("who", [None, "practitioner", "moderator", "adopter", "lead", "administrator"])
def test_axe_finds_nothing(site, person, who):
    page = person(who, width=320)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found = {}
    for name, (address, looks) in OURS.items():
        if looks != who:
            continue
        page.goto(address)
        results = Axe().run(page)
        if results.violations_count:
            found[name] = results.generate_report()
        sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not sideways, f"{name} scrolls sideways at 320 px"
    assert found == {}
    assert [text for text in said if "404" not in text] == []
