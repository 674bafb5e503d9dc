"""What a digest's subject says, without a database."""

from datetime import UTC, datetime

import pytest

from digests.rendering.digest import Entry
from digests.rendering.subjects import LENGTH, digest_subject
from digests.stories import Story
from digests.targets import TargetCard

TITLE = "a library of things that lends drills, ladders and gazebos to everybody"
SHOPS = TargetCard(kind="topic", pk=1, title="Empty shops", url="/")


def an_entry(number, title=None, **fields):
    words = {"title": title or f"Idea {number}", "path": "/", "byline": "", "summary": "", "outcome": ""}
    at = datetime(2026, 11, 17, tzinfo=UTC)
    return Entry(root=("case_study", number), news_at=at, **{"because": [SHOPS], **words, **fields})


def a_note(number):
    return {("adoption", number): Story(root=("case_study", number), title="", url="/", note="Luton is trying this")}


def a_comment(number):
    return [Story(root=("case_study", number), title="", url="/", voice="Carys", words="How?")]


UPDATED = {"change": "Updated"}


@pytest.mark.parametrize(
    ("entries", "subject"),
    [
        ([an_entry(1, is_new=True, change="New", told=a_comment(1))], "New: Idea 1"),
        ([an_entry(1, told=a_comment(1), noted=a_note(1), **UPDATED)], "1 comment on Idea 1"),
        (
            [an_entry(1, noted=a_note(1), **UPDATED), an_entry(2, **UPDATED)],
            "1 adoption of Idea 1, Updated: Idea 2",
        ),
        (
            [an_entry(n, is_new=True, change="New") for n in (1, 2, 3)] + [an_entry(4, told=a_comment(4))],
            "3 new on Empty shops, 1 comment on Idea 4",
        ),
        ([an_entry(n, **UPDATED) for n in range(5)], "Updated: Idea 0, Updated: Idea 1, Updated: Idea 2, 2 more"),
    ],
    ids=["new", "comment", "adoption", "several new", "many"],
)
def test_each_thing_is_named_once_and_the_rest_is_counted(entries, subject):
    assert digest_subject(entries) == subject


def test_what_has_no_room_is_counted_and_not_cut_off():
    entries = [an_entry(number, f"Exampleford {number}: {TITLE}", **UPDATED) for number in range(7)]
    said = digest_subject(entries)
    assert said == ", ".join(
        [*(f"Updated: Exampleford {number}: a library of things that lends…" for number in range(2)), "5 more"]
    )
    assert len(said) <= LENGTH + len(", 5 more")
