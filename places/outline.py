"""Where the United Kingdom is, roughly: enough to ask about a point that fell into the sea.

The outline is that of the small maps (`core.maps`): Natural Earth's, drawn at three kilometres a unit and without the
smallest islands. So a point off the drawn coast is believed for a good way, and on a small island somebody is asked.
"""

import json
import re
from functools import cache
from itertools import pairwise
from math import hypot

from core.maps import OUTLINE, project

# In units of the drawing (3.1 km): what the drawing left out, and what stands on piers and small islands near by.
TOLERANCE = 10 / 3.1

Ring = tuple[tuple[float, float], ...]
_RING = re.compile(r"M([^z]+)z?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@cache
def _rings() -> tuple[Ring, ...]:
    """The edges of the kingdom, closed, in the units of the drawing; the path has a start and then steps from it."""
    path: str = json.loads(OUTLINE.read_text(encoding="utf-8"))["kingdom"]
    rings = []
    for drawn in _RING.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(drawn)]
        x = y = 0.0
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append((*ring, ring[0]))
    return tuple(rings)


def is_on_land(*, lat: float, lng: float) -> bool:
    """Whether the point lies in the United Kingdom, or close enough to its coast or border to be meant there."""
    x, y = project(lat, lng)
    return any(_inside(ring, x, y) for ring in _rings()) or any(_near(ring, x, y) for ring in _rings())


def _inside(ring: Ring, x: float, y: float) -> bool:
    """By how many edges a line to the right of the point crosses."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _near(ring: Ring, x: float, y: float) -> bool:
    """Whether an edge passes within `TOLERANCE`."""
    for (x1, y1), (x2, y2) in pairwise(ring):
        ax, ay, dx, dy = x1 - x, y1 - y, x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        along = max(0.0, min(1.0, -(ax * dx + ay * dy) / length)) if length else 0.0
        if hypot(ax + along * dx, ay + along * dy) <= TOLERANCE:
            return True
    return False
