"""The list itself: numbers first, then one page of lines, then where to go on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from moderation.models import Claim
from moderation.queue.claims import claims_on, taken_from
from moderation.queue.sources import Entry, Row, source_named, sources


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the queue, in words."""

    entry: Entry
    row: Row
    url: str
    bulk: bool = False
    claim: Claim | None = None

    @property
    def label(self) -> str:
        return self.row.label

    @property
    def title(self) -> str:
        return self.row.title

    @property
    def who(self) -> str:
        return self.row.who

    @property
    def where(self) -> str:
        return self.row.where

    @property
    def overdue(self) -> bool:
        return self.entry.overdue


BESIDE = 9
BEFORE = 3


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The part of the queue that stands beside one thing: `place` of `count` (0: it does not wait), from `start` on."""

    items: list[Item]
    key: str
    place: int
    start: int
    count: int
    url: str


def waiting_for(user: Any, *, only: str = "") -> list[Entry]:
    """Everything that this person may decide: the most serious first, then the oldest first. `only` is one kind."""
    asked = [source for source in sources() if not only or source.name == only]
    found = [entry for source in asked for entry in source.entries(user)]
    return sorted(found, key=lambda entry: entry.order)


def whatever_waits() -> list[Entry]:
    """Everything that waits for a decision, whoever may make it."""
    return [entry for source in sources() for entry in source.waiting()]


def next_after(user: Any, since: datetime | None, *, only: str = "") -> str:
    """Where to go after a decision: the next that has waited less long, else the first, else the empty queue.

    `since` is None after something urgent, which had jumped the queue: the first is next. What somebody else is
    looking at is passed by.
    """
    taken = taken_from(user)
    entries = [entry for entry in waiting_for(user, only=only) if (entry.kind, entry.pk) not in taken]
    later = [entry for entry in entries if since and (entry.urgent or entry.since >= since)]
    return url_of_entry((later or entries)[0], only=only) if entries else queue_url(only)


def beside(user: Any, entry: Entry, *, back: bool = False, only: str = "") -> str:
    """The one after this one (or before it), passing by what others look at; at the end, the queue."""
    taken = taken_from(user)
    entries = [one for one in waiting_for(user, only=only) if (one.kind, one.pk) not in taken]
    before = [one for one in entries if one.order < entry.order]
    after = [one for one in entries if one.order > entry.order]
    found = before[-1:] if back else after[:1]
    return url_of_entry(found[0], only=only) if found else queue_url(only)


def around(user: Any, kind: str, pk: int, *, only: str = "") -> Beside:
    """What the review page of one thing shows of the queue: a few before it, itself, the next; at a constant cost."""
    entries = waiting_for(user, only=only)
    at = next((place for place, one in enumerate(entries) if (one.kind, one.pk) == (kind, pk)), None)
    start = max(0, (at or 0) - BEFORE)  # Near the top of the list, also at the end of the queue.
    return Beside(
        items=items(entries[start : start + BESIDE], only=only),
        key=f"{kind}-{pk}",
        place=0 if at is None else at + 1,
        start=start + 1,
        count=len(entries),
        url=queue_url(only),
    )


def queue_url(only: str = "") -> str:
    return reverse("moderation_queue") + _only(only)


def _only(kind: str) -> str:
    return f"?{urlencode({'kind': kind})}" if kind else ""


def url_of_entry(entry: Entry, *, only: str = "") -> str:
    """Where it is decided, with the queue’s filter. Raises `LookupError` for a kind that nobody registered."""
    source = source_named(entry.kind)
    if source is None:
        raise LookupError(f"Nothing in the queue is called {entry.kind!r}.")
    return source.url(entry.pk) + _only(only)


def entry_of(user: Any, kind: str, pk: int) -> Entry | None:
    """The entry with this number, if it waits and the person may decide it."""
    source = source_named(kind)
    return next((one for one in source.entries(user) if one.pk == pk), None) if source else None


def items(entries: Sequence[Entry], *, only: str = "") -> list[Item]:
    """Load one page of the queue. What is gone meanwhile is left out."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        numbers[entry.kind].append(entry.pk)
    known = {source.name: source for source in sources()}
    rows = {name: known[name].rows(pks) for name, pks in numbers.items()}
    claims = claims_on(entries)
    return [
        Item(
            entry=entry,
            row=rows[entry.kind][entry.pk],
            url=known[entry.kind].url(entry.pk) + _only(only),
            bulk=known[entry.kind].bulk,
            claim=claims.get((entry.kind, entry.pk)),
        )
        for entry in entries
        if entry.pk in rows[entry.kind]
    ]
