"""Where the bars of a before-and-after chart begin and end.

The charts are SVG written by a template, without a viewBox: positions across are percentages, so that the bars follow
the width of the column while the words keep their size on a phone and on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# Room after the longest bar for its figure would shrink every bar, so a long bar carries its figure inside.
INSIDE_FROM = 62.0


@dataclass(frozen=True)
class Bar:
    """One bar, in per cent of the chart's width."""

    value: Decimal
    x: float
    width: float

    @property
    def end(self) -> float:
        """Where the figure is anchored."""
        return round(self.x + self.width, 2)

    @property
    def inside(self) -> bool:
        """Whether the figure stands inside the bar's end, because there is no room after it."""
        return self.end > INSIDE_FROM and self.width > 25

    @property
    def beside(self) -> bool:
        """Whether a short bar ends so far right that its figure must stand before it."""
        return self.end > INSIDE_FROM and not self.inside


@dataclass(frozen=True)
class BarPair:
    """Two bars on one scale that always includes zero, so that a small change cannot look like a large one."""

    before: Bar
    after: Bar
    zero: float


def bar_pair(*, before: Decimal, after: Decimal) -> BarPair:
    """Lay out two values. Both zero gives two bars of no width."""
    low = min(before, after, Decimal(0))
    high = max(before, after, Decimal(0))
    span = high - low or Decimal(1)

    def place(value: Decimal) -> float:
        return round(float((value - low) / span * 100), 2)

    def bar(value: Decimal) -> Bar:
        start, end = sorted((place(Decimal(0)), place(value)))
        return Bar(value=value, x=start, width=round(end - start, 2))

    return BarPair(before=bar(before), after=bar(after), zero=place(Decimal(0)))


def change_in_words(*, before: Decimal, after: Decimal) -> tuple[Decimal, int | None]:
    """Return the difference and the whole per cent it amounts to; a start at or below zero has no such per cent."""
    difference = after - before
    if before <= 0:
        return difference, None
    return difference, round(float(difference / before * 100))
