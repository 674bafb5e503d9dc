"""What is kept of the residents' record, and for how long (`core.retention`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register
from moderation.models import ContributionState
from moderation.selectors import taken_back
from places.models import RecordEntry, RecordPhoto
from places.photos import KEPT, forget_photos
from places.record.services import forget_words

REMOVED_KEPT = timedelta(days=365)


def _forget(numbers: Sequence[int], now: datetime) -> int:
    return forget_photos(RecordPhoto.objects.filter(pk__in=numbers))


def _removed(now: datetime) -> Any:
    removed = Q(entry__state=ContributionState.REMOVED, entry__state_changed_at__lt=now - REMOVED_KEPT)
    return RecordPhoto.objects.filter(removed)


def _withdrawn(now: datetime) -> Any:
    """By whoever wrote them, while somebody had reported them; not what a case is open about, or a locked one."""
    return taken_back(RecordEntry, before=now - REMOVED_KEPT).exclude(words="")


def _forget_words(numbers: Sequence[int], now: datetime) -> int:
    return forget_words(numbers)


register(
    Rule(
        name="record-withdrawn",
        order=49,
        what=_("Entries in places’ records that were withdrawn after somebody had reported them"),
        kept=REMOVED_KEPT,
        since=_("the entry was withdrawn"),
        why=_("So that moderators can look at what was reported"),
        due=_withdrawn,
        forget=_forget_words,
    ),
    Rule(
        name="photos-not-sent",
        order=50,
        what=_("Photos of entries that nobody finished"),
        kept=KEPT,
        since=_("you chose the photo"),
        why=_("So that a slip in the text does not cost you the photo"),
        due=lambda now: RecordPhoto.objects.filter(entry=None, created_at__lt=now - KEPT),
        forget=_forget,
    ),
    Rule(
        name="photos-declined",
        order=51,
        what=_("Photos of entries that were not accepted"),
        kept=REMOVED_KEPT,
        since=_("the decision"),
        why=_("So that a decision can be appealed against and looked at again"),
        due=_removed,
        forget=_forget,
    ),
)
