"""The results of a search on a map of the kingdom: what stands together is one mark, and a list says the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from casestudies.choices import Outcome
from core import maps
from search import selectors
from search.asking import Asked
from search.cards import local
from search.documents import sources
from search.engines.base import MapPoint

# More than these nobody can tell apart on one picture.
MOST_POINTS = 2000
# Radius of a mark where the whole kingdom is shown, in the outline's units; a closer look draws smaller ones.
RADIUS = 5.2
# Marks whose middles are closer than this many radii are one.
TOGETHER = 2.1
# A closer look never shows less than this many units (about 90 km), so that there is a coast to see.
LEAST = 30.0
CLOSER = ("region", "council", "place")

SHAPES = {
    "worked": "worked",
    "partly_worked": "partly-worked",
    "did_not_work": "did-not-work",
    "too_early": "open",
    "": "ahead",
}
KEY = (
    ("worked", gettext_lazy("Worked")),
    ("partly-worked", gettext_lazy("Partly worked")),
    ("did-not-work", gettext_lazy("Did not work")),
    ("open", gettext_lazy("Too early to say")),
    ("ahead", gettext_lazy("No outcome told")),
    ("site", gettext_lazy("Council, community or place")),
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One result at one point; `kind` and `outcome` are in words."""

    title: str
    url: str
    kind: str
    outcome: str
    shape: str


@dataclass(kw_only=True)
class Spot:
    """A mark on the map: `items` that stand at the same point or too close to be told apart."""

    x: float
    y: float
    number: int
    items: list[Item] = field(default_factory=list)

    @property
    def words(self) -> str:
        """“3 here. Worked: 2, Did not work: 1”"""
        names = {shape: str(name) for shape, name in KEY}
        counts = Counter(item.shape for item in self.items)
        parts = [f"{names[shape]}: {n}" for shape, n in counts.most_common()]
        return gettext("%(n)s here. %(parts)s") % {"n": len(self.items), "parts": ", ".join(parts)}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """`view` is the view box, `size` the radius of a mark. `here` is where distance is from.

    `placed` of the results are on the map and `without` are not, having no place that the reader may know; None where
    there are more points than one picture holds (`cut`).
    """

    outline: maps.Outline
    spots: Sequence[Spot]
    view: str
    size: float
    key: Sequence[tuple[str, str, int]]
    placed: int
    without: int | None
    cut: bool
    here: tuple[float, float] | None


def draw(asked: Asked) -> Drawn:
    """Two questions to the engine: what is found, which `asked` holds, and where that is."""
    points = selectors.points(asked.query, limit=MOST_POINTS) if asked.results.total else []
    shown = [point for point in points if maps.is_on_map(point.lat, point.lng)]
    located = [maps.project(point.lat, point.lng) for point in shown]
    left, top, width, height = _view(located, closer=any(asked.state.filters.get(name) for name in CLOSER))
    outline = maps.outline()
    size = round(RADIUS * max(width / outline.width, height / outline.height), 2)
    spots: list[Spot] = []
    for point, (x, y) in zip(shown, located, strict=True):
        _spot_at(spots, x, y, reach=size * TOGETHER).items.append(_item(point))
    placed = len({point.key for point in shown})
    cut = len(points) >= MOST_POINTS
    counts = Counter(item.shape for spot in spots for item in spot.items)
    near = asked.near.point
    return Drawn(
        outline=outline,
        spots=spots,
        view=f"{left:g} {top:g} {width:g} {height:g}",
        size=size,
        key=[(shape, str(words), counts[shape]) for shape, words in KEY if shape in counts],
        placed=placed,
        without=None if cut else max(0, asked.results.total - placed),
        cut=cut,
        here=maps.project(near.lat, near.lng) if near else None,
    )


def _spot_at(spots: list[Spot], x: float, y: float, *, reach: float) -> Spot:
    for spot in spots:
        if (spot.x - x) ** 2 + (spot.y - y) ** 2 <= reach * reach:
            return spot
    spots.append(Spot(x=x, y=y, number=len(spots) + 1))
    return spots[-1]


def _item(point: MapPoint) -> Item:
    source: Any = sources().get(point.kind)
    shape = SHAPES.get(point.outcome, "ahead") if point.kind == "case_study" else "site"
    kind = str(source.label_one) if source else ""
    outcome = str(dict(Outcome.choices).get(point.outcome, ""))
    return Item(title=point.title, url=local(point.url), kind=kind, outcome=outcome, shape=shape)


def _view(points: Sequence[tuple[float, float]], *, closer: bool) -> tuple[float, float, float, float]:
    """The whole kingdom, or only what holds these points, in the same proportions and inside it."""
    outline = maps.outline()
    if not closer or not points:
        return 0, 0, outline.width, outline.height
    xs, ys = [x for x, _ in points], [y for _, y in points]
    shape = outline.height / outline.width
    width = max(max(xs) - min(xs), (max(ys) - min(ys)) / shape) * 1.25
    width = min(max(width, LEAST), outline.width)
    height = width * shape
    left = min(max((max(xs) + min(xs) - width) / 2, 0), outline.width - width)
    top = min(max((max(ys) + min(ys) - height) / 2, 0), outline.height - height)
    return round(left, 1), round(top, 1), round(width, 1), round(height, 1)
