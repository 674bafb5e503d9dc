"""The results of a search on a map of the kingdom: what stands together is one mark, and a list says the same."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from core import maps
from search import map_points, map_view, selectors
from search.asking import Asked
from search.cards import closes_soon, local, when
from search.documents import sources
from search.engines.base import SearchQuery, Suggestion
from search.map_points import GRID, SHAPES, Points
from search.map_view import Box, View
from search.towns import Town, towns

# So many things are listed by where they are, each mark leading to its own; of more there are pages.
LISTED, PAGE = 100, 50
CLOSER = ("region", "council", "place")
# Around the point that somebody wants to be near: so many of what is nearest.
NEAREST = 8
# The closest look, in units, that a mark of several leads to: some 6 km.
LEAST_AROUND = 2.0
# The closest that a small picture is, in units (half the kingdom: where that is, is what it tells), and how much wider
# than on the large one its marks are.
LEAST_SMALL, SMALL_MARKS = 130.0, 1.4
# Letters of the towns' names where the whole kingdom is shown, in units.
FONT = 8.0
LIST = "#map-list"
# The address of this search at another part of the map.
Address = Callable[[View], str]

KEY = (
    ("worked", gettext_lazy("Worked")),
    ("partly-worked", gettext_lazy("Partly worked")),
    ("did-not-work", gettext_lazy("Did not work")),
    ("open", gettext_lazy("Too early to say")),
    ("ahead", gettext_lazy("No outcome told")),
    ("site", gettext_lazy("Council, community or place")),
    ("offer", gettext_lazy("Opportunity")),
    ("record", gettext_lazy("Residents’ record")),
)
# Of these the list says how it turned out, of the others what they are.
OUTCOMES = ("worked", "partly-worked", "did-not-work", "open")
WAYS = (
    ("north", gettext_lazy("North"), 0, -1),
    ("west", gettext_lazy("West"), -1, 0),
    ("east", gettext_lazy("East"), 1, 0),
    ("south", gettext_lazy("South"), 0, 1),
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One result at one point; `kind`, `outcome` and, of an opportunity, `when` are in words."""

    title: str
    url: str
    kind: str
    outcome: str
    shape: str
    when: str = ""
    soon: bool = False


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A part of the ring around a mark: how many in a hundred of its things have this shape and how many have not, and
    where it begins: a ring is drawn from its right, and the first part stands at its top, a quarter before.

    No part is turned, since a browser keeps a picture of its own of whatever is.
    """

    shape: str
    share: float
    rest: float
    after: float


@dataclass(kw_only=True)
class Mark:
    """What stands at one place, or too close to be told apart. `url` leads to it: to the thing, to its part of the
    list, or, where there is more than a list of marks holds, to a closer look. `numbers` are its points; `counts` are
    of things, since one that has two places here is listed once.
    """

    x: float
    y: float
    number: int
    numbers: Sequence[int]
    counts: Mapping[str, int]
    url: str = ""
    view: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def is_one(self) -> bool:
        """Whether its link leads to the one thing that it is."""
        return len(self.items) == 1

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def short(self) -> str:
        """So that it fits into the mark."""
        return str(self.n) if self.n < 1000 else f"{self.n / 1000:.1f}k"

    @property
    def size(self) -> float:
        """In radii of a single mark: wider with each digit."""
        return 1 + 0.25 * len(self.short)

    @property
    def shape(self) -> str:
        return next(iter(self.counts))

    @property
    def words(self) -> str:
        """“3 here. Worked: 2, Did not work: 1”; of a single thing, its title if that is known."""
        if len(self.items) == 1 and self.n == 1:
            return self.items[0].title
        names = {shape: str(name) for shape, name in KEY}
        parts = [f"{names[shape]}: {n}" for shape, n in self.counts.items()]
        return gettext("%(n)s here. %(parts)s") % {"n": self.n, "parts": ", ".join(parts)}

    @property
    def slices(self) -> list[Slice]:
        found, after = [], 0.0
        for shape, n in self.counts.items():
            share = 100 * n / self.n
            found.append(
                Slice(shape=shape, share=round(share, 2), rest=round(100 - share, 2), after=round(25 - after, 2))
            )
            after += share
        return found


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """`view` is the part shown, `size` the radius of a mark. `here` is where distance is from.

    Of the results `placed` are on the map and `without` are not, having no place that the reader may know; `shown` are
    in this part of it. They are listed by mark, or, if there are many, on pages (`listed`, `page`).
    """

    outline: maps.Outline
    view: View
    box: Box
    size: float
    level: int
    towns: Sequence[Town]
    marks: Sequence[Mark]
    key: Sequence[tuple[str, str, int]]
    placed: int
    without: int
    shown: int
    page: Page | None
    listed: Sequence[Item]
    here: tuple[float, float] | None
    ways: Sequence[tuple[str, str, str]]

    @property
    def plane(self) -> str:
        """How degrees become units, for the script: width, height, west, north, and units a degree."""
        return " ".join(f"{number:g}" for number in (self.outline.width, self.outline.height, *maps.plane()))

    @property
    def words(self) -> str:
        """What the script says of marks before the server has named them."""
        told = {shape: str(name) for shape, name in KEY}
        told["here"] = gettext("%(n)s here. %(parts)s")
        told["failed"] = gettext("The list could not be brought up to date. It is that of another part of the map.")
        return json.dumps(told)

    @property
    def font_size(self) -> float:
        """Of the towns' names, in units."""
        return round(FONT * self.box.width / self.outline.width, 3)

    @property
    def in_words(self) -> str:
        """“12 are on the map, and 3 have no place.”"""
        n = self.placed
        text = ngettext("%(n)s is on the map", "%(n)s are on the map", n) % {"n": n}
        if self.without:
            rest = ngettext(", and %(n)s has no place", ", and %(n)s have no place", self.without)
            text += rest % {"n": self.without}
        return f"{text}."

    @property
    def part_in_words(self) -> str:
        """How many of them are in the part that is shown; nothing of the whole kingdom."""
        if self.view.is_whole:
            return ""
        if not self.shown:
            return gettext("None of them is in this part of the map.")
        text = ngettext("%(n)s is in this part of it.", "%(n)s are in this part of it.", self.shown)
        return text % {"n": self.shown}


def draw(asked: Asked, *, view: View | None, page: int, address: Address) -> Drawn:
    """`view` is what the address asks for, and `address` the address of this search at another part."""
    found = map_points.points(asked.query, asked.results)
    near = asked.near.point
    view = view or _view(asked, found)
    box, outline = view.box, maps.outline()
    inside = [one for one in found.located() if box.holds(one[1], one[2])]
    keys = list(dict.fromkeys(found.rows[number] for number, _x, _y in inside))
    marks = _marks(found, map_view.spots(inside, box))
    pages, listed = None, []
    if len(keys) <= LISTED:
        _name(marks, found, [found.keys[row] for row in keys])
    else:
        pages = Paginator([found.keys[row] for row in keys], PAGE).get_page(page)
        listed = _items(found, list(pages.object_list))
    for mark in marks:
        _lead(mark, found, view, address, listed=pages is None)
    counts = _counted(found, (number for number, _x, _y in inside))
    return Drawn(
        outline=outline,
        view=view,
        box=box,
        size=round(map_view.radius(box), 3),
        level=min(int(view.zoom), 2),
        towns=[one for one in towns(get_language() or "") if box.holds(one.x, one.y)],
        marks=marks,
        key=[(shape, str(words), counts[shape]) for shape, words in KEY if shape in counts],
        placed=len(found.keys),
        without=max(0, asked.results.total - len(found.keys)),
        shown=len(keys),
        page=pages,
        listed=listed,
        here=maps.project(near.lat, near.lng) if near else None,
        ways=_ways(view, address),
    )


def _view(asked: Asked, found: Points) -> View:
    """Around what somebody wants to be near; the area that a filter names; or all of it."""
    if near := asked.near.point:
        here = maps.project(near.lat, near.lng)
        nearest = nsmallest(NEAREST, (math.dist(here, (x, y)) for _number, x, y in found.located()))
        return map_view.at(*here, map_view.zoom_for(2.5 * max(nearest, default=0)))
    if any(asked.state.filters.get(name) for name in CLOSER):
        return map_view.around((x, y) for _number, x, y in found.located())
    return map_view.whole()


def _ways(view: View, address: Address) -> list[tuple[str, str, str]]:
    """The links by which a reader without scripts moves the map: (name, label, address)."""
    closer, further = view.closer(1), view.closer(-1)
    ways = [("closer", gettext("Closer"), closer)] if closer != view else []
    if not view.is_whole:
        ways += [("further", gettext("Further away"), further if further.zoom else map_view.whole())]
        moved = [(name, str(label), view.moved(across, down)) for name, label, across, down in WAYS]
        ways += [one for one in moved if one[2] != view]
        ways.append(("whole", gettext("The whole kingdom"), map_view.whole()))
    return [(name, label, address(to)) for name, label, to in ways]


def _counted(found: Points, numbers: Iterable[int]) -> Counter[str]:
    """Of what shape the things at these points are: each once, as the list and its sentence count them."""
    shapes = {found.rows[number]: found.shapes[number] for number in numbers}
    return Counter(SHAPES[shape] for shape in shapes.values())


def _marks(found: Points, spots: Iterable[map_view.Spot]) -> list[Mark]:
    """The best first, as they are listed."""
    marks = []
    for number, spot in enumerate(sorted(spots, key=lambda one: min(one.numbers)), start=1):
        counts = _counted(found, spot.numbers)
        marks.append(
            Mark(
                x=round(spot.x, 2),
                y=round(spot.y, 2),
                number=number,
                numbers=sorted(spot.numbers),
                counts={shape: counts[shape] for shape in SHAPES if shape in counts},
            )
        )
    return marks


def _name(marks: Sequence[Mark], found: Points, keys: Sequence[str]) -> None:
    """What stands at each mark, each thing once."""
    named = selectors.named(keys)
    for mark in marks:
        own: dict[str, int] = {}
        for number in mark.numbers:
            own.setdefault(found.keys[found.rows[number]], found.shapes[number])
        mark.items = [_item(named[key], shape) for key, shape in own.items() if key in named]


def _lead(mark: Mark, found: Points, view: View, address: Address, *, listed: bool) -> None:
    """Give a mark its link: to the one thing that it is, to its part of the list, or to a closer look."""
    if listed:
        mark.url = mark.items[0].url if mark.is_one else f"#here-{mark.number}"
        return
    if view.zoom >= map_view.MOST_ZOOM:
        mark.url = LIST
        return
    points = [(found.xs[number] / GRID, found.ys[number] / GRID) for number in mark.numbers]
    to = map_view.around(points, least=LEAST_AROUND)
    if to.zoom < view.zoom + 1:
        to = map_view.at(mark.x, mark.y, view.closer(1).zoom)
    mark.view, mark.url = to.address, address(to)


def _items(found: Points, keys: Sequence[str]) -> list[Item]:
    """These by themselves, on a page of many. What has been taken away since is left out."""
    named = selectors.named(keys)
    wanted = set(keys)
    shapes = {key: found.shapes[number] for number, row in enumerate(found.rows) if (key := found.keys[row]) in wanted}
    return [_item(named[key], shapes[key]) for key in keys if key in named]


def _item(one: Suggestion, shape: int) -> Item:
    source: Any = sources().get(one.kind)
    return Item(
        title=one.title,
        url=local(one.url),
        kind=str(source.label_one) if source else "",
        outcome=str(dict(KEY)[SHAPES[shape]]) if SHAPES[shape] in OUTCOMES else "",
        shape=SHAPES[shape],
        when=when(one.card),
        soon=closes_soon(one.card),
    )


def small(query: SearchQuery) -> dict[str, Any] | None:
    """A picture of where these are, to look at; the map itself is where it leads. None where nothing is on the map."""
    found = map_points.points(query)
    if not found:
        return None
    view = map_view.around(((x, y) for _number, x, y in found.located()), least=LEAST_SMALL)
    marks = _marks(found, map_view.spots(list(found.located()), view.box))
    counts = _counted(found, range(len(found)))
    key = [(shape, str(words), counts[shape]) for shape, words in KEY if shape in counts]
    return {
        "outline": maps.outline(),
        "box": view.box,
        "size": round(map_view.radius(view.box) * SMALL_MARKS, 3),
        "marks": marks,
        "key": key,
        "words": ", ".join(f"{words}: {n}" for _shape, words, n in key),
    }
