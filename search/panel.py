"""The filters of the page: groups of values with counts, the chosen ones as removable tags, the orders."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from search.documents import Term
from search.engines.base import ADOPTED, DISTANCE, EVIDENCE, NEWEST, RELEVANCE, SIMILAR, FacetCount
from search.facets import FACETS, Facet
from search.state import SORTS, SearchState

# Of an open facet: those that a page shows, and those that it shows where all are asked for (`?all=council`).
SHOWN = 15
MOST_VALUES = 200
ALL = "all"
NAMES = frozenset(FACETS)
# The first of them stand open; the rest are behind “More filters”.
FIRST = ("type", "outcome", "evidence", "topic", "programme")

# What leads to the rest of a facet; there are always more than SHOWN.
ALL_OF = {
    "topic": _("All %(n)s topics"),
    "programme": _("All %(n)s programmes"),
    "year": _("All %(n)s years"),
    "region": _("All %(n)s regions and nations"),
    "council": _("All %(n)s councils"),
    "place": _("All %(n)s places"),
}

SORT_NAMES = {
    RELEVANCE: _("Best match"),
    NEWEST: _("Newest"),
    ADOPTED: _("Most adopted"),
    EVIDENCE: _("Strongest evidence"),
    SIMILAR: _("Similar to a council"),
    DISTANCE: _("Distance"),
}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class More:
    """To all the values of a facet, or back to the first few of them."""

    label: str
    url: str
    is_full: bool


@dataclass(frozen=True)
class Group:
    name: str
    label: Any
    options: Sequence[Option]
    more: More | None = None

    @property
    def is_first(self) -> bool:
        return self.name in FIRST

    @property
    def is_full(self) -> bool:
        """Whether all its values are there because the reader asked for them."""
        return bool(self.more and self.more.is_full)

    @property
    def chosen(self) -> Sequence[Option]:
        return [option for option in self.options if option.checked]


def groups(
    state: SearchState,
    counts: Mapping[str, Sequence[FacetCount]],
    names: Mapping[str, Mapping[str, Term]] | None = None,
    *,
    full: str = "",
) -> list[Group]:
    """One group for each facet that has anything to choose. `names` are those of chosen values without a count, and
    `full` is the facet to show with all its values.
    """
    named = names or {}
    found = []
    for facet in FACETS.values():
        known = named.get(facet.name, {})
        wanted = [known.get(value, Term(value)) for value in state.filters.get(facet.name, ())]
        found.append(_group(state, facet, wanted, counts.get(facet.name, ()), full=facet.name == full))
    return [group for group in found if group.options]


def _group(
    state: SearchState, facet: Facet, wanted: Sequence[Term], counts: Sequence[FacetCount], *, full: bool
) -> Group:
    """A closed facet's values are few: all of them, in its own order. Of an open one the most frequent (of years the
    latest) and those that are chosen, even at nought; or, by name, all.
    """
    by_value = {one.term.value: one for one in counts}
    for term in wanted:
        by_value.setdefault(term.value, FacetCount(term, 0))
    chosen = {term.value for term in wanted}
    values = list(by_value.values())
    if facet.choices is not None:
        labels = facet.choices()
        order = {value: place for place, value in enumerate(labels)}
        values.sort(key=lambda one: order.get(one.term.value, len(order)))
        shown = [_option(one, str(labels.get(one.term.value, one.term.value)), chosen) for one in values]
        return Group(facet.name, facet.label, shown)
    if facet.latest_first:
        values.sort(key=lambda one: one.term.value, reverse=True)
    else:
        values.sort(key=lambda one: (-one.count, one.term.label.casefold()))
    more = None
    if len(values) > SHOWN:
        more = _more(state, facet, len(values), full=full)
        most = MOST_VALUES if full else SHOWN
        values = [*values[:most], *(one for one in values[most:] if one.term.value in chosen)]
    options = [_option(one, facet.label_of(one.term), chosen) for one in values]
    if more and full and not facet.latest_first:
        options.sort(key=lambda option: option.label.casefold())
    return Group(facet.name, facet.label, options, more)


def _option(one: FacetCount, label: str, chosen: Collection[str]) -> Option:
    return Option(one.term.value, label, one.count, one.term.value in chosen)


def _more(state: SearchState, facet: Facet, number: int, *, full: bool) -> More:
    here = f"#filter-{facet.name}"
    if full:
        return More(gettext("Show fewer"), f"{state.address}{here}", is_full=True)
    label = ALL_OF[facet.name] if number < MOST_VALUES else _("The %(n)s most frequent")
    address = urlencode([*state.pairs(), (ALL, facet.name)])
    return More(label % {"n": min(number, MOST_VALUES)}, f"?{address}{here}", is_full=False)


def chosen_labels(found: Sequence[Group]) -> Callable[[str], Sequence[str]]:
    labels = {group.name: [option.label for option in group.chosen] for group in found}
    return lambda name: labels.get(name, [])


def tags(state: SearchState, found: Sequence[Group], *, council: str = "", near: str = "") -> list[dict[str, Any]]:
    """What narrows or orders this search beside the words, which the box shows; each with the address without it.

    `council` and `near` are the names of what `state.like` and `state.near` mean; without a name there is no tag.
    """
    tags = [
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
