"""`make screenshots`: pictures of the main pages at 390 and 1280 px, of a site with the demonstration content.

Takes an own site on a free port, or an address: `make screenshots` / `python scripts/screenshots.py http://localhost:8000`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 - the path comes first

from scripts.site import Site  # noqa: E402 - the path comes first

OUT = ROOT / "var" / "screenshots"
WIDTHS = {"phone": 390, "desktop": 1280}
PASSWORD = (ROOT / "network" / "demo" / "content" / "password.txt").read_text().strip()

# name: (address, who looks)
PAGES: dict[str, tuple[str, str | None]] = {
    "home": ("/", None),
    "search": ("/search/?q=community+pub", None),
    "search-similar": ("/search/?q=community&type=case_study&like=cornwall&sort=similar", None),
    "search-unknown": ("/search/?q=community&council=nowhere&like=atlantis&sort=similar", None),
    "search-empty": ("/search/?q=zeppelin", None),
    "search-chosen": ("/search/?q=empty+shops", None),
    "search-corrected": ("/search/?q=libary", None),
    "search-some-words": ("/search/?q=lonely+people+who+keep+going+to+the+GP", None),
    "search-nowhere": ("/search/?q=community&sort=distance&near=atlantis", None),
    "search-filters": ("/search/?q=community&outcome=worked&evidence=1&near=liskeard&sort=distance", None),
    "map": ("/map/?q=community", None),
    "map-region": ("/map/?region=south-west", None),
    "map-part": ("/map/?type=case_study&view=52.48,-1.9,3", None),
    "map-all": ("/map/", None),
    "map-embed": ("/map/embed/?outcome=worked", None),
    "case-study": (
        "/councils/southwark/regulars-in-nunhead-bought-their-pub-for-810000-after-listing-it-with-the-counci/",
        None,
    ),
    "adoption-panel": (
        "/councils/exampleford/demonstration-a-library-of-things-in-exampleford-lends-drills-ladders-and-gazebo/",
        None,
    ),
    "councils": ("/councils/", None),
    "council": ("/councils/cornwall/", None),
    "briefings": ("/briefings/", None),
    "briefing": ("/briefings/after-the-community-has-bought/", None),
    "briefing-member": ("/briefings/after-the-community-has-bought/", "lead"),
    "briefing-trials": ("/account/councils/exampleford/people/briefings/", "lead"),
    "how-sure": ("/how-sure-we-are/", None),
    "asks": ("/ask/", None),
    "ask": ("/ask/1/", None),
    "ask-new": ("/ask/new/?title=How+do+we+fill+empty+shops+for+good", "practitioner"),
    "report": ("/report/ask/1/", None),
    "report-notice": ("/report/ask/1/?kind=defamation", None),
    "report-intimate": ("/report/ask/1/?kind=intimate_image", None),
    "report-anything": ("/report/", None),
    "moderation-policy": ("/moderation-policy/", None),
    "privacy": ("/privacy/", None),
    "cookies": ("/cookies/", None),
    "terms": ("/terms/", None),
    "complaints": ("/complaints/", None),
    "accessibility": ("/accessibility/", None),
    "topics": ("/topics/", None),
    "topic": ("/topics/high-streets-and-town-centres/", None),
    "programmes": ("/programmes/", None),
    "programme": ("/programmes/portas-pilots/", None),
    "programme-in-law": ("/programmes/community-right-to-bid/", None),
    "compare-choose": ("/programmes/portas-pilots/compare/", None),
    "places": ("/places/", None),
    "place": ("/places/liskeard/", None),
    "opportunities": ("/opportunities/", None),
    "opportunity": ("/councils/exampleford/demonstration-run-our-branch-libraries/", None),
    "opportunity-withdrawn": ("/councils/sampleton/demonstration-care-for-the-riverside-park/", None),
    "place-record": ("/places/exampleford-market-place/", None),
    "record-entry": ("/places/exampleford-market-place/record/7/", None),
    "record-add": ("/places/exampleford-market-place/record/new/", "practitioner"),
    "record-add-visitor": ("/places/liskeard/record/new/", None),
    "record-reply": ("/places/liskeard/record/2/reply/", "practitioner"),
    "data": ("/data/", None),
    "sign-in": ("/account/login/", None),
    "about": ("/about/", None),
    "not-found": ("/no-such-page/", None),
    "following": ("/following/", "practitioner"),
    "follow-by-mail": ("/following/new/?kind=topic&id=1", None),
    "follow-search-by-mail": ("/following/new/?q=community+pub&outcome=worked", None),
    "follow-nothing": ("/following/new/?kind=topic&id=999999", None),
    "follow-signed-in": ("/following/new/?kind=topic&id=1", "practitioner"),
    "sign-up": ("/account/signup/", None),
    "password-reset": ("/account/password/reset/", None),
    "sign-in-by-code": ("/account/login/code/", None),
    "sign-in-by-council": ("/account/council/", None),
    "account-address": ("/account/email/", "practitioner"),
    "account-password": ("/account/password/change/", "practitioner"),
    "account-second-step": ("/account/2fa/", "practitioner"),
    "account-second-step-app": ("/account/2fa/totp/activate/", "practitioner"),
    "account-second-step-key": ("/account/2fa/webauthn/add/", "practitioner"),
    "account-second-step-keys": ("/account/2fa/webauthn/", "practitioner"),
    "account-sessions": ("/account/sessions/", "practitioner"),
    "account-standing": ("/account/standing/", "practitioner"),
    "account-data": ("/account/data/", "practitioner"),
    "account-delete": ("/account/delete/", "practitioner"),
    "account-councils": ("/account/3rdparty/", "practitioner"),
    "cms-sign-in-providers": ("/cms/sign-in-providers/new/", "administrator"),
    "adoption": ("/adoptions/2/", None),
    "adoptions": ("/adoptions/", "adopter"),
    "adoption-form": ("/adoptions/2/change/", "adopter"),
    "account": ("/account/", "lead"),
    "people": ("/account/councils/exampleford/people/", "lead"),
    "people-invite": ("/account/councils/exampleford/people/invite/", "lead"),
    "people-invite-many": ("/account/councils/exampleford/people/invite-many/", "lead"),
    "people-domains": ("/account/councils/exampleford/people/domains/", "lead"),
    "people-changes": ("/account/councils/exampleford/people/changes/", "lead"),
    "join": ("/account/join/?q=corn", "practitioner"),
    "join-council": ("/account/join/cornwall/", "practitioner"),
    "still-true": ("/account/still-true/", "author"),
    "queue": ("/moderation/", "moderator"),
    "queue-review": ("/moderation/next/", "moderator"),
    "moderation-person": ("/moderation/people/1/", "moderator"),
    "moderation-decisions": ("/moderation/decisions/", "moderator"),
    "queue-decline-several": ("/moderation/bulk/", "moderator"),
    "cms": ("/cms/", "author"),
    "cms-duties": ("/cms/duties/", "administrator"),
    "cms-staff-looks": ("/cms/duties/looks/", "administrator"),
    "cms-searches": ("/cms/reports/searches/", "moderator"),
    "cms-search-state": ("/cms/reports/search-state/", "moderator"),
    "cms-mail": ("/cms/mail/", "administrator"),
    "cms-mail-mails": ("/cms/mail/mails/", "administrator"),
    "cms-mail-person": ("/cms/mail/people/?q=practitioner%40demo.example", "administrator"),
    "cms-mail-addresses": ("/cms/mail/addresses/", "administrator"),
    "cms-mail-dry-run": ("/cms/mail/dry-run/?cadence=weekly", "administrator"),
    "cms-mail-previews": ("/cms/mail/previews/", "administrator"),
    "cms-mail-preview": ("/cms/mail/previews/account/login-code/", "administrator"),
    "cms-mail-deeds": ("/cms/mail/deeds/", "administrator"),
    "cms-mail-upkeep": ("/cms/mail/upkeep/", "administrator"),
    "cms-synonyms": ("/cms/synonyms/", "moderator"),
    "cms-synonyms-new": ("/cms/synonyms/new/", "moderator"),
    "cms-chosen": ("/cms/searchpicks/", "moderator"),
    "cms-chosen-new": ("/cms/searchpicks/add/", "moderator"),
    "cms-chosen-change": ("/cms/searchpicks/1/", "moderator"),
}


def browser_options() -> dict[str, Any]:
    """Debian's Chromium, told not to look for Google's hosts."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        sys.exit("Chromium is needed. On Debian: sudo apt-get install chromium (or “make services”).")
    return {
        "executable_path": path,
        "args": ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    }


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/account/login/")
    page.get_by_label("Email").fill(f"{name}@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
    page.wait_for_load_state()


def take(browser: Browser, url: str) -> None:
    for width_name, width in WIDTHS.items():
        for who in sorted({who or "" for _, who in PAGES.values()}):
            context = browser.new_context(viewport={"width": width, "height": 900}, device_scale_factor=1)
            page = context.new_page()
            if who:
                sign_in(page, url, who)
            for name, (address, looks) in PAGES.items():
                if (looks or "") == who:
                    page.goto(url + address)
                    page.screenshot(path=OUT / f"{name}-{width_name}.png", full_page=True)
                    print(f"{name}-{width_name}.png")
            context.close()


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if len(sys.argv) > 1:
            url = sys.argv[1].rstrip("/")
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(Site(folder)).url
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(**browser_options())
        take(browser, url)
        browser.close()
    print(f"The pictures are in {OUT.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
