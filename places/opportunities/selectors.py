"""Questions over opportunities for pages. Everything published is everybody's to read."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from members.models import Organisation
from members.selectors import organisation_pages_above, standing_below
from places.models import OpportunityPage, Place, ProgrammePage

SHOWN = 6
WHICH = ("current", "open", "upcoming", "over")


def listed_for(what: Any) -> tuple[list[OpportunityPage], int]:
    """Those of a programme, place or organisation that are open or yet to open, the soonest to close first; and how
    many more there are.
    """
    found = OpportunityPage.objects.of(what).current().for_lists().order_by("closes", "pk")
    rows = with_councils(list(found[: SHOWN + 1]))
    return rows[:SHOWN], max(found.count() - SHOWN, 0) if len(rows) > SHOWN else 0


def soonest(most: int) -> list[OpportunityPage]:
    """Open ones that close within a week, the soonest first."""
    return with_councils(list(OpportunityPage.objects.closing().for_lists().order_by("closes", "pk")[:most]))


def directory(*, which: str, programme: ProgrammePage | None, council: Organisation | None, place: Place | None) -> Any:
    """What is open or yet to open, the soonest to close first; what is over, the latest first."""
    found = getattr(OpportunityPage.objects, which)()
    for one in (programme, council, place):
        if one is not None:
            found = found.of(one)
    order = (F("closes").desc(), "pk") if which == "over" else ("closes", "pk")
    return found.for_lists().order_by(*order)


def with_councils(pages: Sequence[OpportunityPage]) -> list[OpportunityPage]:
    """Each knowing its organisation, by one query for all."""
    above = organisation_pages_above(pages)
    for page in pages:
        if page.path in above:
            standing_below(page, above[page.path].organisation)
    return list(pages)
