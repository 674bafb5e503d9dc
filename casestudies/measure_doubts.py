"""What makes a reader stop at a figure: said to its author, who may have good reasons for it. Nothing is refused."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from casestudies.change import LONG_FOR_MONEY_MONTHS, change_of, is_percentage
from casestudies.choices import Better, Comparison
from casestudies.models import BaseMeasure

COMPARED = (Comparison.COMPARISON_GROUP, Comparison.RANDOMISED)
UNLIKELY_TIMES = 100


def doubts(measures: Iterable[BaseMeasure]) -> list[str]:
    """A sentence for each doubt, in the order of the figures."""
    return [
        _("“%(name)s”: %(doubt)s") % {"name": measure.indicator, "doubt": doubt}
        for measure in measures
        if measure.is_measured
        for doubt in _doubts(measure)
    ]


def _doubts(measure: BaseMeasure) -> Iterator[str]:
    change = change_of(measure)
    figures = [one for one in (change.before, change.after, change.target) if one is not None]
    if is_percentage(measure.unit) and any(not 0 <= one <= 100 for one in figures):
        yield _("a percentage outside 0 to 100. Is it meant to be a change, or a number of something?")
    if measure.comparison in COMPARED and not measure.why_comparable.strip():
        yield _("say why the group or place can be compared.")
    if change.before and change.after and not 1 / UNLIKELY_TIMES < abs(change.after / change.before) < UNLIKELY_TIMES:
        yield _("before and after lie very far apart. Are both in the same unit?")
    if change.is_money and not change.prices and (change.months or 0) >= LONG_FOR_MONEY_MONTHS:
        yield _("say whether the money is adjusted for inflation.")
    if change.target is not None and change.before is not None and change.target != change.before:
        wants_more = change.target > change.before
        if wants_more != (change.better == Better.HIGHER):
            yield _("the target lies on the worse side of where it began. Which way is better?")
