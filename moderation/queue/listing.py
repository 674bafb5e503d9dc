"""The list itself: numbers first, then one page of lines, then where to go on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from moderation.queue.sources import Entry, Row, source_named, sources


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the queue, in words."""

    entry: Entry
    row: Row
    url: str
    bulk: bool = False

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


def waiting_for(user: Any) -> list[Entry]:
    """Everything that this person may decide: the most serious first, then the oldest first."""
    found = [entry for source in sources() for entry in source.entries(user)]
    return sorted(found, key=lambda entry: entry.order)


def next_after(user: Any, since: datetime | None) -> str:
    """Where to go after a decision: the next that has waited less long, else the first, else the empty queue.

    `since` is None after something urgent, which had jumped the queue: the first is next.
    """
    entries = waiting_for(user)
    later = [entry for entry in entries if since and (entry.urgent or entry.since >= since)]
    return url_of_entry((later or entries)[0]) if entries else reverse("moderation_queue")


def url_of_entry(entry: Entry) -> str:
    """Where it is decided. Raises `LookupError` for a kind that nobody registered."""
    source = source_named(entry.kind)
    if source is None:
        raise LookupError(f"Nothing in the queue is called {entry.kind!r}.")
    return source.url(entry.pk)


def entry_of(user: Any, kind: str, pk: int) -> Entry | None:
    """The entry with this number, if it waits and the person may decide it."""
    source = source_named(kind)
    return next((one for one in source.entries(user) if one.pk == pk), None) if source else None


def items(entries: Sequence[Entry]) -> list[Item]:
    """Load one page of the queue. What is gone meanwhile is left out."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        numbers[entry.kind].append(entry.pk)
    known = {source.name: source for source in sources()}
    rows = {name: known[name].rows(pks) for name, pks in numbers.items()}
    return [
        Item(
            entry=entry,
            row=rows[entry.kind][entry.pk],
            url=known[entry.kind].url(entry.pk),
            bulk=known[entry.kind].bulk,
        )
        for entry in entries
        if entry.pk in rows[entry.kind]
    ]
