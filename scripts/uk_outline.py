"""The outline of the United Kingdom for the small maps, cut out of Natural Earth's countries and simplified.

`vendor_frontend.py` runs this on `countries-10m.json` of the npm package `world-atlas` (Natural Earth, public domain)
and writes `core/uk_outline.json`, which is committed: two SVG paths, of the kingdom and of the coasts near it, on the
plane that `core.maps.project` puts points on. The projection is written here once and read from the file there.
`static/map/uk.json` is the same on the same plane, in as much detail as the data have, for a closer look at `/map/`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

# What the map shows, in degrees: from the west of Ireland to the east of Norfolk, from Scilly to Shetland.
WEST, SOUTH, EAST, NORTH = -10.7, 49.75, 2.1, 60.95
# Lengths are true along this parallel, through the middle of the kingdom.
TRUE_AT = 54.5
HEIGHT = 400
KINGDOM = ("826",)
NEARBY = ("372", "833", "250")
# In units of the drawing, which is shown at about one pixel a unit: what is smaller than this is not seen.
TOLERANCE, SMALLEST = 0.8, 2.0
# And for a closer look: the steps of a path are a tenth of a unit, 300 m.
FINE_TOLERANCE, FINE_SMALLEST = 0.05, 0.02


def outline(topology: dict[str, Any], *, tolerance: float = TOLERANCE, smallest: float = SMALLEST) -> dict[str, Any]:
    """The whole result; `projection` is what turns degrees into the drawing's units."""
    scale = HEIGHT / (NORTH - SOUTH)
    stretch = math.cos(math.radians(TRUE_AT))
    width = round((EAST - WEST) * stretch * scale)
    projection = {"west": WEST, "north": NORTH, "x": round(stretch * scale, 4), "y": round(scale, 4)}

    def path(ids: tuple[str, ...]) -> str:
        drawn = (
            [((lng - WEST) * stretch * scale, (NORTH - lat) * scale) for lng, lat in ring]
            for ring in rings(topology, ids)
        )
        kept = (clip(ring, width, HEIGHT) for ring in drawn)
        thinned = (simplify(ring, tolerance) for ring in kept if area(ring) >= smallest)
        return "".join(command(ring) for ring in thinned if len(ring) > 2)

    return {
        "source": "Natural Earth 1:10m countries (public domain), from npm world-atlas",
        "width": width,
        "height": HEIGHT,
        "projection": projection,
        "kingdom": path(KINGDOM),
        "nearby": path(NEARBY),
    }


def rings(topology: dict[str, Any], ids: tuple[str, ...]) -> Iterator[Ring]:
    """The outer rings of these countries, in degrees; holes (lakes) are left out."""
    arcs = list(decoded(topology))
    for shape in topology["objects"]["countries"]["geometries"]:
        if shape.get("id") in ids:
            polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            for polygon in polygons:
                ring: Ring = []
                for index in polygon[0]:
                    arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                    ring += arc[1:] if ring else arc
                yield ring


def decoded(topology: dict[str, Any]) -> Iterator[Ring]:
    """TopoJSON's arcs: each point is a step from the one before, in quantised units."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def clip(ring: Ring, width: float, height: float) -> Ring:
    """Cut a ring at the edges of the drawing (Sutherland and Hodgman)."""
    for axis, edge, keep in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        inside: Ring = []
        for before, now in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            was, is_in = (before[axis] - edge) * keep >= 0, (now[axis] - edge) * keep >= 0
            if was != is_in:
                share = (edge - before[axis]) / (now[axis] - before[axis])
                inside.append((before[0] + share * (now[0] - before[0]), before[1] + share * (now[1] - before[1])))
            if is_in:
                inside.append(now)
        ring = inside
        if not ring:
            break
    return ring


def area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def simplify(ring: Ring, tolerance: float) -> Ring:
    """Drop points nearer than `tolerance` to the line without them (Douglas and Peucker), from two far ends."""
    if len(ring) < 4:
        return ring
    far = max(range(len(ring)), key=lambda n: math.dist(ring[0], ring[n]))
    return [*_thin(ring[: far + 1], tolerance)[:-1], *_thin([*ring[far:], ring[0]], tolerance)[:-1]]


def _thin(line: Ring, tolerance: float) -> Ring:
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        worst = max(between, key=lambda n: _off(line[n], line[first], line[last]), default=None)
        if worst is not None and _off(line[worst], line[first], line[last]) > tolerance:
            keep.add(worst)
            spans += [(first, worst), (worst, last)]
    return [line[n] for n in sorted(keep)]


def _off(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if not length:
        return math.dist(point, start)
    along = max(0.0, min(1.0, ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length**2))
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))


def command(ring: Iterable[Point]) -> str:
    """A closed SVG path in steps of a tenth of a unit."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
    text, at = "", (0, 0)
    for number, point in enumerate(tenths):
        step = (point[0] - at[0], point[1] - at[1])
        if number and step == (0, 0):
            continue
        text += f"{'l' if number else 'M'}{_short(step[0])} {_short(step[1])}"
        at = point
    return f"{text}z"


def _short(tenths: int) -> str:
    return f"{tenths / 10:g}"


def write(topology_path: Path, target: Path, fine_target: Path) -> None:
    topology = json.loads(topology_path.read_text())
    target.write_text(json.dumps(outline(topology), indent=1) + "\n")
    fine_target.parent.mkdir(parents=True, exist_ok=True)
    fine = outline(topology, tolerance=FINE_TOLERANCE, smallest=FINE_SMALLEST)
    fine_target.write_text(json.dumps(fine, indent=1) + "\n")
