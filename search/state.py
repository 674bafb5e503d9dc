"""A search as its address says it. Every state of the page is a URL, and what a URL should not hold is dropped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.engines.base import ADOPTED, EVIDENCE, NEWEST, PAGE_SIZE, RELEVANCE, SIMILAR, WINDOW, SearchQuery
from search.facets import FACETS
from search.text import MAX_LENGTH, tidy

SORTS = (RELEVANCE, NEWEST, ADOPTED, EVIDENCE, SIMILAR)
MAX_VALUES = 20
MAX_LIKE = 120
LAST_PAGE = WINDOW // PAGE_SIZE
_VALUE = re.compile(r"[\w-]{1,160}")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SearchState:
    """What the reader asked for. `was_cut`: the text was longer than a search may be. `like`: a council's slug."""

    text: str = ""
    was_cut: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = RELEVANCE
    like: str = ""
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many filters are on."""
        return sum(len(values) for values in self.filters.values())

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.chosen

    def query(self, *, members: bool, like: tuple[str, ...] = ()) -> SearchQuery:
        """`like` are the slugs of the councils that `SIMILAR` wants first."""
        return SearchQuery(
            text=self.text,
            filters=self.filters,
            sort=self.sort,
            page=self.page,
            members=members,
            counts=tuple(FACETS),
            like=like,
        )

    def pairs(self, *, text: bool = True) -> list[tuple[str, str]]:
        """The parameters of this state on its first page, in one order, so that one state has one address."""
        found = [("q", self.text)] if text and self.text else []
        found += [(name, value) for name in FACETS for value in self.filters.get(name, ())]
        if self.like:
            found.append(("like", self.like))
        if self.sort != RELEVANCE:
            found.append(("sort", self.sort))
        return found

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
        return replace(self, page=1, like="", sort=RELEVANCE)


def read(params: QueryDict) -> SearchState:
    """Read an address. Unknown parameters and values, and pages that are no number, are left out without a word."""
    text = tidy(params.get("q", "")[: MAX_LENGTH * 10])
    filters = {}
    for name, facet in FACETS.items():
        asked = dict.fromkeys(value for value in params.getlist(name)[: MAX_VALUES * 2] if _VALUE.fullmatch(value))
        if values := tuple(value for value in asked if facet.accepts(value))[:MAX_VALUES]:
            filters[name] = values
    sort = params.get("sort", RELEVANCE)
    like = tidy(params.get("like", "")[:MAX_LIKE])
    page = params.get("page", "1")
    return SearchState(
        text=text[:MAX_LENGTH].strip(),
        was_cut=len(text) > MAX_LENGTH,
        filters=filters,
        sort=sort if sort in SORTS else RELEVANCE,
        like=like,
        page=min(max(int(page), 1), LAST_PAGE) if _NUMBER.fullmatch(page) else 1,
    )
