"""Comparing an engine with the database, and putting right what differs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from search import indexing
from search.engines.base import Engine

BATCH = 500


@dataclass
class Difference:
    """Keys of documents: that the engine lacks, holds in an older state, or holds though they are not to be found."""

    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    compared: int = 0

    @property
    def keys(self) -> list[str]:
        return [*self.missing, *self.stale, *self.extra]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra)


def compare(engine: Engine, *, progress: Callable[[int], None] = lambda done: None) -> Difference:
    """Read both sides in batches. Nothing is held of what agrees but its key."""
    found = Difference()
    seen: set[str] = set()
    for chunk in indexing.chunks(indexing.every_key(), BATCH):
        wanted = {document.key: document.digest() for document in indexing.build(chunk)}
        held = engine.digests(list(wanted))
        found.missing += [key for key in wanted if key not in held]
        found.stale += [key for key, digest in held.items() if digest != wanted[key]]
        seen.update(wanted)
        found.compared += len(wanted)
        progress(found.compared)
    for batch in engine.keys(batch=BATCH):
        unknown = [key for key in batch if key not in seen]
        # Published since the first pass went by? Then it belongs there.
        known = {document.key for document in indexing.build(unknown)}
        found.extra += [key for key in unknown if key not in known]
    return found


def repair(engine: Engine, difference: Difference) -> None:
    """Write what the database says now; versions settle it with events that come at the same time."""
    indexing.refresh(engine, difference.keys)
