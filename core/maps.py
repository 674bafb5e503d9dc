"""A small map of the United Kingdom with a few points on it, drawn by the server.

The outline is `core/uk_outline.json`, which `scripts/vendor_frontend.py` makes from Natural Earth (public domain). The
projection is equirectangular, with lengths true along 54.5° north: simple, invertible, and within a few per cent of the
National Grid everywhere in the kingdom, which at this size nobody can see. `templates/components/small_map.html` draws
what `small_map` lays out; every map stands beside a list that says the same in words.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OUTLINE = Path(__file__).parent / "uk_outline.json"
# Codes of `shape`, from back to front: an open question must not cover an answer, nor anything the origin.
SHAPES = ("ahead", "open", "did-not-work", "partly-worked", "worked", "place", "origin")
CROWDED = 40


@dataclass(frozen=True, kw_only=True)
class MapPoint:
    """A point in WGS 84 degrees. `shape` is one of SHAPES, `label` what it is, in words."""

    lat: float
    lng: float
    label: str
    shape: str = "place"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A point where it is drawn, in the units of the outline."""

    x: float
    y: float
    shape: str
    label: str


@dataclass(frozen=True, kw_only=True)
class SmallMap:
    """`size` is the radius of a point. `counts` says how many there are of each shape, for the key."""

    width: int
    height: int
    kingdom: str
    nearby: str
    label: str
    points: list[Drawn]
    counts: dict[str, int]
    size: float


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The kingdom and what is near it, as paths of one picture of this width and height."""

    width: int
    height: int
    kingdom: str
    nearby: str


@cache
def _outline() -> dict[str, Any]:
    outline: dict[str, Any] = json.loads(OUTLINE.read_text(encoding="utf-8"))
    return outline


def outline() -> Outline:
    """For a picture that lays its points out itself."""
    held = _outline()
    return Outline(width=held["width"], height=held["height"], kingdom=held["kingdom"], nearby=held["nearby"])


def project(lat: float, lng: float) -> tuple[float, float]:
    """Degrees to the outline's units, x to the right and y down."""
    projection = _outline()["projection"]
    x, y = (lng - projection["west"]) * projection["x"], (projection["north"] - lat) * projection["y"]
    return round(x, 1), round(y, 1)


def projection() -> Callable[[float, float], tuple[float, float]]:
    """As `project` does it, exactly and for many points in a row."""
    west, north, across, down = plane()
    return lambda lat, lng: ((lng - west) * across, (north - lat) * down)


def plane() -> tuple[float, float, float, float]:
    """West and north edge in degrees, and units a degree across and down: for a script that projects points itself."""
    held = _outline()["projection"]
    return held["west"], held["north"], held["x"], held["y"]


def unproject(x: float, y: float) -> tuple[float, float]:
    """The outline's units to degrees of latitude and longitude."""
    projection = _outline()["projection"]
    return projection["north"] - y / projection["y"], projection["west"] + x / projection["x"]


def is_on_map(lat: float, lng: float) -> bool:
    x, y = project(lat, lng)
    return 0 <= x <= _outline()["width"] and 0 <= y <= _outline()["height"]


def small_map(points: Iterable[MapPoint], *, label: str) -> SmallMap | None:
    """Lay a map out; None when nothing of it would be on the map."""
    shown = [point for point in points if is_on_map(point.lat, point.lng)]
    if not shown:
        return None
    shown.sort(key=lambda point: SHAPES.index(point.shape))
    drawn = []
    for point in shown:
        x, y = project(point.lat, point.lng)
        drawn.append(Drawn(x=x, y=y, shape=point.shape, label=point.label))
    held = _outline()
    return SmallMap(
        width=held["width"],
        height=held["height"],
        kingdom=held["kingdom"],
        nearby=held["nearby"],
        label=label,
        points=drawn,
        counts=dict(Counter(point.shape for point in reversed(shown))),
        size=3.4 if len(shown) > CROWDED else 5.2,
    )
