"""A search as its address says it. Every state of the page is a URL, and what a URL should not hold is dropped."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.documents import Point
from search.engines.base import (
    ADOPTED,
    DISTANCE,
    EVIDENCE,
    NEWEST,
    PAGE_SIZE,
    RELEVANCE,
    SIMILAR,
    WINDOW,
    SearchQuery,
)
from search.facets import FACETS
from search.text import MAX_LENGTH, quotable, tidy

SORTS = (RELEVANCE, NEWEST, ADOPTED, EVIDENCE, SIMILAR, DISTANCE)
MAX_VALUES = 20
MAX_NAME = 120
LAST_PAGE = WINDOW // PAGE_SIZE
_VALUE = re.compile(r"[\w-]{1,160}")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_POINT = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,12})?) ?, ?(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)", re.ASCII)
# Of a degree: about a kilometre, which is near enough for a list and too far for a front door.
POINT_DECIMALS = 2


@dataclass(frozen=True, kw_only=True)
class SearchState:
    """What the reader asked for. `was_cut`: the text was longer than a search may be. `like`: a council's slug.

    `near`: the slug or name of a place or council, or a point as “51.51,-0.12”. `exact`: the words as they were typed,
    even if they find nothing and others would.
    """

    text: str = ""
    was_cut: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = RELEVANCE
    like: str = ""
    near: str = ""
    exact: bool = False
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many filters are on."""
        return sum(len(values) for values in self.filters.values())

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.chosen

    @property
    def quotable(self) -> str:
        """The words as a sentence quotes them."""
        return quotable(self.text)

    def query(self, *, members: bool, like: tuple[str, ...] = (), near: Point | None = None) -> SearchQuery:
        """`like` are the slugs of the councils that `SIMILAR` wants first; `near` is where `self.near` is."""
        return SearchQuery(
            text=self.text,
            filters=self.filters,
            sort=self.sort,
            page=self.page,
            members=members,
            counts=tuple(FACETS),
            like=like,
            near=near,
        )

    def pairs(self, *, text: bool = True, except_for: Collection[str] = ()) -> list[tuple[str, str]]:
        """The parameters of this state on its first page, in one order, so that one state has one address."""
        found = [("q", self.text)] if text and self.text else []
        found += [(name, value) for name in FACETS for value in self.filters.get(name, ())]
        found += [(name, value) for name, value in (("like", self.like), ("near", self.near)) if value]
        if self.sort != RELEVANCE:
            found.append(("sort", self.sort))
        if self.exact:
            found.append(("exact", "1"))
        return [pair for pair in found if pair[0] not in except_for]

    @property
    def address(self) -> str:
        return f"?{urlencode(self.pairs())}"

    def without(self, name: str, value: str) -> "SearchState":
        left = tuple(one for one in self.filters.get(name, ()) if one != value)
        return replace(self, page=1, filters={**self.filters, name: left})

    def without_filters(self) -> "SearchState":
        return replace(self, page=1, filters={})

    def sorted_by(self, sort: str, *, like: str = "") -> "SearchState":
        return replace(self, page=1, sort=sort, like=like or self.like)

    def without_like(self) -> "SearchState":
        return replace(self, page=1, like="", sort=RELEVANCE if self.sort == SIMILAR else self.sort)

    def without_near(self) -> "SearchState":
        return replace(self, page=1, near="", sort=RELEVANCE if self.sort == DISTANCE else self.sort)

    def nearest_to(self, near: str) -> "SearchState":
        return replace(self, page=1, near=_near(near), sort=DISTANCE)

    def as_typed(self) -> "SearchState":
        return replace(self, page=1, exact=True)

    def spelled(self, text: str) -> "SearchState":
        """The same search in other words."""
        return replace(self, page=1, text=text, was_cut=False, exact=False)


def read(params: QueryDict) -> SearchState:
    """Read an address. Unknown parameters and values, and pages that are no number, are left out without a word."""
    text = tidy(params.get("q", "")[: MAX_LENGTH * 10])
    filters = {}
    for name, facet in FACETS.items():
        asked = dict.fromkeys(value for value in params.getlist(name)[: MAX_VALUES * 2] if _VALUE.fullmatch(value))
        if values := tuple(value for value in asked if facet.accepts(value))[:MAX_VALUES]:
            filters[name] = values
    sort = params.get("sort", RELEVANCE)
    page = params.get("page", "1")
    return SearchState(
        text=text[:MAX_LENGTH].strip(),
        was_cut=len(text) > MAX_LENGTH,
        filters=filters,
        sort=sort if sort in SORTS else RELEVANCE,
        like=tidy(params.get("like", "")[:MAX_NAME]),
        near=_near(tidy(params.get("near", "")[:MAX_NAME])),
        exact=bool(text) and params.get("exact", "") == "1",
        page=min(max(int(page), 1), LAST_PAGE) if _NUMBER.fullmatch(page) else 1,
    )


def point_in(near: str) -> Point | None:
    """The point that “51.51,-0.12” is; None for a name, and for what is no place on earth."""
    if not (found := _POINT.fullmatch(near)):
        return None
    lat, lng = (round(float(part), POINT_DECIMALS) for part in found.groups())
    return Point(lat, lng) if abs(lat) <= 90 and abs(lng) <= 180 else None


def _near(text: str) -> str:
    """A point as one state writes it, however exactly it was given; a name as it is."""
    point = point_in(text)
    return f"{point.lat:g},{point.lng:g}" if point else text
