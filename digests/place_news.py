"""What readers hear of a place besides its record: that somebody has summed up what it could mean for others."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.models import Event
from digests.stories import Story, excerpt
from places.choices import SummingUp
from places.models import Place
from search.text import plain

SUMMED_UP = "place.summed_up"
KINDS = frozenset({SUMMED_UP})
SUMMARY_LENGTH = 300


def load(events: Sequence[Event]) -> dict[int, Story]:
    """As it reads now, and nothing where it has been taken out again.

    A thing of its own beside the place, so that what somebody says there in the same week does not stand in its words.
    """
    places = Place.objects.filter(pk__in={event.subject_id for event in events}).in_bulk()
    told = {}
    for event in events:
        place = places.get(event.subject_id)
        words = plain(place.meaning) if place else ""
        if place is None or not words.strip():
            continue
        how = SummingUp.ANEW if event.data.get("anew") else SummingUp.FIRST
        told[event.pk] = Story(
            root=("summing_up", place.pk),
            title=_("%(place)s: what this could mean for other places") % {"place": place.name},
            url=f"{place.get_absolute_url()}#meaning",
            byline=place.meaning_by,
            summary=excerpt(words, SUMMARY_LENGTH),
            is_new=how == SummingUp.FIRST,
            change=str(how.label),
        )
    return told
