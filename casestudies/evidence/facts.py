"""What the rating is computed from: nothing but these."""

from collections.abc import Hashable
from dataclasses import dataclass

from casestudies.choices import Comparison, Outcome

NAMED_OUTCOMES = frozenset({Outcome.WORKED, Outcome.PARTLY_WORKED, Outcome.DID_NOT_WORK})
COMPARED = frozenset({Comparison.COMPARISON_GROUP, Comparison.RANDOMISED})


@dataclass(frozen=True, kw_only=True)
class MeasureFacts:
    """One figure. `same_as` is what figures are put side by side by (`BaseMeasure.same_as`); dates are `YYYY` or
    `YYYY-MM`, empty when nobody said; `drop_out` is in per cent.
    """

    same_as: Hashable
    indicator: str = ""
    before: float | None = None
    before_date: str = ""
    after: float | None = None
    after_date: str = ""
    comparison: str = Comparison.BEFORE_AND_AFTER
    why_comparable: str = ""
    sample_size: int | None = None
    drop_out: int | None = None
    self_reported: bool = False

    @property
    def has_both_figures(self) -> bool:
        return self.before is not None and self.after is not None

    @property
    def measured(self) -> bool:
        """Before and after, with dates and numbers."""
        return self.has_both_figures and bool(self.before_date and self.after_date)

    @property
    def compares(self) -> bool:
        """With a group or a place that did without."""
        return self.comparison in COMPARED

    @property
    def randomised(self) -> bool:
        return self.comparison == Comparison.RANDOMISED

    @property
    def compared(self) -> bool:
        """…and it is said why the two can be compared; that chance chose between them is why enough."""
        return self.compares and (self.randomised or bool(self.why_comparable.strip()))

    @property
    def direction(self) -> int | None:
        """1 up, −1 down, 0 unmoved; None when it was not measured.

        The plain direction and not “better”: two who measure the same may disagree on what is good.
        """
        if not self.measured or self.before is None or self.after is None:
            return None
        return (self.after > self.before) - (self.after < self.before)


@dataclass(frozen=True, kw_only=True)
class AdopterFacts:
    """What one other organisation measured when it tried the same. All its records together are one."""

    organisation: Hashable
    measures: tuple[MeasureFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EvidenceFacts:
    """A case study as the rating sees it.

    `sources` counts the addresses that the page names as its sources, its figures' included. `independent` holds the
    titles of the evaluations by somebody who neither delivered it nor commissioned it as their own success. `adopters`
    holds only those whose record counts (see `selectors.evidence`), the organisation itself never among them.
    """

    problem: bool = False
    approach: bool = False
    outcome: str = ""
    sources: int = 0
    independent: tuple[str, ...] = ()
    cost: bool = False
    measures: tuple[MeasureFacts, ...] = ()
    adopters: tuple[AdopterFacts, ...] = ()

    @property
    def has_named_outcome(self) -> bool:
        """“Too early to say” is an honest answer, and not yet an outcome."""
        return self.outcome in NAMED_OUTCOMES
