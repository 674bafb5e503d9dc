"""Counting in this process's memory, added to the database about once a minute: so counting costs nobody a query.

A process that is killed forgets a minute at most.
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

import structlog
from django.db import DatabaseError

Key = TypeVar("Key", bound=Hashable)

logger = structlog.get_logger(__name__)


class Tally(Generic[Key]):
    """`write` adds numbers to the database in one transaction of its own. Beyond `most` different keys nothing is
    counted until they are written.
    """

    def __init__(
        self, name: str, *, write: Callable[[Counter[Key]], None], most: int = 5000, seconds: int = 60
    ) -> None:
        self._name, self._write = name, write
        self.most, self.seconds = most, seconds
        self._lock = Lock()
        self._counts: Counter[Key] = Counter()
        self._flushed_at = time.monotonic()

    def add(self, *keys: Key) -> None:
        with self._lock:
            if len(self._counts) < self.most:
                self._counts.update(keys)

    def flush_when_due(self, **_signal: Any) -> None:
        """To be connected to `request_finished`: the reader has the page already."""
        if self._counts and time.monotonic() - self._flushed_at >= self.seconds:
            self.flush()

    def flush(self) -> None:
        """Add what was counted to the database. What it cannot take now waits for the next time."""
        taken = self.clear()
        try:
            self._write(taken)
        except DatabaseError:
            logger.warning("counts_wait", counts=self._name, keys=len(taken))
            with self._lock:
                self._counts.update(taken)

    def clear(self) -> Counter[Key]:
        """Take out what was counted."""
        with self._lock:
            taken = Counter(self._counts)
            self._counts.clear()
            self._flushed_at = time.monotonic()
        return taken
