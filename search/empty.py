"""For somebody who found nothing: what begins like their words, and what there is without a filter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from search import panel, selectors
from search.asking import Asked
from search.cards import local

# Every number is a question to the engine.
MOST_WAYS = 4
TITLES = 5


@dataclass(frozen=True)
class Way:
    """What the search finds without some of its filters. `labels` are those left out; none of them: all."""

    labels: Sequence[str]
    total: int
    url: str


def nearest(asked: Asked) -> list[dict[str, Any]]:
    """Things whose title begins like one of the words."""
    found = {}
    for word in sorted(asked.query.words.literals, key=len, reverse=True)[:3]:
        for one in selectors.suggest(word[: max(3, len(word) // 2)], size=3):
            found[one.url] = {"text": one.title, "url": local(one.url)}
    return list(found.values())[:TITLES]


def ways_out(asked: Asked, groups: Sequence[panel.Group]) -> list[Way]:
    """What there is without the values of one facet, and without any filter; nothing that finds nothing either."""
    chosen = [(group, [option.label for option in group.chosen]) for group in groups if group.chosen]
    found = []
    if len(chosen) > 1:
        for group, labels in chosen[:MOST_WAYS]:
            filters = {name: values for name, values in asked.state.filters.items() if name != group.name}
            found.append(_way(asked, labels, filters))
    if chosen:
        found.append(_way(asked, chosen[0][1] if len(chosen) == 1 else [], {}))
    return [way for way in found if way.total]


def _way(asked: Asked, labels: Sequence[str], filters: dict[str, tuple[str, ...]]) -> Way:
    state = replace(asked.state, page=1, filters=filters)
    query = replace(asked.query, page=1, size=1, counts=(), filters=filters)
    return Way(labels, selectors.search(query).results.total, state.address)
