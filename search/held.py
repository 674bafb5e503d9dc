"""What staff edit and every search or page needs, in each process's memory: synonyms, chosen results, the footer.

Read from the database once and kept until a mark in the shared cache says that somebody changed something; the
mark is looked at every two seconds at most. So an edit is in force everywhere within seconds, and a search or page asks
the database for nothing of it. Without the cache the database is read every half minute.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import transaction

logger = logging.getLogger(__name__)
Value = TypeVar("Value")

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_WITHOUT_CACHE = 30
_KEY = "search:what-staff-edit"


@dataclass
class _Memory:
    mark: str = ""
    looked_at: float = float("-inf")
    values: dict[str, Any] = field(default_factory=dict)


_memory = _Memory()
_lock = threading.Lock()


def held(name: str, load: Callable[[], Value]) -> Value:
    """The value of this name, as the database had it when something was last changed."""
    values = _current()
    if name not in values:
        values[name] = load()
    value: Value = values[name]
    return value


def changed() -> None:
    """Tell every process, once the transaction is committed, that what it holds is old."""
    transaction.on_commit(_tell)


def on_change(sender: Any, **kwargs: Any) -> None:
    """For rows that others' code saves."""
    changed()


def forget() -> None:
    """Read everything anew when it is next asked for in this process."""
    global _memory  # noqa: PLW0603 - one memory for each process is the point
    _memory = _Memory()


def _current() -> dict[str, Any]:
    """What is held under the mark that stands now; who is still loading under an older one fills the older."""
    global _memory  # noqa: PLW0603 - as above
    memory, now = _memory, time.monotonic()
    if now - memory.looked_at < SECONDS_BETWEEN_LOOKS:
        return memory.values
    with _lock:
        mark = _mark(now)
        if mark != _memory.mark:
            _memory = _Memory(mark=mark)
        _memory.looked_at = now
        return _memory.values


def _mark(now: float) -> str:
    try:
        mark = caches["shared"].get_or_set(_KEY, lambda: uuid.uuid4().hex, timeout=None)
    except Exception as error:  # whatever a cache raises that is away: searching goes on
        logger.warning("The shared cache is away; what staff edit is read anew now and then: %s", error)
        return f"away {now // SECONDS_WITHOUT_CACHE}"
    return str(mark)


def _tell() -> None:
    try:
        caches["shared"].set(_KEY, uuid.uuid4().hex, timeout=None)
    except Exception as error:  # as above; who reads without the cache reads the database
        logger.warning("The shared cache is away; other processes learn of a change within half a minute: %s", error)
    forget()
