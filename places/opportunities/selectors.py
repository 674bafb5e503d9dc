"""Questions over opportunities for pages. Everything published is everybody's to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, When
from django.utils import timezone

from members.models import Organisation
from members.selectors import organisation_pages_above, standing_below
from places.models import OpportunityPage, Place, ProgrammePage

SHOWN = 6
WHICH = ("current", "open", "upcoming", "over")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """`rows` are open or yet to open, the soonest to close first; `more` as many are so beside them. `over`: whether
    there are some that are closed or withdrawn.
    """

    rows: list[OpportunityPage]
    more: int
    over: bool


def listed_for(what: Any) -> Listed:
    """Those of a programme, place or organisation. One query where there are none, of either sort."""
    now = timezone.now()
    found = OpportunityPage.objects.of(what)
    is_current = Case(When(window__withdrawn_at=None, closes__gt=now, then=True), default=False)
    rows = found.listed().for_lists().annotate(is_current=is_current).order_by("-is_current", "closes", "pk")
    read = list(rows[: SHOWN + 1])
    current = [row for row in read if row.is_current]
    if len(current) <= SHOWN:
        return Listed(rows=with_councils(current), more=0, over=len(read) > len(current))
    return Listed(
        rows=with_councils(current[:SHOWN]), more=found.current(now).count() - SHOWN, over=found.over(now).exists()
    )


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
