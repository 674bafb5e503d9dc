"""Searches that people follow: their one form, their words, and what of some documents they find.

What a follower hears of is new case studies, briefings, asks, entries of places' records, and opportunities that open,
so the one form of a search asks for those of them that the reader asked for, or for all; how results are sorted, from
where distances are measured and which page is shown make no other search.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search import engines
from search.documents import Term, asks, briefings, case_studies, document_key, opportunities, record
from search.engines.base import NEWEST, Hit, SearchQuery
from search.facets import FACETS
from search.models import SavedSearch
from search.sentence import about
from search.state import SearchState
from search.text import parse

EVERYTHING = gettext_lazy("Type a few words or choose a filter, and you can follow the search.")
NO_WORDS = gettext_lazy(
    "There is no word in this search that anything could be found by, so there is nothing to follow."
)
NOTHING_TO_TELL = gettext_lazy(
    "We write when there is a new case study, briefing, ask or opportunity, or a new entry in a place’s record. "
    "Search among those to follow a search."
)
_COMMON = frozenset({"type", "topic", "council", "tier", "region", "access"})
# What a followed search can bring, and the filters that each has.
TOLD: Mapping[str, frozenset[str]] = {
    asks.TYPE: _COMMON | {"place"},
    briefings.TYPE: _COMMON | {"programme"},
    case_studies.TYPE: frozenset(FACETS),
    opportunities.TYPE: _COMMON | {"place", "programme"},
    record.TYPE: _COMMON | {"place", "programme", "year"},
}


def canonical(state: SearchState) -> SearchState:
    """The same question in its one form: each filter's values in order, and no type where all may be told."""
    filters = {name: tuple(sorted(state.filters[name])) for name in FACETS if state.filters.get(name)}
    filters.pop("type", None)
    types = _types(state)
    return SearchState(
        text=state.text, filters=filters if types == TOLD.keys() else {**filters, "type": tuple(sorted(types))}
    )


def _types(state: SearchState) -> frozenset[str]:
    """What it can bring of what may be told: nothing that has not every filter that was chosen."""
    chosen = {name for name, values in state.filters.items() if values}
    asked = state.filters.get("type") or TOLD
    return frozenset(name for name, filters in TOLD.items() if name in asked and chosen <= filters)


def key_of(state: SearchState) -> str:
    """The same for every way to ask the same; capitals make no difference to a search."""
    pairs = urlencode([(name, value.casefold()) for name, value in canonical(state).pairs()])
    return hashlib.sha256(pairs.encode()).hexdigest()


def why_not(state: SearchState) -> str | Promise | None:
    """Why nobody can follow this search; None if they can."""
    if not _types(state):
        return NOTHING_TO_TELL
    if state.text and not parse(state.text):
        return NO_WORDS
    if not state.text and not any(values for name, values in state.filters.items() if name != "type"):
        return EVERYTHING
    return None


@transaction.atomic
def keep(state: SearchState) -> SavedSearch:
    """The row of this search, made if nobody asked for it before. Being asked for keeps it from being forgotten."""
    own = canonical(state)
    key, facts = key_of(own), {"text": own.text, "filters": {name: list(v) for name, v in own.filters.items()}}
    saved, made = SavedSearch.objects.get_or_create(key=key, defaults=facts)
    if not made and not SavedSearch.objects.filter(pk=saved.pk).update(wanted_at=timezone.now()):
        saved = SavedSearch.objects.create(key=key, **facts)  # it was being forgotten at this moment
    return saved


def state_of(saved: SavedSearch) -> SearchState:
    return SearchState(text=saved.text, filters={name: tuple(values) for name, values in saved.filters.items()})


@dataclass(frozen=True, kw_only=True)
class InWords:
    """`title` stands alone; `name` stands in a sentence: “because you follow the search “empty shops””."""

    title: str
    name: str
    url: str


def in_words(searches: Iterable[SavedSearch]) -> dict[int, InWords]:
    """Each search in the active language, those left out that cannot find anything any more.

    That is so when a filter has no value left that exists. One query for each open facet among them, however many.
    """
    states = {one.pk: state_of(one) for one in searches}
    names = _names(states.values())
    return {
        pk: _worded(state, names)
        for pk, state in states.items()
        if all(any(value in names[name] for value in values) for name, values in state.filters.items() if values)
    }


def _names(states: Iterable[SearchState]) -> Mapping[str, Mapping[str, str]]:
    """Facet → the values that exist → their names."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for state in states:
        for name, values in state.filters.items():
            wanted[name].update(values)
    return {name: _names_of(name, values) for name, values in wanted.items()}


def _names_of(name: str, values: Collection[str]) -> Mapping[str, str]:
    facet = FACETS.get(name)
    if facet is None:
        return {}
    if facet.choices is not None:
        return {value: facet.label_of(Term(value)) for value in values if facet.accepts(value)}
    known = facet.known(values) if facet.known else {}
    return {value: facet.label_of(term) for value, term in known.items()}


def _worded(state: SearchState, names: Mapping[str, Mapping[str, str]]) -> InWords:
    def labels(facet: str) -> list[str]:
        return [names[facet][value] for value in state.filters.get(facet, ()) if value in names.get(facet, {})]

    title, name = _called(state, about(state, labels=labels))
    if state.text and not any(state.filters.values()):
        name = _("the search “%(text)s”") % {"text": state.quotable}
    return InWords(title=title, name=name, url=f"{reverse('search')}{state.address}")


# What a search of one kind of thing is called, alone and in a sentence; both wait for what is `asked`.
_OF_ONE_KIND = {
    asks.TYPE: (gettext_lazy("Asks %(asked)s"), gettext_lazy("the search for asks %(asked)s")),
    briefings.TYPE: (gettext_lazy("Briefings %(asked)s"), gettext_lazy("the search for briefings %(asked)s")),
    case_studies.TYPE: (gettext_lazy("Case studies %(asked)s"), gettext_lazy("the search for case studies %(asked)s")),
    opportunities.TYPE: (
        gettext_lazy("Opportunities %(asked)s"),
        gettext_lazy("the search for opportunities %(asked)s"),
    ),
    record.TYPE: (
        gettext_lazy("Entries of places’ records %(asked)s"),
        gettext_lazy("the search for entries of places’ records %(asked)s"),
    ),
}


def _called(state: SearchState, asked: str) -> tuple[str, str]:
    """A search by what it brings, alone and in a sentence."""
    types = state.filters.get("type", ())
    if len(types) == 1 and types[0] in _OF_ONE_KIND:
        title, name = _OF_ONE_KIND[types[0]]
        return title % {"asked": asked}, name % {"asked": asked}
    if types and set(types) != _types(_of_any_type(state)):
        kinds = ", ".join(FACETS["type"].label_of(Term(one)) for one in types)
        words = {"kinds": kinds, "asked": asked}
        return _("%(kinds)s %(asked)s") % words, _("the search (%(kinds)s) %(asked)s") % words
    words = {"asked": asked}
    return _("Everything new %(asked)s") % words, _("the search for everything new %(asked)s") % words


def _of_any_type(state: SearchState) -> SearchState:
    return SearchState(
        text=state.text, filters={name: values for name, values in state.filters.items() if name != "type"}
    )


def among(search: SavedSearch, keys: Sequence[str], *, members: bool) -> list[Hit]:
    """What this search finds among these documents, in one question to the database's engine.

    Nothing that it would find only by asking for less: among a few documents that would be nearly anything.
    """
    state = state_of(search)
    query = SearchQuery(
        text=state.text, filters=state.filters, sort=NEWEST, size=len(keys), members=members, keys=tuple(keys)
    )
    results = engines.database().search(query)
    wanted = set(keys)
    hits = [hit for hit in results.hits if document_key(hit.kind, hit.object_id) in wanted]
    return [] if results.relaxed else hits
