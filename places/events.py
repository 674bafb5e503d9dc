"""What happens to programmes, places and opportunities."""

from collections.abc import Iterable
from typing import Any

from wagtail.signals import page_published, page_unpublished, post_page_move

from core import events
from core.events.record import Target
from core.page_events import translate
from members.selectors import organisation_of
from places.models import OpportunityPage, Place, ProgrammePage


def connect() -> None:
    # Its places are facts and no targets: who follows a place is not told of each change to the page of a programme.
    translate(ProgrammePage, subject="programme", touches=lambda page: [], facts=_noted_places)
    # Before the event is told: whoever hears of the publication finds the window of it.
    uid = "opportunity windows"
    page_published.connect(_keep_window, sender=OpportunityPage, dispatch_uid=uid, weak=False)
    page_unpublished.connect(_lose_window, sender=OpportunityPage, dispatch_uid=uid, weak=False)
    post_page_move.connect(_keep_window, sender=OpportunityPage, dispatch_uid=f"{uid} move", weak=False)
    translate(OpportunityPage, subject="opportunity", touches=touched_by_opportunity)


def _noted_places(page: ProgrammePage) -> dict[str, Any]:
    return {"places": [row.place_id for row in page.programme_places.all()]}


def touched_by_opportunity(page: OpportunityPage) -> Iterable[Target]:
    """Its council, its programme, its topics with those above them, and its places."""
    organisation = organisation_of(page)
    if organisation is not None:
        yield ("organisation", organisation.pk)
    if page.programme_id:
        yield ("programme", page.programme_id)
    for topic in page.topics.all():
        yield ("topic", topic.pk)
        if topic.parent_id:
            yield ("topic", topic.parent_id)
    for place in page.places.all():
        yield ("place", place.pk)


def opportunity_happened(
    page: OpportunityPage, verb: str, data: dict[str, Any] | None = None, *, by: Any = None
) -> None:
    """`opportunity.opened`, `closing`, `closed`, `rescheduled`, `withdrawn` or `reinstated`."""
    events.record(
        kind=f"opportunity.{verb}",
        subject=("opportunity", page.pk),
        by=by,
        targets=list(touched_by_opportunity(page)),
        data={"title": page.title, **(data or {})},
    )


def _keep_window(sender: Any, instance: Any, **kwargs: Any) -> None:
    from places.opportunities.services import keep_window

    if instance.live:  # Wagtail sends this too when a publication is only scheduled, and moves drafts
        keep_window(instance.specific)


def _lose_window(sender: Any, instance: Any, **kwargs: Any) -> None:
    from places.opportunities.services import lose_window

    lose_window(instance)


def place_saved(place: Place, *, by: Any = None, is_new: bool) -> None:
    """Called by whoever saves a place: the CMS's hooks and the import."""
    events.record(
        kind="place.added" if is_new else "place.updated",
        subject=("place", place.pk),
        by=by,
        targets=[("organisation", pk) for pk in place.organisations.values_list("pk", flat=True)],
        data={"title": place.name},
    )


def place_summed_up(place: Place, *, by: Any = None, anew: bool) -> None:
    """Called by whoever writes what a place could mean for others, once it is there for readers."""
    events.record(kind="place.summed_up", subject=("place", place.pk), by=by, data={"title": place.name, "anew": anew})


def place_deleted(place: Place, *, by: Any = None) -> None:
    events.record(kind="place.deleted", subject=("place", place.pk), by=by, data={"title": place.name})
