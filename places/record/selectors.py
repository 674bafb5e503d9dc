"""The record as everybody may read it, for lists, feeds and data."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from places.models import ProgrammePage, RecordEntry, Side
from places.record.timeline import who_wrote

LATEST = 3


@dataclass(frozen=True, kw_only=True)
class Account:
    """What one side says: `n` entries, of which `entries` are the latest, each with `who` says it."""

    side: Side
    n: int
    entries: list[RecordEntry]


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


def accounts_of(programme: ProgrammePage) -> list[Account]:
    """What everybody may read of a programme in the records of places, side by side; one query."""
    newest = (F("when").desc(), F("created_at").desc(), F("pk").desc())
    found: Any = (
        RecordEntry.objects.published()
        # One that is only being written, in a preview, has no number and no entries.
        .filter(programme=programme.pk or 0, answers=None)
        .annotate(
            nth=Window(RowNumber(), partition_by="side", order_by=newest), n=Window(Count("pk"), partition_by="side")
        )
        .filter(nth__lte=LATEST)
        .select_related("place", "author", "organisation")
        .order_by("nth")
    )
    by_side: dict[Side, list[Any]] = {}
    for entry in found:
        entry.who, entry.made_up = who_wrote(entry), is_made_up(entry)
        by_side.setdefault(Side(entry.side), []).append(entry)
    return [Account(side=side, n=by_side[side][0].n, entries=by_side[side]) for side in Side if side in by_side]
