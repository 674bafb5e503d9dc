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
    has enough of what was typed (`typed`) and something has in words spelled otherwise, in these. `names` are those of
    chosen values without a count.
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
        """The question that was answered, for another page of it, or its map."""
        query = _query(self.state, self.like, self.near, members=self.members)
        return replace(query, relaxed=self.results.relaxed)

    def page(self) -> Page:
        """Where in the results this is."""
        return Paginator(range(min(self.results.total, WINDOW)), PAGE_SIZE).get_page(self.state.page)


def ask(state: SearchState, *, user: Any, size: int = PAGE_SIZE, count: bool = True) -> Asked:
    """Search; if the address has values that do not exist, or words that nothing spells so, search again without.

    `count`: how many there are of each value of every filter, which only a page with filters needs; else of those that
    are chosen, by which a value that does not exist is known.
    """
    like, near, members = likeness.read(state, user=user), nearness.read(state), is_member(user)

    def search(wanted: SearchState) -> selectors.Found:
        query = replace(_query(wanted, like, near, members=members), size=size, help=True)
        return selectors.search(query if count else replace(query, counts=tuple(query.filters)))

    found = search(state)
    known, names, unknown = panel.known_only(state, found.results.facets)
    if unknown:
        found = search(known)
    results, typed = found.results, None
    better = results.corrected
    if better and better.enough and not known.exact:
        known, typed = replace(known.spelled(results.correction), page=known.page), known
        results = better
    asked = Asked(
        state=known,
        like=like,
        near=near,
        members=members,
        results=results,
        reserve=found.reserve,
        names=names,
        unknown=unknown,
        typed=typed,
    )
    number = asked.page().number
    if size == PAGE_SIZE and number != known.page and results.total:
        last = selectors.search(replace(asked.query, page=number)).results
        asked = replace(asked, state=replace(known, page=number), results=replace(results, hits=last.hits))
    return asked


def _query(state: SearchState, like: likeness.Likeness, near: nearness.Nearness, *, members: bool) -> SearchQuery:
    return state.query(members=members, like=like.order, near=near.point)
