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
class Mark:
    """A line across the bars, at a value that was hoped for."""

    value: Decimal
    x: float

    @property
    def label_before(self) -> bool:
        """Whether its words stand on its left, because there is more room there."""
        return self.x > 50


@dataclass(frozen=True)
class BarPair:
    """Two bars on one scale that always includes zero, so that a small change cannot look like a large one."""

    before: Bar
    after: Bar
    zero: float
    target: Mark | None = None


def bar_pair(*, before: Decimal, after: Decimal, target: Decimal | None = None) -> BarPair:
    """Lay out two values, and the one that was hoped for. Both zero gives two bars of no width."""
    shown = [before, after, Decimal(0), *([] if target is None else [target])]
    low, high = min(shown), max(shown)
    span = high - low or Decimal(1)

    def place(value: Decimal) -> float:
        return round(float((value - low) / span * 100), 2)

    def bar(value: Decimal) -> Bar:
        start, end = sorted((place(Decimal(0)), place(value)))
        return Bar(value=value, x=start, width=round(end - start, 2))

    mark = None if target is None else Mark(value=target, x=place(target))
    return BarPair(before=bar(before), after=bar(after), zero=place(Decimal(0)), target=mark)
