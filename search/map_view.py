"""Which part of the kingdom a map shows, and what stands too close together there to be told apart.

A part has the proportions of the whole, so that an address means the same on every screen. `static/js/map.js` has the
same arithmetic, for what moves under the hand; what it shows is replaced by what the server says as soon as it rests.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Any

from core import maps

# A step closer halves the width: at the last one it is 3 km.
MOST_ZOOM = 8.0
# Radius of a mark where the whole kingdom is shown, in the outline's units; a closer look draws smaller ones.
RADIUS = 5.2
# Marks whose middles are closer than this many radii are one; where there are many points, those of a wider circle.
TOGETHER, CROWDED_TOGETHER = 2.1, 3.6
CROWD = 80
# What is fitted to some points never shows less than this many units (about 90 km), so that there is a coast to see.
LEAST = 30.0
# A step to a side moves by so much of what is shown.
STEP = 0.5
_VIEW = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,6})?),(-?[0-9]{1,3}(?:\.[0-9]{1,6})?),([0-9](?:\.[0-9])?)", re.ASCII)


@dataclass(frozen=True)
class Box:
    """In the units of the outline."""

    left: float
    top: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    @property
    def words(self) -> str:
        """As the `viewBox` of a picture."""
        return f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"


@dataclass(frozen=True, kw_only=True)
class View:
    """The middle, in degrees, and how close: at `zoom` 0 the whole kingdom is shown, at 1 half its width."""

    lat: float
    lng: float
    zoom: float

    @property
    def address(self) -> str:
        """“52.48,-1.9,4”, as `read_view` reads it."""
        return f"{self.lat:g},{self.lng:g},{self.zoom:g}"

    @property
    def is_whole(self) -> bool:
        return self.zoom == 0

    @property
    def box(self) -> Box:
        """What is shown; never more than the kingdom."""
        outline = maps.outline()
        width, height = outline.width / 2**self.zoom, outline.height / 2**self.zoom
        x, y = maps.project(self.lat, self.lng)
        left = min(max(x - width / 2, 0), outline.width - width)
        top = min(max(y - height / 2, 0), outline.height - height)
        return Box(round(left, 3), round(top, 3), round(width, 3), round(height, 3))

    def closer(self, by: float) -> "View":
        return replace(self, zoom=round(min(max(self.zoom + by, 0), MOST_ZOOM), 1))

    def moved(self, across: int, down: int) -> "View":
        """A step to the right (or left, -1) and down (or up); itself at the edge."""
        box, outline = self.box, maps.outline()
        left = min(max(box.left + across * STEP * box.width, 0), outline.width - box.width)
        top = min(max(box.top + down * STEP * box.height, 0), outline.height - box.height)
        moved = at(left + box.width / 2, top + box.height / 2, self.zoom)
        return self if moved.box == box else moved


def at(x: float, y: float, zoom: float) -> View:
    """The look whose middle is at this point, in units."""
    lat, lng = maps.unproject(x, y)
    return View(lat=round(lat, 4), lng=round(lng, 4), zoom=zoom)


def whole() -> View:
    outline = maps.outline()
    return at(outline.width / 2, outline.height / 2, 0)


def read_view(text: str) -> View | None:
    """The part of the map that an address asks for; None for what is none."""
    if not (found := _VIEW.fullmatch(text)):
        return None
    lat, lng, zoom = (float(part) for part in found.groups())
    if zoom > MOST_ZOOM or not maps.is_on_map(lat, lng):
        return None
    return View(lat=round(lat, 4), lng=round(lng, 4), zoom=zoom) if zoom else whole()


def around(points: Iterable[tuple[float, float]], *, least: float = LEAST) -> View:
    """The closest look that shows all of these points, given in units, with some room around them."""
    some = list(points)
    if not some:
        return whole()
    xs, ys = [x for x, _ in some], [y for _, y in some]
    outline = maps.outline()
    width = max(max(xs) - min(xs), (max(ys) - min(ys)) * outline.width / outline.height) * 1.25
    zoom = zoom_for(width, least=least)
    return at((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2, zoom) if zoom else whole()


def zoom_for(width: float, *, least: float = LEAST) -> float:
    """How close a look shows so many units, in steps of a tenth."""
    zoom = log2(maps.outline().width / max(width, least))
    return int(min(max(zoom, 0), MOST_ZOOM) * 10) / 10


@dataclass(kw_only=True)
class Spot:
    """A mark: the points of these numbers, which stand at one place or too close to be told apart."""

    x: float
    y: float
    numbers: list[int] = field(default_factory=list)


def radius(box: Box) -> float:
    """Of a mark, in units, where so much is shown."""
    return RADIUS * box.width / maps.outline().width


def spots(points: Sequence[tuple[int, float, float]], box: Box) -> list[Spot]:
    """What stands together, of points given as (number, x, y): first by squares, of which the fullest draw the others
    to them. So twenty thousand take no longer than the squares that they are in.
    """
    reach = radius(box) * (TOGETHER if len(points) <= CROWD else CROWDED_TOGETHER)
    side = reach / 2
    squares: dict[tuple[int, int], list[Any]] = {}
    for number, x, y in points:
        square = squares.setdefault((int(x / side), int(y / side)), [0.0, 0.0, []])
        square[0] += x
        square[1] += y
        square[2].append(number)
    found: list[Spot] = []
    for x, y, numbers in sorted(squares.values(), key=lambda one: -len(one[2])):
        n = len(numbers)
        near = next((one for one in found if (one.x - x / n) ** 2 + (one.y - y / n) ** 2 <= reach * reach), None)
        if near is None:
            found.append(Spot(x=x / n, y=y / n, numbers=numbers))
            continue
        before = len(near.numbers)
        near.x, near.y = (near.x * before + x) / (before + n), (near.y * before + y) / (before + n)
        near.numbers += numbers
    return found
