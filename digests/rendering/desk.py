"""What a sender has read of the news, for this batch of mails and for the next ones.

The news of a week is the same for everybody; read again for every hundred mails it was most of the work of a run.
So the worker that sends keeps it, for as long as nothing happens: all that changes what may be shown is in the log,
and anything new there empties the desk, as a minute does whatever happened. That is less than a batch may wait between
being written and being sent. What depends on the reader (membership, follows, suppression) is never kept.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Count, Max
from django.utils import timezone, translation

from core.models import Event
from digests import stories, targets
from digests.stories import Story
from digests.targets import Target, TargetCard

LIFETIME = 60.0
# No transaction that wrote an event stays open for longer than this.
LATE = timedelta(hours=1)
# Of some three kilobytes each.
MOST_MADE = 20_000
Made = TypeVar("Made")


class Desk:
    def __init__(self) -> None:
        self._since = timezone.now() - LATE
        self._log: Any = None
        self._empty()

    def _empty(self) -> None:
        self._began = time.monotonic()
        self._events: dict[int, Event | None] = {}
        self._stories: dict[str, dict[int, Story | None]] = {}
        self._cards: dict[str, dict[Target, TargetCard | None]] = {}
        self._made: dict[Any, Any] = {}

    def tidy(self) -> None:
        """Before each batch: away with what may no longer be so."""
        # Their number, too: of two transactions the one with the smaller ids may commit later.
        log = Event.objects.filter(occurred_at__gte=self._since).order_by().aggregate(n=Count("pk"), last=Max("pk"))
        if log != self._log or time.monotonic() - self._began > LIFETIME:
            self._log = log
            self._empty()

    def events(self, ids: Collection[int]) -> dict[int, Event]:
        return _read(self._events, ids, Event.objects.in_bulk)

    def stories(self, events: Iterable[Event]) -> dict[int, Story]:
        """In the active language."""
        by_id = {event.pk: event for event in events}
        held = self._stories.setdefault(translation.get_language() or "", {})
        return _read(held, by_id, lambda ids: stories.load(by_id[pk] for pk in ids))

    def cards(self, wanted: Collection[Target]) -> dict[Target, TargetCard]:
        """In the active language."""
        return _read(self._cards.setdefault(translation.get_language() or "", {}), wanted, targets.load)

    def make(self, key: Any, make: Callable[[], Made]) -> Made:
        """What was made of stories and cards of this desk, and depends on nothing else than `key`; words of an entry or
        a reason depend on the language, which is part of theirs.
        """
        if key not in self._made:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            self._made[key] = make()
        made: Made = self._made[key]
        return made


Key = TypeVar("Key")
Thing = TypeVar("Thing")


def _read(
    held: dict[Key, Thing | None], wanted: Collection[Key], load: Callable[[list[Key]], dict[Key, Thing]]
) -> dict[Key, Thing]:
    missing = [key for key in wanted if key not in held]
    if missing:
        found = load(missing)
        held.update((key, found.get(key)) for key in missing)
    return {key: thing for key in wanted if (thing := held[key]) is not None}


_current: ContextVar[Desk | None] = ContextVar("the desk of the worker that sends", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """The batches that are written inside share one desk."""
    token = _current.set(Desk())
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Desk:
    """The desk of this worker, tidied; outside of `keeping` an empty one."""
    desk = _current.get()
    if desk is None:
        return Desk()
    desk.tidy()
    return desk
