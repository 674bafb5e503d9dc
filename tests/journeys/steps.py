"""What several journeys do on their way."""

import re


def decide(judge, title: str, decision: str) -> None:
    """Open the thing in the queue and decide."""
    judge.goto("/moderation/")
    judge.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    judge.get_by_role("button", name=decision, exact=True).click()
    judge.wait_for_load_state()


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
