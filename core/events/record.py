"""Writing the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from core.events.registry import consumers_of

if TYPE_CHECKING:
    from accounts.models import User
    from core.models import Event

Target = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event that is about to be written."""

    kind: str
    subject: Target
    by: "User | None" = None
    targets: Sequence[Target] = ()
    data: dict[str, Any] = field(default_factory=dict)


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
    """
    return record_many([Happening(kind=kind, subject=subject, by=by, targets=tuple(targets), data=data or {})])[0]


@transaction.atomic
def record_many(happenings: Sequence[Happening]) -> "list[Event]":
    """Write a batch of events in three statements, whatever its size, and announce it once."""
    from core.models import Delivery, Event, EventTarget

    events = Event.objects.bulk_create(
        Event(
            kind=one.kind,
            actor=one.by,
            subject_kind=one.subject[0],
            subject_id=one.subject[1],
            data=one.data,
        )
        for one in happenings
    )
    EventTarget.objects.bulk_create(
        EventTarget(event=event, kind=kind, object_id=object_id)
        for event, one in zip(events, happenings, strict=True)
        for kind, object_id in dict.fromkeys([one.subject, *one.targets])
    )
    Delivery.objects.bulk_create(
        Delivery(consumer=consumer.name, event=event) for event in events for consumer in consumers_of(event.kind)
    )
    _announce()
    return events


def _deliver_due() -> None:
    from core.tasks import deliver_due

    deliver_due.apply_async()


def _announce() -> None:
    """Wake the worker once a transaction, however many events it wrote."""
    already = any(entry[1] is _deliver_due for entry in connection.run_on_commit)
    if not already:
        transaction.on_commit(_deliver_due, robust=True)
