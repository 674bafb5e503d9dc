"""Telling those who can act that something has waited a day, and again after two: one mail for all of it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from core import post
from members.models import Role
from members.roles import MODERATORS
from members.selectors import organisation_of, people_of
from moderation.models import OrganisationApprovalTask, OverdueAlert, ReviewTaskState
from moderation.queue import PAGES, Entry, items, source_named, waiting_for
from moderation.queue.sources import WAITED

if TYPE_CHECKING:
    from accounts.models import User

LETTER = "moderation_overdue"
KEPT = timedelta(days=90)
WORTH = timedelta(hours=24)

Mark = tuple[str, int, datetime, int]


@transaction.atomic
def tell_what_is_overdue() -> int:
    """Write to everybody who can act about what has newly waited 24 or 48 hours. Returns the number of letters.

    Each thing is told once for each threshold: what was told, and the letters, are kept in the same transaction. Two
    clocks at once find the same things and write letters with the same keys, which go once.
    """
    now = timezone.now()
    mine = {person: _old(waiting_for(person), now) for person in _people(now)}
    told = _told({entry for entries in mine.values() for entry in entries})
    new: set[Mark] = set()
    letters = 0
    for person, entries in mine.items():
        marks = {entry: set(_marks(entry, now)) - told for entry in entries}
        fresh = [entry for entry in entries if marks[entry]]
        if fresh:
            _write(person, fresh, now)
            letters += 1
            new |= set().union(*marks.values())
    OverdueAlert.objects.bulk_create(
        [OverdueAlert(kind=kind, number=pk, since=since, hours=hours) for kind, pk, since, hours in new],
        ignore_conflicts=True,
    )
    OverdueAlert.objects.filter(sent_at__lt=now - KEPT, since__lt=now - KEPT).delete()
    return letters


def _people(now: datetime) -> "list[User]":
    """The network's moderators (its administrators where there is none), and who signs off pages that are due."""
    from accounts.models import User

    active = User.objects.filter(is_active=True)
    people = list(active.filter(groups__name=MODERATORS)) or list(active.filter(is_superuser=True))
    steps = ReviewTaskState.objects.filter(
        status=ReviewTaskState.STATUS_IN_PROGRESS,
        started_at__lte=now - timedelta(hours=min(WAITED)),
        task__in=OrganisationApprovalTask.objects.all(),
    ).select_related("workflow_state")
    pages = Page.objects.in_bulk([int(step.workflow_state.object_id) for step in steps])
    owners = {organisation for page in pages.values() if (organisation := organisation_of(page))}
    signing = [one for owner in owners for one in people_of(owner, Role.APPROVER, Role.LEAD) if one.is_active]
    return list(dict.fromkeys([*people, *signing]))


def _old(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    return [entry for entry in entries if entry.since <= now - timedelta(hours=min(WAITED))]


def _marks(entry: Entry, now: datetime) -> list[Mark]:
    return [
        (entry.kind, entry.pk, entry.since, hours) for hours in WAITED if entry.since <= now - timedelta(hours=hours)
    ]


def _told(entries: set[Entry]) -> set[Mark]:
    rows = OverdueAlert.objects.filter(
        kind__in={entry.kind for entry in entries}, number__in={entry.pk for entry in entries}
    )
    return set(rows.values_list("kind", "number", "since", "hours"))


def _write(person: Any, entries: list[Entry], now: datetime) -> None:
    """Nothing of what the things say goes into a mail: only their kind, where they stand, and since when they wait.

    Where is said for pages and contributions, whose lines keep it apart from their words.
    """
    lines = []
    for item in items(entries):
        source = source_named(item.entry.kind)
        named = item.entry.kind == PAGES or (source is not None and source.bulk)
        lines.append([item.entry.kind, item.where if named else "", item.entry.since.isoformat()])
    stamp = hashlib.sha256(json.dumps(sorted(str(_marks(entry, now)) for entry in entries)).encode()).hexdigest()
    post.send(
        name=LETTER,
        key=f"overdue:{person.pk}:{stamp[:32]}",
        person=person,
        facts={"items": json.dumps(lines)},
        worthless_after=now + WORTH,
    )
