"""What several journeys do on their way."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def decide(judge, title: str, decision: str) -> None:
    """Open the thing in the queue and decide."""
    judge.goto("/moderation/")
    judge.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    judge.get_by_role("button", name=decision, exact=True).click()
    judge.wait_for_load_state()


def look_over(page) -> None:
    """axe finds nothing on a page that only a journey comes to, and at 320 px it does not scroll sideways."""
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": size["height"]})
    found = Axe().run(page)
    assert not found.violations_count, f"{page.url}: {found.generate_report()}"
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not sideways, f"{page.url} scrolls sideways at 320 px"
    page.set_viewport_size(size)


PASSWORD = "three quiet harbours"


def link_in(letter, start: str) -> str:
    """The path of the link in a mail that begins like this."""
    return re.search(rf"https?://[^/\s]+({start}\S+)", letter.get_body(("plain",)).get_content()).group(1)


def sign_up(page, mailbox, *, name: str, address: str) -> None:
    """As somebody new would; at the end they are signed in."""
    page.goto("/account/signup/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.goto(link_in(mailbox.wait_for(address, ""), "/account/confirm-email/"))
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    if "/login/" in page.url:
        sign_in_by_password(page, address)


def sign_in_by_password(page, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def write(author, field: str, text: str) -> None:
    """Type into a rich text field of the CMS, and wait until the form has the words: the editor hands them over a
    quarter of a second after the last key, and a browser that is driven is quicker than that with the next tab.
    """
    author.locator(f"[data-contentpath={field}] [contenteditable=true]").click()
    author.keyboard.type(text)
    expect(author.locator(f"[name={field}]")).to_have_value(re.compile(re.escape(text)))


def find(reader, words: str, title: str) -> None:
    """Search until the index has heard of it: the worker is a second behind."""
    for _ in range(40):
        reader.goto(f"/search/?q={words.replace(' ', '+')}")
        if reader.get_by_role("link", name=title).count():
            return
        reader.wait_for_timeout(500)
    raise AssertionError(f"{title!r} is not found with {words!r}.")


def page_of(reader, title: str) -> str:
    """The address of a published case study, found as a reader finds it; the reader stands on it."""
    find(reader, title, title)
    reader.get_by_role("link", name=title).first.click()
    reader.wait_for_load_state()
    return re.sub(r"[#?].*", "", reader.url)
