"""Claiming an item of the queue while one looks at it, and letting it go. Nothing here decides anything."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from moderation.models import CLAIM_LASTS, Claim

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def open_claim(*, kind: str, number: int, by: "User", take_over: bool = False) -> Claim:
    """The claim in force after this person opened the item: theirs (renewed), or the one of whoever was first.

    One that has run out passes to whoever opens next; `take_over` takes one that has not. Of two who open at once,
    one finds the other's: the table holds one row for an item.
    """
    now = timezone.now()
    until = now + CLAIM_LASTS
    wanted = Claim(kind=kind, number=number, by=by, since=now, until=until)
    Claim.objects.bulk_create([wanted], ignore_conflicts=True)
    rows = Claim.objects.filter(kind=kind, number=number)
    rows.filter(by=by, until__gt=now).update(until=until)
    free = rows.exclude(by=by) if take_over else rows.filter(until__lte=now)
    free.update(by=by, since=now, until=until)
    return rows.select_related("by").first() or wanted


def release_claim(*, kind: str, number: int, by: "User") -> bool:
    """Let go of one's own claim. Somebody else's is left alone; repeating it does nothing."""
    return bool(Claim.objects.filter(kind=kind, number=number, by=by).delete()[0])


def forget_claims() -> int:
    """Delete the claims that have run out: they say who read what, and nobody needs that any more."""
    return Claim.objects.filter(until__lte=timezone.now()).delete()[0]
