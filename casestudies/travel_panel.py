"""The pictures of the adoption panel: where the adopters are, and one figure in each place."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from casestudies import forest
from casestudies.selectors.travel import Adopter
from casestudies.travel import fate
from core.maps import MapPoint, SmallMap, small_map

SHAPES = {
    "worked": "worked",
    "partly": "partly-worked",
    "failed": "did-not-work",
    "stopped": "did-not-work",
    "open": "open",
    "ahead": "ahead",
}
KEY = (
    ("origin", gettext_lazy("Where it was tried first")),
    ("worked", gettext_lazy("Worked")),
    ("partly-worked", gettext_lazy("Partly worked")),
    ("did-not-work", gettext_lazy("Stopped or did not work")),
    ("open", gettext_lazy("Too early to say")),
    ("ahead", gettext_lazy("Interested or planning")),
)


def travel_map(*, rows: Iterable[Adopter], organisation: Any, places: Sequence[Any]) -> SmallMap | None:
    """The origin and every adopter; an adopter without a place stands where its council is."""
    points = [_point(row) for row in rows]
    origins = [_located(place, place.name, "origin") for place in places]
    if not any(origins) and organisation is not None:
        origins = [_located(organisation, organisation.short_name, "origin")]
    label = gettext(
        "Map of the United Kingdom: where it was tried first, and who tried it too. The list says the same."
    )
    return small_map([point for point in [*origins, *points] if point], label=label)


def map_key(drawn: SmallMap | None) -> list[tuple[str, str, int]]:
    """Shape, words and number of what is on the map."""
    counts = drawn.counts if drawn else {}
    return [(shape, str(words), counts[shape]) for shape, words in KEY if shape in counts]


def _point(row: Adopter) -> MapPoint | None:
    adoption = row.adoption
    how = adoption.get_outcome_display() or adoption.get_status_display()
    shape = SHAPES[fate(adoption)]
    name = adoption.place.name if adoption.place else adoption.organisation.short_name
    return _located(adoption.place or adoption.organisation, f"{name}: {how}", shape)


def _located(where: Any, label: str, shape: str) -> MapPoint | None:
    if where.lat is None or where.lng is None:
        return None
    return MapPoint(lat=where.lat, lng=where.lng, label=label, shape=shape)


def compare(
    *, organisation: Any, measures: Iterable[Any], rows: Iterable[Adopter], asked: str, most: int | None = None
) -> dict[str, Any]:
    """`choices`, the indicators that can be compared, and `plot`, that of the one asked for or else of the first."""
    origin = organisation.short_name if organisation else gettext("Where it began")
    entries = [forest.Entry(who=origin, measure=measure, is_origin=True) for measure in measures]
    entries += [
        forest.Entry(who=row.adoption.organisation.short_name, measure=measure, is_example=row.is_example)
        for row in rows
        for measure in row.adoption.measure_list
    ]
    drawn = {one.key: plot for one in forest.choices(entries) if (plot := forest.plot(one, most=most))}
    plot = drawn.get(asked) or next(iter(drawn.values()), None)
    return {"choices": [one.choice for one in drawn.values()], "plot": plot}
