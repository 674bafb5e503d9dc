"""Telling those who can act that something has waited a day, and again after two: one mail for all of it."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from core import post
from members.models import Role
from members.selectors import administrators, moderators, organisation_of, people_of
from moderation.models import OrganisationApprovalTask, OverdueAlert, ReviewTaskState
from moderation.queue import PAGES, Entry, items, source_named, waiting_for, whatever_waits
from moderation.queue.sources import WAITED
from moderation.services.case_alerts import tell_of_silent_writers

if TYPE_CHECKING:
    from accounts.models import User

LETTER, NOBODY_LETTER = "moderation_overdue", "moderation_nobody"
NOBODY = ":nobody"
KEPT = timedelta(days=90)
WORTH = timedelta(hours=24)

Mark = tuple[str, int, datetime, int]


@transaction.atomic
def tell_what_is_overdue() -> int:
    """Write to everybody who can act about what has newly waited 24 or 48 hours, or whose time is newly up.

    What nobody may decide is told to those who can name somebody. Each thing is told once for each threshold: what was
    told, and the letters, are kept in the same transaction. Two clocks at once find the same things and write letters
    with the same keys, which go once. Returns the number of letters.
    """
    now = timezone.now()
    tell_of_silent_writers(now)
    signing, steps = _signing(now)
    mine = {person: _old(waiting_for(person), now) for person in dict.fromkeys([*_moderating(), *signing])}
    # An organisation's own step is nobody's duty but its own people's, though administrators could decide it.
    for person in mine.keys() - signing:
        mine[person] = [entry for entry in mine[person] if entry.kind != PAGES or entry.pk not in steps]
    decidable = {(entry.kind, entry.pk) for entries in mine.values() for entry in entries}
    stuck = [entry for entry in _old(whatever_waits(), now) if (entry.kind, entry.pk) not in decidable]
    letters, new = _tell(LETTER, mine, now)
    if stuck:
        # Named otherwise, so that whoever is given the right hears of it as if it had waited for them.
        named = [replace(entry, kind=f"{entry.kind}{NOBODY}") for entry in stuck]
        more, marks = _tell(NOBODY_LETTER, dict.fromkeys(_who_can_name_somebody(), named), now)
        letters, new = letters + more, new | marks
    OverdueAlert.objects.bulk_create(
        [OverdueAlert(kind=kind, number=pk, since=since, hours=hours) for kind, pk, since, hours in new],
        ignore_conflicts=True,
    )
    OverdueAlert.objects.filter(sent_at__lt=now - KEPT, since__lt=now - KEPT).delete()
    return letters


def _tell(letter: str, mine: "Mapping[User, list[Entry]]", now: datetime) -> tuple[int, set[Mark]]:
    """To each person what is new of theirs; the number of letters, and the marks that they make."""
    told = _told({entry for entries in mine.values() for entry in entries})
    new: set[Mark] = set()
    letters = 0
    for person, entries in mine.items():
        marks = {entry: set(_marks(entry, now)) - told for entry in entries}
        fresh = [entry for entry in entries if marks[entry]]
        if fresh:
            _write(letter, person, fresh, now)
            letters += 1
            new |= set().union(*marks.values())
    return letters, new


def _who_can_name_somebody() -> "list[User]":
    """The administrators; where there is none, the moderators know best whom to ask."""
    return list(administrators()) or list(moderators())


def _moderating() -> "list[User]":
    """The network's moderators and administrators."""
    return list((moderators() | administrators()).distinct().order_by("pk"))


def _signing(now: datetime) -> "tuple[set[User], set[int]]":
    """Who signs off pages that have waited at their organisation's own step, and those steps."""
    steps = ReviewTaskState.objects.filter(
        status=ReviewTaskState.STATUS_IN_PROGRESS,
        started_at__lte=now - timedelta(hours=min(WAITED)),
        task__in=OrganisationApprovalTask.objects.all(),
    ).select_related("workflow_state")
    pages = Page.objects.in_bulk([int(step.workflow_state.object_id) for step in steps])
    owners = {organisation for page in pages.values() if (organisation := organisation_of(page))}
    signing = {one for owner in owners for one in people_of(owner, Role.APPROVER, Role.LEAD) if one.is_active}
    return signing, {step.pk for step in steps}


def _old(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    return [entry for entry in entries if entry.ours_since <= now - timedelta(hours=min(WAITED))]


def _marks(entry: Entry, now: datetime) -> list[Mark]:
    """The thresholds that it has passed: those of everything, and its own deadline."""
    since = entry.ours_since
    own = math.ceil((entry.deadline - since) / timedelta(hours=1))
    return [
        (entry.kind, entry.pk, since, hours)
        for hours in sorted({*WAITED, max(min(WAITED), own)})
        if since <= now - timedelta(hours=hours)
    ]


def _told(entries: set[Entry]) -> set[Mark]:
    rows = OverdueAlert.objects.filter(
        kind__in={entry.kind for entry in entries}, number__in={entry.pk for entry in entries}
    )
    return set(rows.values_list("kind", "number", "since", "hours"))


def _write(letter: str, person: Any, entries: list[Entry], now: datetime) -> None:
    """Nothing of what the things say goes into a mail: only their kind, where they stand, and since when they wait.

    Where is said for pages and contributions, whose lines keep it apart from their words; not to who may not decide.
    """
    lines = []
    if letter == NOBODY_LETTER:
        lines = [[one.kind.removesuffix(NOBODY), "", one.ours_since.isoformat()] for one in entries]
    for item in items(entries) if letter == LETTER else ():
        source = source_named(item.entry.kind)
        named = item.entry.kind == PAGES or (source is not None and source.bulk)
        lines.append([item.entry.kind, item.where if named else "", item.entry.ours_since.isoformat()])
    stamp = hashlib.sha256(json.dumps(sorted(str(_marks(entry, now)) for entry in entries)).encode()).hexdigest()
    post.send(
        name=letter,
        key=f"overdue:{person.pk}:{stamp[:32]}",
        person=person,
        facts={"items": json.dumps(lines)},
        worthless_after=now + WORTH,
    )
