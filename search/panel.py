"""The filters of the page: groups of values with counts, the chosen ones as removable tags, the orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.documents import Term
from search.engines.base import ADOPTED, DISTANCE, EVIDENCE, NEWEST, RELEVANCE, SIMILAR, FacetCount
from search.facets import FACETS, Facet
from search.state import SORTS, SearchState

MOST_VALUES = 60
NAMES = frozenset(FACETS)
# The first of them stand open; the rest are behind “More filters”.
FIRST = ("type", "outcome", "evidence", "topic", "programme")

SORT_NAMES = {
    RELEVANCE: _("Best match"),
    NEWEST: _("Newest"),
    ADOPTED: _("Most adopted"),
    EVIDENCE: _("Strongest evidence"),
    SIMILAR: _("Similar to a council"),
    DISTANCE: _("Distance"),
}


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


def groups(
    state: SearchState,
    counts: Mapping[str, Sequence[FacetCount]],
    names: Mapping[str, Mapping[str, Term]] | None = None,
) -> list[Group]:
    """One group for each facet that has anything to choose. `names` are those of chosen values without a count."""
    named = names or {}
    found = [
        Group(
            facet.name,
            facet.label,
            _options(
                facet,
                [named.get(facet.name, {}).get(value, Term(value)) for value in state.filters.get(facet.name, ())],
                counts.get(facet.name, ()),
            ),
        )
        for facet in FACETS.values()
    ]
    return [group for group in found if group.options]


def _options(facet: Facet, wanted: Sequence[Term], counts: Sequence[FacetCount]) -> list[Option]:
    """The values in the facet's own order, or the most frequent first; chosen ones are there even at nought."""
    by_value = {one.term.value: one for one in counts}
    for term in wanted:
        by_value.setdefault(term.value, FacetCount(term, 0))
    chosen = {term.value for term in wanted}
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


def tags(state: SearchState, found: Sequence[Group], *, council: str = "", near: str = "") -> list[dict[str, Any]]:
    """Everything that narrows or orders this search, each with the address of the search without it.

    `council` and `near` are the names of what `state.like` and `state.near` mean; without a name there is no tag.
    """
    tags = []
    if state.text:
        tags.append({"facet": _("words"), "label": f"“{state.text}”", "url": state.without_text().address})
    tags += [
        {"facet": group.label, "label": option.label, "url": state.without(group.name, option.value).address}
        for group in found
        for option in group.chosen
    ]
    if council and state.like:
        label = gettext("Like %(council)s") % {"council": council}
        tags.append({"facet": SORT_NAMES[SIMILAR], "label": label, "url": state.without_like().address})
    if near and state.near:
        label = gettext("Near %(place)s") % {"place": near}
        tags.append({"facet": SORT_NAMES[DISTANCE], "label": label, "url": state.without_near().address})
    return tags


def sorts(state: SearchState, *, council: str = "", near: str = "") -> list[dict[str, Any]]:
    """The orders to choose from; without words the newest come first anyway.

    `council` is what “similar” is to, and `near` where distance is from.
    """
    own = {
        SIMILAR: gettext("Similar to %(council)s") % {"council": council} if council else SORT_NAMES[SIMILAR],
        DISTANCE: gettext("Distance from %(place)s") % {"place": near} if near else SORT_NAMES[DISTANCE],
    }
    found = []
    for name in SORTS if state.text else SORTS[1:]:
        usual = RELEVANCE if name == NEWEST and not state.text else name
        found.append(
            {
                "label": own.get(name, SORT_NAMES[name]),
                "url": state.sorted_by(usual).address,
                "current": state.sort in {name, usual},
            }
        )
    return found


@dataclass(frozen=True)
class Unknown:
    """A value in the address that nothing has, and the address without it."""

    facet: Any
    value: str
    url: str


def known_only(
    state: SearchState, counts: Mapping[str, Sequence[FacetCount]]
) -> tuple[SearchState, dict[str, Mapping[str, Term]], list[Unknown]]:
    """The search without the values that do not exist, the names of those that do but have no count, and the former.

    Only values of open facets that were counted nowhere are looked up, one query a facet: usually none.
    """
    names: dict[str, Mapping[str, Term]] = {}
    unknown: list[Unknown] = []
    left = state
    for facet in FACETS.values():
        counted = {one.term.value for one in counts.get(facet.name, ())}
        doubtful = [value for value in state.filters.get(facet.name, ()) if value not in counted]
        if not doubtful or facet.known is None:
            continue
        names[facet.name] = facet.known(doubtful)
        for value in doubtful:
            if value not in names[facet.name]:
                unknown.append(Unknown(facet.label, value, state.without(facet.name, value).address))
                left = left.without(facet.name, value)
    return replace(left, page=state.page), names, unknown
