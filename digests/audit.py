"""Invariants of follows, runs and mails: what breaks them, and how it is mended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone

from digests import targets
from digests.models import DigestRecipient, DigestRun, EndedReason, Follow, MailState, OutgoingEmail, RecipientState
from digests.services.planning import plan_run
from digests.services.sending import settle_recipients

OVERDUE = timedelta(hours=12)
BATCH = 1000


@dataclass(frozen=True)
class Finding:
    what: str
    count: int


def examine(*, now: datetime | None = None) -> list[Finding]:
    now = now or timezone.now()
    found = [
        Finding("follows of something that is gone", sum(len(ids) for ids in _gone())),
        Finding("digest runs that were not planned to the end", _unplanned(now).count()),
        Finding("recipients whose mail is done and who were not told", _untold().count()),
        Finding("recipients whose mail is missing", _without_mail().count()),
        Finding("mails that wait for more than 12 hours", _stuck(now).count()),
        Finding("mails that failed", OutgoingEmail.objects.filter(state=MailState.FAILED).count()),
    ]
    return [one for one in found if one.count]


def repair(*, now: datetime | None = None) -> int:
    """Mend all but failed mails, which need somebody to read why; return how many things were changed."""
    now = now or timezone.now()
    changed = 0
    for ids in _gone():
        changed += Follow.objects.filter(pk__in=ids).update(ended_at=now, ended_reason=EndedReason.GONE)
    changed += sum(plan_run(run) for run in _unplanned(now))
    changed += settle_recipients()
    changed += _without_mail().update(state=RecipientState.GAVE_UP)
    return changed + _stuck(now).update(
        state=MailState.PENDING, lease=None, leased_until=None, attempts=0, claims=0, booked=False, next_attempt_at=now
    )


def _gone() -> Iterator[list[int]]:
    """Ids of active follows whose target readers can no longer reach, in batches of one kind."""
    rows = Follow.objects.active().order_by("target_kind", "pk").values_list("target_kind", "pk", "target_id")
    for kind, of_kind in groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[0]):
        follows = [(pk, target) for _kind, pk, target in of_kind]
        for start in range(0, len(follows), BATCH):
            part = follows[start : start + BATCH]
            there = targets.load((kind, target) for _pk, target in part)
            if gone := [pk for pk, target in part if (kind, target) not in there]:
                yield gone


def _unplanned(now: datetime) -> "QuerySet[DigestRun]":
    return DigestRun.objects.filter(planned_at=None, created_at__lt=now - OVERDUE)


def _untold() -> "QuerySet[DigestRecipient]":
    done = [MailState.SENT, MailState.FAILED, MailState.SUPPRESSED]
    return DigestRecipient.objects.filter(state=RecipientState.PLANNED, email__state__in=done)


def _without_mail() -> "QuerySet[DigestRecipient]":
    return DigestRecipient.objects.filter(state=RecipientState.PLANNED, email=None)


def _stuck(now: datetime) -> "QuerySet[OutgoingEmail]":
    return OutgoingEmail.objects.unfinished().filter(next_attempt_at__lt=now - OVERDUE)
