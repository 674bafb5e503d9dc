"""How mail is, for `/readyz`: numbers that monitoring can watch. Mail never takes the site out of service."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from digests.models import DigestRun, MailState, OutgoingEmail
from digests.staff.runs import PATIENCE


def report(*, now: datetime | None = None) -> dict[str, Any]:
    """`{"oldest_waiting_seconds": 42, "waiting": 7, "failed": 0, "runs_unplanned": 0}`; about nobody in particular.

    Counted is what should have left by now, not what waits for the hour that its reader chose. The index on a mail's
    state answers, so it costs what waits and failed, not what was ever sent.
    """
    now = now or timezone.now()
    its_turn = Q(state=MailState.PENDING, attempts=0, error="", next_attempt_at__gt=now)
    waiting = OutgoingEmail.objects.unfinished().exclude(its_turn).aggregate(n=Count("pk"), since=Min("created_at"))
    return {
        "oldest_waiting_seconds": round((now - waiting["since"]).total_seconds()) if waiting["since"] else 0,
        "waiting": waiting["n"],
        "failed": OutgoingEmail.objects.filter(state=MailState.FAILED).count(),
        "runs_unplanned": DigestRun.objects.filter(planned_at=None, created_at__lt=now - PATIENCE).count(),
    }
