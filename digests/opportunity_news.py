"""What readers hear of opportunities: that one opens, that one closes within a week, that its dates moved, that it was
closed early, that it is off. Never before its time; and of what is over, only what they could not hear before.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    """As they stand now. Of what is called off and taken up again, each reader hears what is new to them."""
    ids = {event.subject_id for event in events}
    pages = {one.pk: one for one in OpportunityPage.objects.listed().filter(pk__in=ids).select_related("window")}
    above = organisation_pages_above(pages.values())
    turns = _turns({event.subject_id for event in events if event.kind in {WITHDRAWN, REINSTATED}})
    told = {}
    for event in events:
        page = pages.get(event.subject_id)
        words = _words(event, page) if page else ""
        if page and words:
            council = above[page.path].organisation if page.path in above else None
            told[event.pk] = Story(
                **card(page, council),
                is_new=event.kind == OPENED,
                change=words,
                unless=_before(event, turns.get(event.subject_id, {})),
            )
    return told


def _turns(ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Opportunity → the events that opened it, called it off and took it up again; one query, where one was."""
    turns: dict[int, dict[int, str]] = defaultdict(dict)
    if ids:
        found = Event.objects.filter(
            subject_kind="opportunity", subject_id__in=ids, kind__in=[OPENED, WITHDRAWN, REINSTATED]
        )
        for pk, subject, kind in found.values_list("pk", "subject_id", "kind"):
            turns[subject][pk] = kind
    return turns


def _before(event: Event, turns: Mapping[int, str]) -> frozenset[int]:
    """The turns after which alone this one is news: who hears of such a one in the same mail knew nothing of it.

    Neither “withdrawn” for whom it had not opened yet, nor “open again” for whom it was never off.
    """
    needed = {WITHDRAWN: {OPENED, REINSTATED}, REINSTATED: {WITHDRAWN}}.get(event.kind, set())
    return frozenset(pk for pk, kind in turns.items() if pk < event.pk and kind in needed)


def card(page: OpportunityPage, council: Any) -> dict[str, Any]:
    return {
        "root": ("opportunity", page.pk),
        "title": page.title,
        "url": page.get_url() or "/",
        "byline": _("Opportunity from %(place)s") % {"place": council.short_name} if council else _("Opportunity"),
        "summary": page.summary,
        "organisation": council.pk if council else 0,
    }


def _words(event: Event, page: OpportunityPage) -> str:
    """What happened, in a few words with the date as it is now; nothing where it is true no longer."""
    if event.kind == WITHDRAWN:
        withdrawn = page.withdrawn
        if withdrawn is None or not event.data.get("told"):
            return ""
        return _("Withdrawn: %(reason)s") % {"reason": withdrawn.get_withdrawn_reason_display()}
    if page.closes is None or page.state not in {*OPEN, State.CLOSED}:
        return ""
    earlier = event.kind == MOVED and page.closes < datetime.fromisoformat(event.data["was"])
    if page.state == State.CLOSED:
        return _closed_words(event, page.closes, earlier=earlier)
    return _open_words(event, page.closes, earlier=earlier)


def _closed_words(event: Event, closes: datetime, *, earlier: bool) -> str:
    """For whom it opened and closed between two mails; and for whom it closed before the day that they were told."""
    when = {"when": said(closes)}
    if event.kind == OPENED:
        return _("Was open until %(when)s") % when
    return _("Closed early: %(when)s") % when if earlier else ""


def _open_words(event: Event, closes: datetime, *, earlier: bool) -> str:
    when = {"when": said(closes)}
    if event.kind == OPENED:
        return _("Open until %(when)s") % when
    if event.kind == MOVED:
        return _("Now closes earlier: %(when)s") % when if earlier else _("Now closes %(when)s") % when
    if event.kind == REINSTATED:
        return _("Open again until %(when)s") % when if event.data.get("told") else ""
    return _("Closes %(when)s") % when
