"""What happens to a published opportunity: its window is kept, told of when its time comes, and called off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from members.selectors import organisation_of
from places import events
from places.models import OpportunityPage, Window, WithdrawnReason
from places.opportunities.names import names_of
from places.opportunities.times import reminded_before, reminder_at
from places.permissions import can_withdraw_opportunity

if TYPE_CHECKING:
    from accounts.models import User

MOST_AT_ONCE = 500


# --- The window follows the page ---------------------------------------------------------------------


@transaction.atomic
def keep_window(page: OpportunityPage) -> None:
    """After a publication or a move: what calendars are told, one step further.

    A date that has moved into the future is told of again when it comes. Whoever was told that the window is open is
    told when it closes at another time, or has been closed before its time.
    """
    now = timezone.now()
    if page.opens is None or page.closes is None:
        return
    window, is_new = Window.objects.select_for_update(of=("self",)).get_or_create(
        number=page.pk, defaults={"changed_at": now, "opens": page.opens, "closes": page.closes}
    )
    old_closes = window.closes
    window.page, window.opens, window.closes = page, page.opens, page.closes
    window.organisation, window.programme_id = organisation_of(page), page.programme_id
    window.gone_at, window.changed_at = None, now
    window.sequence += 0 if is_new else 1
    # What was over already, and still is, tells nobody anything by another date.
    matters = page.closes > now or old_closes > now
    moved = window.opened_for is not None and page.closes != old_closes and matters and now >= page.opens
    if page.opens > now:
        window.opened_for = None
    if reminder_at(page.closes) > now:
        window.closing_for = None
    elif moved:
        window.closing_for = page.closes
    if page.closes > now:
        window.closed_for = None
    window.save()
    window.places.set(page.places.all())
    window.names = names_of(window)
    window.save(update_fields=["names"])
    if moved and not window.withdrawn_at:
        events.opportunity_happened(page, "rescheduled", {"was": old_closes.isoformat()})


def lose_window(page: OpportunityPage) -> None:
    """No reader finds the page any more; who has it in their calendar hears that it is off."""
    now = timezone.now()
    Window.objects.filter(number=page.pk, gone_at=None).update(gone_at=now, changed_at=now, sequence=F("sequence") + 1)


# --- Its time comes ----------------------------------------------------------------------------------


def tell_what_is_due(now: datetime | None = None) -> int:
    """Write into the log what has opened, what closes within a week and what has closed since it was last asked.

    Each is told once, however often and by however many this is called, and whenever it was last called. What has
    opened and closed while nothing ran is not told as news. Returns how many events there were.
    """
    now = now or timezone.now()
    standing = OpportunityPage.objects.standing()
    told = 0
    for page in _some(standing.filter(opens__lte=now, closes__gt=now, window__opened_for=None)):
        # Who hears that it is open with a week to go needs no second mail about that.
        short = {"closing_for": page.closes} if page.closes and reminder_at(page.closes) <= now else {}
        told += _tell(page, "opened", Q(opened_for=None), opened_for=page.opens, **short)
    soon = standing.filter(opens__lte=now, closes__gt=now, closes__lt=reminded_before(now))
    for page in _some(soon.exclude(window__opened_for=None).filter(window__closing_for=None)):
        told += _tell(page, "closing", Q(closing_for=None), closing_for=page.closes)
    for page in _some(standing.filter(closes__lte=now, window__closed_for=None)):
        told += _tell(page, "closed", Q(closed_for=None), closed_for=page.closes)
    return told


def _some(found: Any) -> list[OpportunityPage]:
    return list(found.order_by("pk")[:MOST_AT_ONCE])


@transaction.atomic
def _tell(page: OpportunityPage, verb: str, untold: Q, **told: Any) -> int:
    """Whoever marks the row tells; one that was withdrawn or moved meanwhile waits for the next round."""
    as_it_was = Q(page=page.pk, gone_at=None, withdrawn_at=None, opens=page.opens, closes=page.closes)
    if not Window.objects.filter(as_it_was & untold).update(**told):
        return 0
    events.opportunity_happened(page, verb)
    return 1


# --- It is called off --------------------------------------------------------------------------------


@transaction.atomic
def withdraw_opportunity(*, page: OpportunityPage, reason: str, by: "User") -> bool:
    """Call it off at once; the page stays and says so. False if somebody has done so already."""
    if reason not in WithdrawnReason.values:
        raise ValueError(f"There is no reason {reason!r}.")
    with _window_of(page, by) as window:
        if window.withdrawn_at is not None:
            return False
        window.withdrawn_at, window.withdrawn_reason = timezone.now(), reason
    events.opportunity_happened(page, "withdrawn", {"told": window.opened_for is not None}, by=by)
    return True


@transaction.atomic
def reinstate_opportunity(*, page: OpportunityPage, by: "User") -> bool:
    """Take a withdrawal back. What came due meanwhile is told then."""
    with _window_of(page, by) as window:
        if window.withdrawn_at is None:
            return False
        window.withdrawn_at, window.withdrawn_reason = None, ""
    events.opportunity_happened(page, "reinstated", {"told": window.opened_for is not None}, by=by)
    return True


@contextmanager
def _window_of(page: OpportunityPage, by: "User") -> Iterator[Window]:
    """The row, locked, for somebody who may change it; saved one step further if it was changed."""
    if not can_withdraw_opportunity(by, page):
        raise PermissionDenied
    window = Window.objects.select_for_update(of=("self",)).get(page=page.pk)
    before = window.withdrawn_at
    yield window
    if window.withdrawn_at != before:
        window.sequence, window.changed_at = window.sequence + 1, timezone.now()
        window.save()
