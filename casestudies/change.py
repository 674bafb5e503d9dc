"""What a figure before and a figure after amount to: the one place where the arithmetic of change is done.

Pure: numbers, units and dates in, one `Change` out. Its words are used by the page, the cards, the adoption plot and
the exports, so that no two of them put one figure in two ways. `docs/decisions/0012-change-in-words.md` has the rules.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext, ngettext

from casestudies.choices import Better, Prices
from core.dates import PARTIAL_DATE
from core.templatetags.components import CURRENCIES, figure, with_unit

# Percentages and multiples are said to two figures: “36%”, “5.4%”. A third would promise what a count cannot keep.
SIGNIFICANT = 2
# From here on a multiple is easier to take in than a percentage: “12 times as much” for +1,100%.
MULTIPLE_FROM = Decimal(10)
MOST_TIMES = Decimal(1000)
# As the evidence rating has it: fewer than this, and chance alone moves a figure a long way.
FEW = 30
MUCH_DROP_OUT = 20
# Prices in the United Kingdom doubled between 1995 and 2025; within two years the difference is lost in rounding.
LONG_FOR_MONEY_MONTHS = 24

_PERCENTAGE = re.compile(r"\s*(%|per\s?cent\b|percent)", re.IGNORECASE)
# Scales whose zero is a convention: ten degrees are not twice five, nor is rank ten twice rank five.
_NO_TRUE_ZERO = re.compile(
    r"°\s?[cf]\b|celsius|fahrenheit|\bscores?\b|\bout of\b|/\s?\d+\b|\brank|\bindex\b|\bgrade\b|\bdecile\b|\bstars?\b",
    re.IGNORECASE,
)


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


class TargetResult(StrEnum):
    MET = "met"
    PARTLY = "partly"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One measure, worked out. Without a figure before, `difference` and all that hangs on it is None.

    `difference` is after less before in the measure's unit, or in percentage points where `in_points`.
    `relative` is the same as a fraction of the figure before; None where such a fraction would mislead: a start at or
    below zero, a change of sign, or a scale without a true zero. `part_of_the_way` says how much of the way from before
    to the target was gone.
    """

    unit: str
    better: str
    before: Decimal | None
    after: Decimal
    target: Decimal | None
    difference: Decimal | None
    relative: Decimal | None
    in_points: bool
    is_money: bool
    prices: str
    months: int | None
    target_result: TargetResult | None
    part_of_the_way: Decimal | None
    sample_size: int | None
    drop_out: int | None
    self_reported: bool

    @property
    def direction(self) -> Direction | None:
        if self.difference is None:
            return None
        if self.difference == 0:
            return Direction.SAME
        return Direction.UP if self.difference > 0 else Direction.DOWN

    @property
    def improved(self) -> bool | None:
        """Whether it moved the better way; None when there is nothing to compare, or nothing moved."""
        if self.direction in {None, Direction.SAME} or self.better not in set(Better):
            return None
        return (self.direction == Direction.UP) == (self.better == Better.HIGHER)

    # --- Words ---------------------------------------------------------------------------------------

    @property
    def summary(self) -> str:
        """The whole change in a sentence without its full stop: “down from 14% to 9%: 5 percentage points less”."""
        after = with_unit(self.after, self.unit)
        if self.before is None:
            return after
        before = with_unit(self.before, self.unit)
        words = {
            Direction.UP: gettext("up from %(before)s to %(after)s"),
            Direction.DOWN: gettext("down from %(before)s to %(after)s"),
            Direction.SAME: gettext("%(after)s before and after"),
        }[self.direction or Direction.SAME] % {"before": before, "after": after}
        return f"{words}{f' ({short})' if (short := self.short) else ''}"

    @property
    def short(self) -> str:
        """The change alone, for brackets and cards: “−36%”, “+3 percentage points”, “12 times as much”, or nothing."""
        if self.direction in {None, Direction.SAME}:
            return ""
        if self.in_points:
            return self.difference_in_words
        return self.relative_in_words or ("" if self._says_its_own_size else self.difference_in_words)

    @property
    def difference_in_words(self) -> str:
        """With its sign and unit: “+3 percentage points”, “−£1,200”, “+12 visits a year”."""
        if self.difference is None:
            return ""
        sign = "+" if self.difference > 0 else ""
        if self.in_points:
            points = figure(self.difference)
            one = abs(self.difference) == 1
            words = ngettext("%(n)s percentage point", "%(n)s percentage points", 1 if one else 2)
            return words % {"n": f"{sign}{points}"}
        return f"{sign}{with_unit(self.difference, self.unit)}"

    @property
    def relative_in_words(self) -> str:
        """“−36%” or “12 times as much”; nothing where a percentage would mislead."""
        if self.relative is None or self.relative == 0:
            return ""
        if self.relative + 1 >= MOST_TIMES:
            return gettext("more than %(n)s times as much") % {"n": figure(MOST_TIMES)}
        if self.relative + 1 >= MULTIPLE_FROM:
            return gettext("%(n)s times as much") % {"n": figure(significant(self.relative + 1))}
        if Decimal(-1) < self.relative <= Decimal("-0.99"):  # it is not gone, so it must not round to −100%
            return gettext("more than %(percent)s gone") % {"percent": "99%"}
        per_cent = significant(self.relative * 100)
        return f"{'+' if per_cent > 0 else ''}{figure(per_cent)}%"

    @property
    def relative_of_percentage(self) -> str:
        """For a percentage: its change relative to where it began, which must be named as such, or nothing."""
        if not self.in_points or not self.relative_in_words:
            return ""
        return gettext("Relative to the figure before: %(change)s.") % {"change": self.relative_in_words}

    @property
    def why_no_percentage(self) -> str:
        """Said instead of a percentage where readers would look for one."""
        if self.difference in (None, 0) or self.in_points or self.relative is not None or self.before is None:
            return ""
        if self.before == 0:
            return gettext("It began at nothing, so there is no percentage.")
        if self.before < 0 or self.after < 0:
            return gettext("It was or is below zero, so there is no percentage.")
        return gettext("This scale does not begin at nothing, so there is no percentage.")

    @property
    def verdict(self) -> str:
        """Which way is better, and so what the change is."""
        higher = self.better == Better.HIGHER
        if self.better not in set(Better):
            return ""
        if self.improved is None:
            return gettext("Higher is better.") if higher else gettext("Lower is better.")
        if self.improved:
            return gettext("Higher is better: it improved.") if higher else gettext("Lower is better: it improved.")
        return gettext("Higher is better: it got worse.") if higher else gettext("Lower is better: it got worse.")

    @property
    def target_in_words(self) -> str:
        if self.target is None or self.target_result is None:
            return ""
        target = with_unit(self.target, self.unit)
        if self.target_result == TargetResult.MET:
            return gettext("The target of %(target)s was met.") % {"target": target}
        if self.target_result == TargetResult.PARTLY and self.part_of_the_way is not None:
            part = min(significant(self.part_of_the_way * 100), Decimal(99))
            return gettext("The target of %(target)s was met in part: %(percent)s of the way.") % {
                "target": target,
                "percent": f"{figure(part)}%",
            }
        return gettext("The target of %(target)s was missed.") % {"target": target}

    @property
    def prices_in_words(self) -> str:
        """In whose money an amount stands; where nobody said, and years lie between, that nobody said."""
        if not self.is_money:
            return ""
        if self.prices == Prices.ADJUSTED:
            return gettext("Adjusted for inflation.")
        long = self.months is not None and self.months >= LONG_FOR_MONEY_MONTHS
        if self.prices == Prices.AS_PAID:
            if long and self.difference is not None:
                return gettext("In money of the time, so part of the change may be inflation.")
            return gettext("In money of the time.")
        if long and self.difference is not None:
            return gettext("It is not known whether this is adjusted for inflation.")
        return ""

    @property
    def cautions(self) -> list[str]:
        """What weakens the figure, in words."""
        found = []
        if self.sample_size is not None and self.sample_size < FEW:
            found.append(
                ngettext(
                    "Only %(n)s was measured, so chance may explain the change.",
                    "Only %(n)s were measured, so chance may explain the change.",
                    self.sample_size,
                )
                % {"n": self.sample_size}
                if self.difference is not None
                else ngettext("Only %(n)s was measured.", "Only %(n)s were measured.", self.sample_size)
                % {"n": self.sample_size}
            )
        if self.drop_out:
            words = (
                gettext("%(percent)s dropped out before the second figure, which may flatter it.")
                if self.drop_out >= MUCH_DROP_OUT
                else gettext("%(percent)s dropped out before the second figure.")
            )
            found.append(words % {"percent": f"{self.drop_out}%"})
        if self.self_reported:
            found.append(gettext("It rests on what people say of themselves."))
        return found

    @property
    def _says_its_own_size(self) -> bool:
        """From nothing to 12: the figure after is the difference, and saying it twice helps nobody."""
        return self.before == 0


def measure_change(
    *,
    before: Any,
    after: Any,
    unit: str = "",
    better: str = "",
    target: Any = None,
    before_date: str = "",
    after_date: str = "",
    prices: str = "",
    sample_size: int | None = None,
    drop_out: int | None = None,
    self_reported: bool = False,
) -> Change | None:
    """Work one measure out. Numbers may be numbers or text; None when there is no finite figure after."""
    was, is_now, hoped = number(before), number(after), number(target)
    if is_now is None:
        return None
    unit = (unit or "").strip()
    difference = relative = None
    if was is not None:
        difference = _exactly(is_now, was)
        relative = _relative(was, is_now, difference, unit)
    result, part = _against_target(was, is_now, hoped, better)
    return Change(
        unit=unit,
        better=str(better or ""),
        before=was,
        after=is_now,
        target=hoped,
        difference=difference,
        relative=relative,
        in_points=is_percentage(unit),
        is_money=is_money(unit),
        prices=prices or "",
        months=months_between(str(before_date or ""), str(after_date or "")),
        target_result=result,
        part_of_the_way=part,
        sample_size=sample_size,
        drop_out=drop_out,
        self_reported=bool(self_reported),
    )


def change_of(measure: Any) -> Change:
    """The change of a `Measure` or an `AdoptionMeasure`."""
    change = measure_change(
        before=measure.before,
        after=measure.after,
        unit=measure.unit,
        better=measure.better,
        target=measure.target,
        before_date=measure.before_date,
        after_date=measure.after_date,
        prices=measure.prices,
        sample_size=measure.sample_size,
        drop_out=measure.drop_out,
        self_reported=measure.self_reported,
    )
    if change is None:
        raise ValueError("A measure has a finite figure after.")
    return change


def number(value: Any) -> Decimal | None:
    """What is written, exactly: 0.1 is a tenth, not the nearest fraction of a power of two. None if it is no number."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def significant(value: Decimal, figures: int = SIGNIFICANT) -> Decimal:
    """Rounded to so many figures: 362 → 360, 36.4 → 36, 5.44 → 5.4, 0.1234 → 0.12."""
    return round(value, figures - 1 - value.adjusted()) if value else Decimal(0)


def is_percentage(unit: str) -> bool:
    """“%”, “% of residents”, “per cent”: a change in it is in percentage points."""
    return bool(_PERCENTAGE.match(unit or ""))


def units_agree(one: str, other: str) -> bool:
    """Whether two units are the same, however they are written: “%” and “per cent” are."""
    written = " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    return written or (is_percentage(one) and is_percentage(other))


def is_money(unit: str) -> bool:
    unit = (unit or "").strip()
    return unit[:1] in CURRENCIES or bool(re.match(r"(pounds?|pence|gbp)\b", unit, re.IGNORECASE))


def months_between(start: str, end: str) -> int | None:
    """Whole months from one date to another; where a month is not given, the fewest that it can be."""
    one, other = PARTIAL_DATE.fullmatch(start), PARTIAL_DATE.fullmatch(end)
    if not one or not other:
        return None
    years = (int(other["year"]) - int(one["year"])) * 12
    if one["month"] and other["month"]:
        return years + int(other["month"]) - int(one["month"])
    return years


def _exactly(after: Decimal, before: Decimal) -> Decimal:
    """Subtract without rounding, whatever lies between the two magnitudes (floats reach from 1e-308 to 1e308)."""
    with localcontext() as context:
        context.prec = 700
        return after - before


def _relative(before: Decimal, after: Decimal, difference: Decimal, unit: str) -> Decimal | None:
    if before <= 0 or after < 0 or _NO_TRUE_ZERO.search(unit):
        return None
    return difference / before


def _against_target(
    before: Decimal | None, after: Decimal, target: Decimal | None, better: str
) -> tuple[TargetResult | None, Decimal | None]:
    """Met when it is as good as hoped or better; in part when it moved the better way and not all the way."""
    if target is None or better not in set(Better):
        return None, None
    if (after >= target) if better == Better.HIGHER else (after <= target):
        return TargetResult.MET, Decimal(1)
    if before is None:
        return TargetResult.MISSED, None
    part = _exactly(after, before) / _exactly(target, before) if target != before else Decimal(0)
    way_to_go = (target > before) if better == Better.HIGHER else (target < before)
    if way_to_go and part > 0:
        return TargetResult.PARTLY, part
    return TargetResult.MISSED, None
