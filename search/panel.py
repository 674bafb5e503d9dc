"""The filters of the page: groups of values with counts, the chosen ones as removable tags, the orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from search.documents import Term
from search.engines.base import NEWEST, RELEVANCE, FacetCount
from search.facets import FACETS, Facet
from search.state import SORTS, SearchState

MOST_VALUES = 60
# The first of them stand open; the rest are behind “More filters”.
FIRST = ("type", "outcome", "topic", "programme")

SORT_NAMES = {RELEVANCE: _("Best match"), NEWEST: _("Newest")}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Group:
    name: str
    label: Any
    options: Sequence[Option]

    @property
    def is_first(self) -> bool:
        return self.name in FIRST

    @property
    def chosen(self) -> Sequence[Option]:
        return [option for option in self.options if option.checked]


def groups(state: SearchState, counts: Mapping[str, Sequence[FacetCount]]) -> list[Group]:
    """One group for each facet that has anything to choose."""
    found = [
        Group(facet.name, facet.label, _options(facet, state.filters.get(facet.name, ()), counts.get(facet.name, ())))
        for facet in FACETS.values()
    ]
    return [group for group in found if group.options]


def _options(facet: Facet, chosen: Sequence[str], counts: Sequence[FacetCount]) -> list[Option]:
    """The values in the facet's own order, or the most frequent first; chosen ones are there even at nought."""
    by_value = {one.term.value: one for one in counts}
    for value in chosen:
        by_value.setdefault(value, FacetCount(Term(value), 0))
    some = sorted(by_value.values(), key=lambda one: (one.term.value not in chosen, -one.count))[:MOST_VALUES]
    options = [Option(one.term.value, facet.label_of(one.term), one.count, one.term.value in chosen) for one in some]
    if facet.choices is not None:
        order = list(facet.choices())
        return sorted(options, key=lambda option: order.index(option.value) if option.value in order else len(order))
    if facet.latest_first:
        return sorted(options, key=lambda option: option.value, reverse=True)
    return sorted(options, key=lambda option: (-option.count, option.label.casefold()))


def chosen_labels(found: Sequence[Group]) -> Callable[[str], Sequence[str]]:
    labels = {group.name: [option.label for option in group.chosen] for group in found}
    return lambda name: labels.get(name, [])


def tags(state: SearchState, found: Sequence[Group]) -> list[dict[str, Any]]:
    """The filters that are on, each with the address of the search without it."""
    return [
        {"facet": group.label, "label": option.label, "url": state.without(group.name, option.value).address}
        for group in found
        for option in group.chosen
    ]


def sorts(state: SearchState) -> list[dict[str, Any]]:
    return [
        {"label": SORT_NAMES[name], "url": state.sorted_by(name).address, "current": name == state.sort}
        for name in SORTS
    ]
