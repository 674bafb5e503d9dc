"""The record as everybody may read it, for lists, feeds and data."""

from django.db.models import Prefetch, QuerySet

from places.models import RecordEntry, Side


def is_made_up(entry: RecordEntry) -> bool:
    """What an invented council or person says; the editors of the demonstration write from real sources."""
    of_nobody = bool(entry.author and entry.author.is_demonstration) and entry.side != Side.EDITORS
    return of_nobody or bool(entry.organisation and entry.organisation.is_demonstration)


def listed() -> QuerySet[RecordEntry]:
    """Published entries, the last added first, each with its published replies, in a constant number of queries."""
    replies = RecordEntry.objects.published().select_related("organisation").order_by("created_at", "pk")
    related = ("place", "author", "organisation", "topic", "programme", "photo")
    found: QuerySet[RecordEntry] = RecordEntry.objects.published().filter(answers=None)
    return found.select_related(*related).prefetch_related(Prefetch("replies", replies)).order_by("-created_at", "-pk")
