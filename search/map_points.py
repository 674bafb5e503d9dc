"""All the points of a search, small enough to hold, to keep and to send: twenty thousand are some 100 KB.

Nothing here has a name: what stands at a point is asked of the engine again, by key, whenever it is shown. So what is
kept for a minute cannot tell a reader of something that has just been hidden.
"""

import gzip
import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache

from core import maps
from search import selectors
from search.engines.base import NEWEST, Located, SearchQuery, SearchResults

# Steps of the outline's unit in which points are counted: 60 m, and the whole kingdom within sixteen bits.
GRID = 50
# What a mark looks like: one for each outcome of a case study, others for what has none; in the order of the legend.
SHAPES = ("worked", "partly-worked", "did-not-work", "open", "ahead", "site", "offer", "record")
OUTCOMES = {"worked": 0, "partly_worked": 1, "did_not_work": 2, "too_early": 3, "": 4}
SITE, KINDS = 5, {"opportunity": 6, "record": 7}
# Fewer are found again in no time; so many are kept for a minute.
MANY, SECONDS = 1_000, 60
# Twenty thousand take some 0.5 MB, and everybody's words are another search: so many of them are kept, besides all
# there is, and a further one takes the place of another. What is kept never exceeds some 5 MB.
KEPT = 8
_EVERYTHING = {members: SearchQuery(sort=NEWEST, size=0, members=members) for members in (False, True)}


@dataclass(frozen=True)
class Points:
    """Columns, one row a point, in the order of the results: whose it is (`keys[rows[n]]`), what, and where.

    `keys` are the documents with a point on the map, each once.
    """

    keys: Sequence[str]
    rows: "array[int]"
    shapes: bytes
    xs: "array[int]"
    ys: "array[int]"

    def __len__(self) -> int:
        return len(self.rows)

    def located(self) -> Iterator[tuple[int, float, float]]:
        """The number of each point, and where it is in the outline's units."""
        for number, (x, y) in enumerate(zip(self.xs, self.ys, strict=True)):
            yield number, x / GRID, y / GRID


NOTHING = Points((), array("I"), b"", array("H"), array("H"))


def points(query: SearchQuery, results: SearchResults | None = None) -> Points:
    """Of everything that the search finds, whatever page it asks for; `results` is what it has found already."""
    if results is not None and not results.total:
        return NOTHING
    if results is not None and results.total < MANY:
        return _columns(selectors.located(query, results))
    asked = _fingerprint(query)
    name = _place(query, asked)
    kept: tuple[str, Points] | None = cache.get(name)
    if kept is not None and kept[0] == asked:
        return kept[1]
    found = _columns(selectors.located(query, results))
    if len(found) >= MANY:
        cache.set(name, (asked, found), SECONDS)
    return found


def _place(query: SearchQuery, asked: str) -> str:
    """Where in the cache it is kept. All there is, for which most readers ask, shares its place with nothing."""
    if replace(query, sort=NEWEST, counts=(), help=False, page=1, size=0) == _EVERYTHING[query.members]:
        return f"search:points:all:{query.members:d}"
    return f"search:points:{int(asked, 16) % KEPT}"


def _fingerprint(query: SearchQuery) -> str:
    """The same for the same results in the same order. What members find is another query than what others do."""
    plain = replace(query, page=1, size=0, counts=(), help=False)
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:32]


def _columns(located: Sequence[Located]) -> Points:
    """What lies off the map is left out, and what one document has twice at one spot."""
    keys: dict[str, int] = {}
    rows, xs, ys = array("I"), array("H"), array("H")
    shapes = bytearray()
    seen: set[tuple[int, int, int]] = set()
    project, outline = maps.projection(), maps.outline()
    for key, kind, outcome, lat, lng in located:
        x, y = project(lat, lng)
        if not (0 <= x <= outline.width and 0 <= y <= outline.height):
            continue
        row, across, down = keys.setdefault(key, len(keys)), round(x * GRID), round(y * GRID)
        if (row, across, down) in seen:
            continue
        seen.add((row, across, down))
        rows.append(row)
        xs.append(across)
        ys.append(down)
        shapes.append(shape_of(kind, outcome))
    return Points(list(keys), rows, bytes(shapes), xs, ys)


def shape_of(kind: str, outcome: str) -> int:
    return OUTCOMES.get(outcome, OUTCOMES[""]) if kind == "case_study" else KINDS.get(kind, SITE)


def payload(found: Points) -> bytes:
    """As `static/js/map.js` reads it: for each shape the points as steps from one to the next, going to and fro in
    strips, so that most steps are short; and which points, by their number in this file, are of the `same` thing, so
    that a mark counts things. It says neither whose they are nor in which order they were found.
    """
    by_shape: list[list[tuple[int, int, int]]] = [[] for _ in SHAPES]
    for shape, x, y, row in zip(found.shapes, found.xs, found.ys, found.rows, strict=True):
        by_shape[shape].append((x, y, row))
    steps, order = {}, []
    for shape, some in enumerate(by_shape):
        if some:
            some.sort(key=_in_strips)
            steps[SHAPES[shape]] = _steps(some)
            order += [row for _x, _y, row in some]
    body: dict[str, Any] = {"grid": GRID, "documents": len(found.keys), "points": steps}
    if len(found) > len(found.keys):
        body["same"] = _same(order)
    return json.dumps(body, separators=(",", ":")).encode()


def _in_strips(one: tuple[int, int, int]) -> tuple[int, int, int]:
    strip = one[1] // 128
    return strip, one[0] if strip % 2 else -one[0], one[1]


def _steps(some: Iterable[tuple[int, int, int]]) -> list[int]:
    steps: list[int] = []
    before = (0, 0)
    for x, y, _row in some:
        steps += (x - before[0], y - before[1])
        before = (x, y)
    return steps


def _same(order: Iterable[int]) -> list[list[int]]:
    """The numbers of the points of each thing that has several."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(order):
        numbers[row].append(number)
    return [some for some in numbers.values() if len(some) > 1]


def compressed(body: bytes) -> bytes:
    """The same bytes for the same points, so that a cache knows them again."""
    return gzip.compress(body, compresslevel=6, mtime=0)
