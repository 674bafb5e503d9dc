"""Handing events to consumers: claim a batch, handle it, delete its rows; or put it back for later.

A claim is a lease. A worker that dies keeps its rows only until the lease ends; then another takes them.
"""

import logging
import traceback
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from core.events.registry import Consumer, consumers
from core.models import Delivery, Event

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)


class Unavailable(Exception):
    """A consumer's engine is down. The batch waits, whole, and the wait is not counted as a failed try."""


def retry_delay(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … at most an hour, after `attempts` failures."""
    return min(FIRST_DELAY * 2 ** max(attempts - 1, 0), LONGEST_DELAY)


@transaction.atomic
def claim(consumer: Consumer, *, now: datetime) -> tuple[uuid.UUID, list[Delivery]]:
    """Lease the oldest due rows of one consumer; two workers never get the same row."""
    due = Delivery.objects.due(now).filter(consumer=consumer.name).order_by("event_id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    ids = list(due.values_list("pk", flat=True)[: consumer.batch_size])
    token = uuid.uuid4()
    if not ids:
        return token, []
    Delivery.objects.filter(pk__in=ids).update(claim=token, claimed_until=now + LEASE)
    return token, list(Delivery.objects.filter(pk__in=ids).order_by("event_id"))


def deliver_batch(consumer: Consumer, *, now: datetime | None = None) -> int:
    """Deliver one batch; return how many rows were claimed (0: nothing is due).

    A batch that fails is tried again one event at a time, so that one bad event delays only itself.
    """
    now = now or timezone.now()
    token, rows = claim(consumer, now=now)
    if not rows:
        return 0
    events = list(
        Event.objects.filter(pk__in=[row.event_id for row in rows]).prefetch_related("targets").order_by("pk")
    )
    try:
        with transaction.atomic():
            consumer.handle(events)
    except Unavailable as error:
        _postpone(token, rows, now=now, error=str(error))
        return 0
    except Exception:
        if len(rows) == 1:
            _failed(rows[0], now=now)
        else:
            _one_by_one(consumer, events, rows, now=now)
        return len(rows)
    Delivery.objects.filter(claim=token).delete()
    return len(rows)


def deliver_all(*, only: str | None = None, limit: int | None = None) -> int:
    """Deliver until nothing is due (or `limit` rows were claimed); return the number of rows claimed."""
    total = 0
    for consumer in list(consumers().values()):
        if only and consumer.name != only:
            continue
        while limit is None or total < limit:
            claimed = deliver_batch(consumer)
            total += claimed
            if not claimed:
                break
    return total


def requeue(deliveries: Sequence[Delivery]) -> int:
    """Try parked deliveries again from the start; return how many there were."""
    return (
        Delivery.objects.parked()
        .filter(pk__in=[row.pk for row in deliveries])
        .update(parked_at=None, attempts=0, due_at=timezone.now(), claim=None, claimed_until=None)
    )


def _one_by_one(consumer: Consumer, events: Sequence[Event], rows: Sequence[Delivery], *, now: datetime) -> None:
    by_event = {row.event_id: row for row in rows}
    done: list[int] = []
    for event in events:
        try:
            with transaction.atomic():
                consumer.handle([event])
        except Unavailable as error:
            left = [row for row in rows if row.pk not in done]
            Delivery.objects.filter(pk__in=done).delete()
            _postpone(left[0].claim, left, now=now, error=str(error))
            return
        except Exception:
            _failed(by_event[event.pk], now=now)
        else:
            done.append(by_event[event.pk].pk)
    Delivery.objects.filter(pk__in=done).delete()


def _postpone(token: uuid.UUID | None, rows: Sequence[Delivery], *, now: datetime, error: str) -> None:
    logger.warning("%s is unavailable: %s deliveries wait. %s", rows[0].consumer, len(rows), error)
    Delivery.objects.filter(claim=token, pk__in=[row.pk for row in rows]).update(
        claim=None, claimed_until=None, due_at=now + timedelta(seconds=30), error=error[:4000]
    )


def _failed(row: Delivery, *, now: datetime) -> None:
    """Count a failure, called while its exception is being handled; park the row after the last try."""
    attempts = row.attempts + 1
    parked = attempts >= MAX_ATTEMPTS
    logger.exception(
        "Consumer %s failed on event %s (try %s%s)", row.consumer, row.event_id, attempts, ", parked" if parked else ""
    )
    Delivery.objects.filter(pk=row.pk, claim=row.claim).update(
        attempts=attempts,
        error=traceback.format_exc(limit=-6)[-4000:],
        parked_at=now if parked else None,
        due_at=now + retry_delay(attempts),
        claim=None,
        claimed_until=None,
    )
