"""From what an address asks to what is found: what the page, the file, the map and the feed have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator

from members.permissions import is_member
from search import likeness, nearness, panel, selectors
from search.documents import Term
from search.engines.base import PAGE_SIZE, WINDOW, SearchQuery, SearchResults
from search.state import SearchState


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search by one reader. `state` is what was searched for: without values that do not exist, and, where nothing
    has enough of what was typed (`typed`), in words spelled otherwise. `names` are those of chosen values without a
    count.
    """

    state: SearchState
    like: likeness.Likeness
    near: nearness.Nearness
    members: bool
    results: SearchResults
    reserve: bool = False
    names: Mapping[str, Mapping[str, Term]]
    unknown: Sequence[panel.Unknown] = ()
    typed: SearchState | None = None

    @property
    def query(self) -> SearchQuery:
        return _query(self.state, self.like, self.near, members=self.members)

    def page(self) -> Page:
        """Where in the results this is."""
        return Paginator(range(min(self.results.total, WINDOW)), PAGE_SIZE).get_page(self.state.page)


def ask(state: SearchState, *, user: Any, size: int = PAGE_SIZE) -> Asked:
    """Search; if the address has values that do not exist, or words that nothing spells so, search again without."""
    like, near, members = likeness.read(state, user=user), nearness.read(state), is_member(user)

    def search(wanted: SearchState) -> selectors.Found:
        return selectors.search(replace(_query(wanted, like, near, members=members), size=size))

    found = search(state)
    known, names, unknown = panel.known_only(state, found.results.facets)
    if unknown:
        found = search(known)
    typed = None
    if not found.results.enough and found.results.correction and not known.exact:
        spelled = replace(known.spelled(found.results.correction), page=known.page)
        again = search(spelled)
        if again.results.enough or not found.results.total:
            known, found, typed = spelled, again, known
    asked = Asked(
        state=known,
        like=like,
        near=near,
        members=members,
        results=found.results,
        reserve=found.reserve,
        names=names,
        unknown=unknown,
        typed=typed,
    )
    number = asked.page().number
    if size == PAGE_SIZE and number != known.page and found.results.total:
        results = selectors.search(replace(asked.query, page=number)).results
        asked = replace(asked, state=replace(known, page=number), results=results)
    return asked


def _query(state: SearchState, like: likeness.Likeness, near: nearness.Nearness, *, members: bool) -> SearchQuery:
    return state.query(members=members, like=like.order, near=near.point)
