"""Writing the log."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from core.events.registry import consumers_of

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import Event

Target = tuple[str, int]
_waiting: ContextVar["list[tuple[Happening, Event]] | None"] = ContextVar("events that wait for the end of `together`")


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event that is about to be written."""

    kind: str
    subject: Target
    by: "User | None" = None
    targets: Sequence[Target] = ()
    data: dict[str, Any] = field(default_factory=dict)


@contextmanager
def together() -> Iterator[None]:
    """Write the events that are recorded inside the block at its end, as one batch. For bulk work.

    Nothing is written when the block ends in an exception: its transaction is about to roll back.
    """
    if _waiting.get(None) is not None:
        yield
        return
    waiting: list[tuple[Happening, Event]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _write(waiting)


def record(
    *,
    kind: str,
    subject: Target,
    by: "User | None" = None,
    targets: Iterable[Target] = (),
    data: dict[str, Any] | None = None,
) -> "Event":
    """Write one event inside the caller's transaction and announce it when that commits.

    The subject is always among the targets. Nothing is announced if the transaction rolls back.
    Inside `together` the event that is returned has no id yet.
    """
    happening = Happening(kind=kind, subject=subject, by=by, targets=tuple(targets), data=data or {})
    pair = (happening, _event(happening))
    waiting = _waiting.get(None)
    if waiting is None:
        _write([pair])
    else:
        waiting.append(pair)
    return pair[1]


def record_many(happenings: Sequence[Happening]) -> "list[Event]":
    """Write a batch of events in three statements, whatever its size, and announce it once."""
    pairs = [(one, _event(one)) for one in happenings]
    _write(pairs)
    return [event for _, event in pairs]


def _event(one: Happening) -> "Event":
    from core.models import Event

    return Event(kind=one.kind, actor=one.by, subject_kind=one.subject[0], subject_id=one.subject[1], data=one.data)


@transaction.atomic
def _write(pairs: "Sequence[tuple[Happening, Event]]") -> None:
    from core.models import Delivery, Event, EventTarget

    if not pairs:
        return
    Event.objects.bulk_create(event for _, event in pairs)
    EventTarget.objects.bulk_create(
        EventTarget(event=event, kind=kind, object_id=object_id)
        for one, event in pairs
        for kind, object_id in dict.fromkeys([one.subject, *one.targets])
    )
    Delivery.objects.bulk_create(
        Delivery(consumer=consumer.name, event=event) for _, event in pairs for consumer in consumers_of(event.kind)
    )
    _announce()


def _deliver_due() -> None:
    from core.tasks import deliver_due

    deliver_due.apply_async()


def _announce() -> None:
    """Wake the worker once a transaction, however many events it wrote."""
    already = any(entry[1] is _deliver_due for entry in connection.run_on_commit)
    if not already:
        transaction.on_commit(_deliver_due, robust=True)
