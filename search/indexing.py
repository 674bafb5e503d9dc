"""Bringing an engine up to date with the database: by event, by key, or all of it."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import Max

from core.models import Event
from search.documents import SearchDocument, document_key, parse_key, sources, topics
from search.engines.base import Engine, IndexingFailed

T = TypeVar("T")

BATCH = 200
# Kinds of events whose subject is a document of another kind.
_PAGE_OF = {"organisation_page": "organisation", "adoption": "case_study", "comment": "ask"}
# What says that a place took part in a programme.
_TAKING_PART = ("programme", "case_study", "opportunity")


def read_version() -> int:
    """Microseconds by the database's clock, to be taken before the state is read.

    Of two writes of one document the later one then holds a state read later, whichever worker sends it first:
    the change that matters was committed before its event was handled, and any higher version read it too.
    """
    if connection.vendor != "postgresql":
        return time.time_ns() // 1000
    with connection.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return int(cursor.fetchone()[0])


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def touched(batch: Sequence[Event]) -> Iterator[str]:
    """The keys of the documents that these events may have changed, each once: subjects and what repeats them."""
    ids: dict[str, set[int]] = defaultdict(set)
    for event in batch:
        kind = event.subject_kind
        if kind in _PAGE_OF:
            own = _PAGE_OF[kind]
            ids[own].update(target.object_id for target in event.targets.all() if target.kind == own)
        else:
            ids[kind].add(event.subject_id)
    ids["place"] |= _took_part(batch)
    seen: set[str] = set()
    for key in _with_dependents(ids):
        if key not in seen:
            seen.add(key)
            yield key


def _took_part(batch: Sequence[Event]) -> set[int]:
    """Places of which these events may say that they take part in a programme, or no longer do: those that the events
    name, and those that the ones before about the same things named.
    """
    of_these = [event for event in batch if event.subject_kind in _TAKING_PART]
    if not of_these:
        return set()
    before = (
        Event.objects.filter(
            pk__lt=min(event.pk for event in of_these),
            subject_kind__in={event.subject_kind for event in of_these},
            subject_id__in={event.subject_id for event in of_these},
            targets__kind="programme",
        )
        .order_by()
        .values("subject_kind", "subject_id")
        .annotate(last=Max("pk"))
    )
    earlier = Event.objects.filter(pk__in=[row["last"] for row in before]).prefetch_related("targets")
    found: set[int] = set()
    for event in [*of_these, *earlier]:
        targets = [(target.kind, target.object_id) for target in event.targets.all()]
        if any(kind == "programme" for kind, _number in targets):
            found.update(number for kind, number in targets if kind == "place")
        found.update(event.data.get("places", ()))
    return found


def _with_dependents(ids: dict[str, set[int]]) -> Iterator[str]:
    for kind, source in sources().items():
        own = sorted(ids.get(kind, ()))
        yield from (document_key(kind, number) for number in own)
        if own and source.dependents:
            yield from source.dependents(own)
    if ids.get("topic"):
        yield from topics.dependents(sorted(ids["topic"]))


def refresh(engine: Engine, keys: Iterable[str]) -> tuple[int, int]:
    """Make the engine's documents of these keys what the database says now; return (indexed, removed)."""
    indexed = removed = 0
    refused: list[str] = []
    for chunk in chunks(keys, BATCH):
        version = read_version()
        documents = build(chunk)
        gone = sorted(set(chunk) - {document.key for document in documents})
        if documents:
            try:
                engine.index(documents, version=version)
            except IndexingFailed as error:  # the others of these are in; those to come shall be
                refused.append(str(error))
        if gone:
            engine.remove(gone, version=version)
        indexed += len(documents)
        removed += len(gone)
    if refused:
        raise IndexingFailed("; ".join(refused[:5]))
    return indexed, removed


def build(keys: Iterable[str]) -> list[SearchDocument]:
    """The documents of those of these keys that may be found."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        kind, number = parse_key(key)
        by_kind[kind].append(number)
    return [
        document
        for kind, numbers in by_kind.items()
        if kind in sources()
        for document in sources()[kind].build(numbers)
    ]


def every_key() -> Iterator[str]:
    for kind, source in sources().items():
        yield from (document_key(kind, number) for number in source.ids())


def rebuild(engine: Engine, *, progress: Callable[[int], None] = lambda done: None) -> int:
    """Everything anew, batch by batch, while searches go on; return how many documents there are."""

    def batches() -> Iterator[tuple[int, Sequence[SearchDocument]]]:
        done = 0
        for chunk in chunks(every_key(), engine.rebuild_batch):
            version = read_version()
            yield version, build(chunk)
            done += len(chunk)
            progress(done)
            gc.collect(1)

    with _rubbish_left_lying():
        return engine.rebuild(batches(), version=read_version())


@contextmanager
def _rubbish_left_lying() -> Iterator[None]:
    """Python looks for rings of dead objects by how many were made, again and again through all that a process holds.

    Where so many are made that is a third of the work, and hardly any ring is among them: a look at the young ones
    after each batch is enough.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()
