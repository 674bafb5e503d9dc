"""What people search for, for staff: most of all, without finding, and without opening what was found.

Numbers of texts, never of people. A text that was searched for fewer than three times in the period is only counted,
so that nobody's single search is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.counting import KEPT
from search.models import SearchCount

FEW = 3
# Found but not opened: at most one in so many searches that found something led to a result.
SELDOM = 4
WEEK = timedelta(days=7)


class Show(StrEnum):
    MOST = "most"
    NOTHING = "nothing"
    UNOPENED = "unopened"


NAMES = {
    Show.MOST: gettext_lazy("Most searched"),
    Show.NOTHING: gettext_lazy("Nothing found"),
    Show.UNOPENED: gettext_lazy("Found but not opened"),
}


@dataclass(frozen=True, kw_only=True)
class Period:
    """`[start, end)`, in days."""

    value: str
    label: str
    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Rare:
    """The searches whose text was searched for fewer than three times, and how many texts these are."""

    searches: int
    texts: int


def periods(today: date) -> list[Period]:
    """The last 90 days, and each week since then, from Monday, the latest first."""
    found = [Period(value="90", label=_("The last 90 days"), start=today - KEPT, end=today + timedelta(days=1))]
    monday = today - timedelta(days=today.weekday())
    while monday + WEEK > today - KEPT:
        named = _("Week from %(day)s") % {"day": date_format(monday, "j F Y")}
        found.append(Period(value=monday.isoformat(), label=named, start=monday, end=monday + WEEK))
        monday -= WEEK
    return found


def period(value: str, *, today: date) -> Period:
    """The period of an address; the last 90 days for anything else."""
    known = periods(today)
    return next((one for one in known if one.value == value), known[0])


def rows(within: Period, show: Show) -> "QuerySet[SearchCount, Any]":
    """The texts of a list with their numbers, most telling first."""
    often = _texts(within).filter(searched__gte=FEW)
    match show:
        case Show.NOTHING:
            return often.filter(found_nothing__gt=0).order_by("-found_nothing", "-searched", "text")
        case Show.UNOPENED:
            found = often.annotate(found=F("searched") - F("found_nothing")).filter(found__gt=0)
            seldom = found.filter(found__gte=F("opened") * SELDOM)
            return seldom.annotate(unopened=F("found") - F("opened")).order_by("-unopened", "text")
    return often.order_by("-searched", "text")


def rare(within: Period) -> Rare:
    few = _texts(within).filter(searched__lt=FEW, searched__gt=0)
    totals = few.aggregate(searches=Sum("searched"), texts=Count("text"))
    return Rare(searches=totals["searches"] or 0, texts=totals["texts"])


def table(within: Period, show: Show) -> Iterator[list[object]]:
    """The list as rows of a file, what is only counted last."""
    yield [_("Searched for"), _("Searches"), _("Found nothing"), _("Results opened")]
    for row in rows(within, show).iterator(chunk_size=1000):
        yield [row["text"], row["searched"], row["found_nothing"], row["opened"]]
    few = rare(within)
    if show == Show.MOST and few.searches:
        yield [_("(%(texts)s texts that were searched for only once or twice)") % {"texts": few.texts}, few.searches]


def _texts(within: Period) -> "QuerySet[SearchCount, Any]":
    days = SearchCount.objects.filter(day__gte=within.start, day__lt=within.end)
    numbers = {name: Sum(name) for name in ("searched", "found_nothing", "opened")}
    return days.order_by().values("text").annotate(**numbers)
