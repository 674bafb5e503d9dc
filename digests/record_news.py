"""What readers hear of the records of places: new entries and replies, as they stand now."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.dates import display
from core.models import Event
from digests.stories import Story, excerpt
from places.models import RecordEntry, Side
from places.record.timeline import who_wrote

PUBLISHED = "record.published"
KINDS = frozenset({PUBLISHED})
SUMMARY_LENGTH = 300


def card(entry: RecordEntry) -> dict[str, Any]:
    """What every reader may know of a published entry."""
    side = entry.get_side_display()
    return {
        "root": ("record", entry.pk),
        "title": f"{entry.place.name}, {display(entry.when)}: {entry.title}",
        "url": entry.get_absolute_url(),
        "byline": f"{side}, {who_wrote(entry)}" if who_wrote(entry) else side,
        "summary": excerpt(entry.words, SUMMARY_LENGTH),
    }


def load(events: Sequence[Event]) -> dict[int, Story]:
    """Whoever shows an entry again tells nobody; a reply is told with its entry, and not without it."""
    ids = {event.subject_id for event in events if not event.data.get("restored")}
    related = ("place", "author", "organisation", "answers__place", "answers__author", "answers__organisation")
    entries = RecordEntry.objects.published().filter(pk__in=ids).select_related(*related).in_bulk()
    told = {}
    for event in events:
        one = entries.get(event.subject_id)
        if one is None or event.data.get("restored"):
            continue
        if one.answers is None:
            told[event.pk] = Story(**card(one), is_new=True, change=_("New in the record"))
        elif one.answers.state == one.state:
            told[event.pk] = Story(**card(one.answers), voice=_voice(one), words=excerpt(one.words))
    return told


def _voice(reply: RecordEntry) -> str:
    return who_wrote(reply) or str(Side(reply.side).label)
