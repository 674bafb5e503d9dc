"""For somebody who found nothing: what begins like their words, and what there is without a filter.

The engine has found all this with the search itself; here it becomes words and addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from search import panel
from search.asking import Asked
from search.cards import local
from search.engines.base import ANY

MOST_WAYS = 4


@dataclass(frozen=True)
class Way:
    """What the search finds without some of its filters. `labels` are those left out; none of them: all."""

    labels: Sequence[str]
    total: int
    url: str


def nearest(asked: Asked) -> list[dict[str, Any]]:
    """Things whose title begins like one of the words."""
    return [{"text": one.title, "url": local(one.url)} for one in asked.results.nearest]


def ways_out(asked: Asked, groups: Sequence[panel.Group]) -> list[Way]:
    """What there is without the values of one facet, and without any filter; nothing that finds nothing either."""
    chosen = [(group.name, [option.label for option in group.chosen]) for group in groups if group.chosen]
    found = [_way(asked, name, labels) for name, labels in chosen[:MOST_WAYS]] if len(chosen) > 1 else []
    if chosen:
        found.append(_way(asked, ANY, chosen[0][1] if len(chosen) == 1 else []))
    return [way for way in found if way.total]


def _way(asked: Asked, left_out: str, labels: Sequence[str]) -> Way:
    """Without one facet's values, or without all (`ANY`)."""
    kept = {name: values for name, values in asked.state.filters.items() if left_out not in {name, ANY}}
    state = replace(asked.state, page=1, filters=kept)
    return Way(labels, asked.results.without.get(left_out, 0), state.address)
