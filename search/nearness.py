"""“Nearest to”: where an address means, and what to say when nobody knows. Nothing is asked outside the network."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.cache import cache
from django.db.models import F, Q, QuerySet, Value
from django.utils.translation import gettext, ngettext

from core.maps import is_on_map
from members.models import Organisation, OrganisationKind
from places.models import Place
from search.documents import Point
from search.engines.base import DISTANCE
from search.state import SearchState, point_in

# “SK1 3XE”, and its first half.
_POSTCODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}", re.ASCII | re.IGNORECASE)
_DISTRICT = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?", re.ASCII | re.IGNORECASE)
REMEMBER_SECONDS = 300
# How many names a list to choose from may have.
MOST_CHOICES = 1000
SUGGESTIONS = 5

# slug, name, latitude, longitude, and in which order several of one name are taken.
Spot = tuple[str, str, float, float, int]
# Headings, each with its (value, label).
Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """`point` is where, `name` what it is called. `problem` says in a sentence why nothing is measured.

    `suggestions` are (value, label) of what may have been meant; `choices` the places and councils to choose from.
    """

    point: Point | None = None
    name: str = ""
    problem: str = ""
    suggestions: Sequence[tuple[str, str]] = ()
    choices: Choices = ()


NOTHING = Nearness()


def read(state: SearchState) -> Nearness:
    """What the address wants to be near; one query for a name that was not asked for lately, none for a point."""
    if not state.near:
        return Nearness(problem=gettext("Say from where.")) if state.sort == DISTANCE else NOTHING
    if point := point_in(state.near):
        if is_on_map(point.lat, point.lng):
            return Nearness(point=point, name=gettext("the point %(point)s") % {"point": state.near.replace(",", ", ")})
        return Nearness(problem=gettext("That point is not in the United Kingdom."), choices=_choices())
    found = _spots(state.near)
    if found and (len(found) == 1 or found[0][4] < found[1][4]):
        _slug, name, lat, lng, _order = found[0]
        return Nearness(point=Point(lat, lng), name=name)
    choices = _choices()
    problem, meant = _not_one(state.near, found, choices)
    return Nearness(problem=problem, suggestions=meant, choices=choices)


def _not_one(name: str, found: Sequence[Spot], choices: Choices) -> tuple[str, Sequence[tuple[str, str]]]:
    """Why it is not known which one is meant, and what may be."""
    if found:
        several = gettext("There are several places called “%(name)s”.") % {"name": name}
        return several, _with_councils([one[0] for one in found])
    if is_postcode(name) or _DISTRICT.fullmatch(name):
        return gettext(
            "We cannot look up postcodes. Type the name of a town, parish, neighbourhood or council instead."
        ), ()
    unknown = gettext("We know no place or council called “%(name)s”.") % {"name": name}
    return unknown, _alike(name, choices)


def is_postcode(text: str) -> bool:
    """Whether it looks like one. Where postcodes are is not known here, and nobody outside is asked."""
    return _POSTCODE.fullmatch(text) is not None


def away(kilometres: float | None) -> str:
    """“12 km away”; nothing where the distance is not known."""
    if kilometres is None:
        return ""
    if kilometres < 1:
        return gettext("under 1 km away")
    number = round(kilometres)
    return ngettext("%(n)s km away", "%(n)s km away", number) % {"n": number}


def _spots(name: str) -> list[Spot]:
    """What is called so, best first: by slug before by name, a place before a council."""
    key = f"search:near:{hashlib.sha256(name.casefold().encode()).hexdigest()[:32]}"
    known: list[Spot] | None = cache.get(key)
    if known is not None:
        return known
    wanted = ("slug", "called", "lat", "lng", "order")
    places = Place.objects.order_by()
    councils = _councils().order_by()
    by_name = Q(short_name__iexact=name) | Q(name__iexact=name)
    rows = places.filter(slug__iexact=name).annotate(called=F("name"), order=Value(0)).values_list(*wanted)
    rows = rows.union(
        councils.filter(slug__iexact=name).annotate(called=F("short_name"), order=Value(1)).values_list(*wanted),
        places.filter(name__iexact=name).annotate(called=F("name"), order=Value(2)).values_list(*wanted),
        councils.filter(by_name).annotate(called=F("short_name"), order=Value(3)).values_list(*wanted),
        all=True,
    )
    found = sorted(rows, key=lambda one: (one[4], one[0]))
    if found:
        cache.set(key, found, REMEMBER_SECONDS)
    return found


def _councils() -> QuerySet[Organisation]:
    listed = Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK)
    return listed.filter(lat__isnull=False, lng__isnull=False)


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    places = Place.objects.order_by("name", "slug").values_list("slug", "name")[:MOST_CHOICES]
    councils = _councils().order_by("short_name", "slug").values_list("slug", "short_name")[:MOST_CHOICES]
    return [(gettext("Places"), list(places)), (gettext("Councils and communities"), list(councils))]


def _alike(name: str, choices: Choices) -> list[tuple[str, str]]:
    """Those whose names hold what was typed, or are spelled like it."""
    wanted = name.casefold()
    by_name = {label.casefold(): (value, label) for _, some in choices for value, label in some}
    holding = [one for one in by_name if wanted in one] if len(wanted) > 2 else []
    close = get_close_matches(wanted, by_name, n=SUGGESTIONS, cutoff=0.65)
    return [by_name[one] for one in dict.fromkeys([*sorted(holding, key=len), *close])][:SUGGESTIONS]


def _with_councils(slugs: Sequence[str]) -> list[tuple[str, str]]:
    """Places of one name, told apart by their councils."""
    found = Place.objects.filter(slug__in=slugs).prefetch_related("organisations").order_by("slug")
    named = [(one, ", ".join(council.short_name for council in one.organisations.all())) for one in found]
    return [(one.slug, f"{one.name} ({council})" if council else one.name) for one, council in named]
