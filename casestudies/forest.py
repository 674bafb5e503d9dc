"""One indicator across places: where it was tried first and who adopted it, on one scale. No database.

Pure: measures in, positions in per cent of the width out, as in `core.charts`. What cannot honestly stand on one scale
is left out of the drawing and named: a figure in another unit, one without a figure before, and, where changes are
drawn as percentages, one that began at nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext, ngettext

from casestudies.change import Change, change_of
from casestudies.choices import Better

# A line with one place on it compares nothing.
FEWEST = 2
EDGE = 7.0
SMALLEST, LARGEST = 4.5, 11.0
ROW, TOP = 52, 34


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one place measured. `who` is the organisation's name."""

    who: str
    measure: Any
    is_origin: bool = False
    is_example: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A place on the scale. `x` is in per cent of the width, `y` and `radius` in pixels.

    `improved` is None where nothing moved. The radius grows so that the area says how many were measured.
    """

    entry: Entry
    change: Change
    value: Decimal
    text: str
    improved: bool | None
    x: float
    y: float
    radius: float
    sized: bool

    @property
    def side(self) -> float:
        """Of the origin's square, which stands on its corner."""
        return round(self.radius * 2, 1)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    entry: Entry
    why: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An indicator that at least two places measured before and after; `key` is its word in the address."""

    key: str
    indicator: str
    unit: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """`in_per_cent`: changes are drawn relative to where each place began. `hidden` places found no room."""

    choice: Choice
    rows: list[Row]
    left_out: list[LeftOut]
    zero: float
    height: int
    better_left: bool
    in_per_cent: bool
    in_points: bool
    hidden: int
    agreement: str


def choices(entries: Iterable[Entry]) -> list[Choice]:
    """The indicators that can be compared, those of most places first."""
    each_entry = list(entries)
    # A place that wrote the words of an agreed indicator without choosing it measured the same thing.
    agreed = {_words(entry.measure): entry.measure.same_as for entry in each_entry if entry.measure.standard_id}
    groups: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in each_entry:
        groups[agreed.get(_words(entry.measure), entry.measure.same_as)].append(entry)
    found: list[Choice] = []
    keys: set[str] = set()
    for same, group in groups.items():
        each = _one_a_place(group)
        if sum(entry.measure.before is not None for entry in each) < FEWEST:
            continue
        first = each[0].measure
        key = f"i{same}" if isinstance(same, int) else slugify(f"{first.indicator} {first.unit}")[:80] or "figure"
        while key in keys:
            key += "-"
        keys.add(key)
        found.append(Choice(key=key, indicator=first.indicator, unit=first.unit, entries=tuple(each)))
    return sorted(found, key=lambda one: -len(one.entries))


def _words(measure: Any) -> tuple[str, str]:
    return measure.indicator.strip().casefold(), measure.unit.strip().casefold()


def _one_a_place(group: list[Entry]) -> list[Entry]:
    """The last figure of each place, the origin first: a place measured twice is not two places."""
    last: dict[tuple[str, bool], Entry] = {}
    for entry in group:
        known = last.get((entry.who, entry.is_origin))
        if known is None or (entry.measure.after_date or "") >= (known.measure.after_date or ""):
            last[entry.who, entry.is_origin] = entry
    return sorted(last.values(), key=lambda entry: not entry.is_origin)


def plot(choice: Choice, *, most: int | None = None) -> Plot | None:
    """Lay the rows out; None when fewer than two can stand on one scale."""
    reference = choice.entries[0].measure
    drawable: list[tuple[Entry, Change]] = []
    left_out: list[LeftOut] = []
    for entry in choice.entries:
        change = change_of(entry.measure)
        if entry.measure.unit.strip().casefold() != reference.unit.strip().casefold():
            left_out.append(LeftOut(entry=entry, why=gettext("measured in another unit")))
        elif change.difference is None:
            left_out.append(LeftOut(entry=entry, why=gettext("no figure from before")))
        else:
            drawable.append((entry, change))
    in_points = any(change.in_points for _, change in drawable)
    in_per_cent = not in_points and sum(change.relative is not None for _, change in drawable) >= FEWEST
    if in_per_cent:
        left_out += [
            LeftOut(entry=entry, why=change.why_no_percentage or gettext("no percentage can be worked out"))
            for entry, change in drawable
            if change.relative is None
        ]
        drawable = [(entry, change) for entry, change in drawable if change.relative is not None]
    if len(drawable) < FEWEST:
        return None
    hidden = max(0, len(drawable) - most) if most else 0
    drawn = drawable[:most] if most else drawable
    rows, zero = _rows(drawn, reference.better, in_per_cent=in_per_cent)
    return Plot(
        choice=choice,
        rows=rows,
        left_out=left_out,
        zero=zero,
        height=TOP + ROW * len(rows),
        better_left=reference.better == Better.LOWER,
        in_per_cent=in_per_cent,
        in_points=in_points,
        hidden=hidden,
        agreement=_agreement(rows),
    )


def _rows(drawn: Sequence[tuple[Entry, Change]], better: str, *, in_per_cent: bool) -> tuple[list[Row], float]:
    values = [_value(change, in_per_cent=in_per_cent) for _, change in drawn]
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    most_measured = max((change.sample_size or 0 for _, change in drawn), default=0)

    def place(value: Decimal) -> float:
        share = float((value - low) / (high - low)) if high != low else 0.5
        return round(EDGE + share * (100 - 2 * EDGE), 2)

    rows = []
    for number, ((entry, change), value) in enumerate(zip(drawn, values, strict=True)):
        sized = bool(change.sample_size)
        grown = math.sqrt((change.sample_size or 0) / most_measured) if most_measured else 0.0
        rows.append(
            Row(
                entry=entry,
                change=change,
                value=value,
                text=_text(change, in_per_cent=in_per_cent),
                improved=None if not value else (value > 0) == (better == Better.HIGHER),
                x=place(value),
                y=TOP + ROW * number,
                radius=round(SMALLEST + grown * (LARGEST - SMALLEST), 1),
                sized=sized,
            )
        )
    return rows, place(Decimal(0))


def _value(change: Change, *, in_per_cent: bool) -> Decimal:
    found = change.relative if in_per_cent else change.difference
    return found if found is not None else Decimal(0)


def _text(change: Change, *, in_per_cent: bool) -> str:
    if not change.difference:
        return gettext("no change")
    return change.relative_in_words if in_per_cent else change.difference_in_words


def _agreement(rows: list[Row]) -> str:
    """Whether the places agree, in a sentence."""
    ways = Counter(row.improved for row in rows)
    better, worse, same = ways[True], ways[False], ways[None]
    if better and worse:
        return gettext("The places do not agree: better in %(better)d, worse in %(worse)d.") % {
            "better": better,
            "worse": worse,
        }
    if not same and better:
        return ngettext("It got better in all %(n)d place.", "It got better in all %(n)d places.", better) % {
            "n": better
        }
    if not same and worse:
        return ngettext("It got worse in all %(n)d place.", "It got worse in all %(n)d places.", worse) % {"n": worse}
    moved = better or worse
    if not moved:
        return gettext("It changed in none of them.")
    text = (
        ngettext("It got better in %(n)d place and did not change in the others.",
                 "It got better in %(n)d places and did not change in the others.", moved)
        if better
        else ngettext("It got worse in %(n)d place and did not change in the others.",
                      "It got worse in %(n)d places and did not change in the others.", moved)
    )  # fmt: skip
    return text % {"n": moved}
