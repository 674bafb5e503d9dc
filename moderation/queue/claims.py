"""Who is looking at what: the lines of the queue and the review pages ask here."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from moderation.models import Claim
from moderation.queue.sources import Entry


def claims_on(entries: Sequence[Entry]) -> dict[tuple[str, int], Claim]:
    """The claims in force on one page of entries, by kind and number, in one query."""
    if not entries:
        return {}
    among = Q(kind__in={entry.kind for entry in entries}, number__in={entry.pk for entry in entries})
    found = Claim.objects.in_force().filter(among).select_related("by")
    return {(claim.kind, claim.number): claim for claim in found}


def taken_from(user: Any) -> set[tuple[str, int]]:
    """What others are looking at now: a person who goes on to the next item passes these by."""
    return set(Claim.objects.in_force().exclude(by=user).values_list("kind", "number"))
