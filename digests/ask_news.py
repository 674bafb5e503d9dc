"""What readers hear of asks: the words, and the stories of digests."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core.models import Event
from digests.stories import Story
from discussion.models import Ask

PUBLISHED, ANSWERED, WAITING, CLOSED = "ask.published", "ask.answered", "ask.waiting", "ask.closed"
KINDS = frozenset({PUBLISHED, ANSWERED, WAITING, CLOSED})
SUMMARY_LENGTH = 300


def card(ask: Ask) -> dict[str, Any]:
    """What every reader may know of a published ask."""
    return {
        "root": ("ask", ask.pk),
        "title": ask.title,
        "url": ask.get_absolute_url(),
        "byline": _("Ask from %(place)s") % {"place": ask.organisation.short_name} if ask.organisation else _("Ask"),
        "summary": Truncator(" ".join(ask.body.split())).chars(SUMMARY_LENGTH),
    }


def load(events: Sequence[Event]) -> dict[int, Story]:
    """New asks, those that still wait, and those that are settled, as they stand now: who has an answer no longer
    waits, and whoever shows an ask again tells nobody.
    """
    ids = {event.subject_id for event in events if not event.data.get("restored")}
    asks = Ask.objects.published().filter(pk__in=ids).select_related("organisation", "accepted").in_bulk()
    waiting = {event.subject_id for event in events if event.kind == WAITING}
    unanswered = set(Ask.objects.unanswered().filter(pk__in=waiting).values_list("pk", flat=True)) if waiting else set()
    told = {}
    for event in events:
        ask = asks.get(event.subject_id)
        if ask is None or event.data.get("restored"):
            continue
        words = _words(event, ask, unanswered)
        if words:
            told[event.pk] = Story(**card(ask), is_new=event.kind == PUBLISHED, change=words)
    return told


def _words(event: Event, ask: Ask, unanswered: set[int]) -> str:
    """What happened, in a few words; nothing where it is true no longer."""
    if event.kind == PUBLISHED:
        return _("New")
    if event.kind == ANSWERED:
        return _("An answer helped") if ask.is_settled else ""
    if event.kind == WAITING:
        return _("Still unanswered") if ask.pk in unanswered else ""
    return _("Closed: %(reason)s") % {"reason": ask.get_closed_reason_display()} if ask.closed_at else ""
