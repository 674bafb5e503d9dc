"""What readers hear of opportunities: that one opens, that one closes within a week, that its dates moved, that it is
off. Never before its time, and never of what is over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.models import Event
from digests.stories import Story
from members.selectors import organisation_pages_above
from places.models import OpportunityPage
from places.opportunities.times import State, said

OPENED, CLOSING, MOVED = "opportunity.opened", "opportunity.closing", "opportunity.rescheduled"
WITHDRAWN, REINSTATED = "opportunity.withdrawn", "opportunity.reinstated"
KINDS = frozenset({OPENED, CLOSING, MOVED, WITHDRAWN, REINSTATED})
OPEN = {State.OPEN, State.CLOSING}


def load(events: Sequence[Event]) -> dict[int, Story]:
    """As they stand now. What opened and was withdrawn within one mail was never told, and is not told as withdrawn."""
    ids = {event.subject_id for event in events}
    pages = {one.pk: one for one in OpportunityPage.objects.listed().filter(pk__in=ids).select_related("window")}
    above = organisation_pages_above(pages.values())
    opened = {event.subject_id for event in events if event.kind == OPENED}
    told = {}
    for event in events:
        page = pages.get(event.subject_id)
        words = _words(event, page, is_news=event.subject_id in opened) if page else ""
        if page and words:
            council = above[page.path].organisation if page.path in above else None
            told[event.pk] = Story(**card(page, council), is_new=event.kind == OPENED, change=words)
    return told


def card(page: OpportunityPage, council: Any) -> dict[str, Any]:
    return {
        "root": ("opportunity", page.pk),
        "title": page.title,
        "url": page.get_url() or "/",
        "byline": _("Opportunity from %(place)s") % {"place": council.short_name} if council else _("Opportunity"),
        "summary": page.summary,
        "organisation": council.pk if council else 0,
    }


def _words(event: Event, page: OpportunityPage, *, is_news: bool) -> str:
    """What happened, in a few words with the date as it is now; nothing where it is true no longer."""
    if event.kind == WITHDRAWN:
        withdrawn = page.withdrawn
        if withdrawn is None or is_news or not event.data.get("told"):
            return ""
        return _("Withdrawn: %(reason)s") % {"reason": withdrawn.get_withdrawn_reason_display()}
    if page.state not in OPEN or page.closes is None:
        return ""
    return _open_words(event, page.closes)


def _open_words(event: Event, closes: datetime) -> str:
    when = {"when": said(closes)}
    if event.kind == OPENED:
        return _("Open until %(when)s") % when
    if event.kind == MOVED:
        return _("Now closes %(when)s") % when
    if event.kind == REINSTATED:
        return _("Open again until %(when)s") % when if event.data.get("told") else ""
    return _("Closes %(when)s") % when
