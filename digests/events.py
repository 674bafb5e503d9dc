"""What digests and notices hear from the event log."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from core import events
from digests import notices, stories
from digests.models import DigestEvent, DigestRun

if TYPE_CHECKING:
    from core.models import Event

NOTICES = "notices"


def register() -> None:
    """Called when every package has registered its stories."""
    events.consumer(stories.CONSUMER, kinds=stories.event_kinds(), batch_size=500)(note_news)
    events.consumer(NOTICES, kinds=notices.KINDS, batch_size=100)(notices.give_notice)


def note_news(batch: Sequence["Event"]) -> None:
    """Give each event its moment: its own, or now if a run has ended its window since (a late commit)."""
    ended = DigestRun.objects.aggregate(latest=Max("window_end"))["latest"]
    now = timezone.now()
    DigestEvent.objects.bulk_create(
        [
            DigestEvent(
                event=event, at=event.occurred_at if ended is None or event.occurred_at >= ended else max(now, ended)
            )
            for event in batch
        ],
        ignore_conflicts=True,
    )
