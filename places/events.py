"""What happens to programmes and places."""

from typing import Any

from core import events
from core.page_events import translate
from places.models import Place, ProgrammePage


def connect() -> None:
    translate(ProgrammePage, subject="programme", touches=lambda page: [])


def place_saved(place: Place, *, by: Any = None, is_new: bool) -> None:
    """Called by whoever saves a place: the CMS's hooks and the import."""
    events.record(
        kind="place.added" if is_new else "place.updated",
        subject=("place", place.pk),
        by=by,
        targets=[("organisation", pk) for pk in place.organisations.values_list("pk", flat=True)],
        data={"title": place.name},
    )


def place_deleted(place: Place, *, by: Any = None) -> None:
    events.record(kind="place.deleted", subject=("place", place.pk), by=by, data={"title": place.name})
