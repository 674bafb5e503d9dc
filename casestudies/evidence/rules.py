"""The decision table (`docs/decisions/0011-evidence-rating.md`), as one pure function.

| row | all true |
| --- | --- |
| 0 | what row 1 asks is not all there |
| 1 | problem, action and a named outcome, with a source |
| 2 | and one figure before and after, with dates |
| 3 | and that figure against a group or place that did without, and why the two can be compared |
| 4 | and the cost; and somebody independent evaluated it, or an adopter measured the same and found the same direction |
| 5 | and two or more other organisations measured the same and found the same, or it was a randomised trial, independently evaluated |

The highest row that one figure carries, less what weakens that figure and less what conflicts: two steps at most, and
never below row 1, since what row 1 says stays true. A page with several figures is rated by the one that carries most:
so a further figure cannot lower it, unless its result conflicts.
"""  # noqa: E501 - a row of the table is a line

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

from casestudies.evidence.facts import AdopterFacts, EvidenceFacts, MeasureFacts
from casestudies.evidence.rating import Answer, Deduction, Question, Rating, Step, Verdict

# Fewer than this many people, shops or streets counted is "very few".
FEW = 30
# More than this share of those measured before, missing after, is "high".
DROP_OUT_PERCENT = 20
# Up to one in five organisations that found the opposite is an exception; more is a conflict.
EXCEPTIONS = 5
REPEATED_BY = 2
MOST_OFF = 2
NAMED_AT_MOST = 3

_REMEDIES = {
    Question.FEW: Step.MORE_PEOPLE,
    Question.DROP_OUT: Step.FEWER_LEAVING,
    Question.SELF_REPORTED: Step.NOT_ONLY_TOLD,
}


@dataclass(frozen=True, kw_only=True)
class _Elsewhere:
    """Organisations that measured one of the page's own indicators: how many found the same direction in all they
    share with it, how many the opposite in any. Neither counts who saw no movement where the page did.
    """

    same: int
    opposite: int
    own_conflict: bool

    @property
    def counts(self) -> bool:
        """More places found the same than the opposite, the first place included."""
        return self.same + 1 > self.opposite

    @property
    def confirmed(self) -> bool:
        return self.same >= 1 and self.counts

    @property
    def repeated(self) -> bool:
        return self.same >= REPEATED_BY and self.counts

    @property
    def steps(self) -> int:
        """What the conflict takes off: none for an exception, one, or two when the opposite is the rule."""
        if self.opposite * EXCEPTIONS <= self.same + self.opposite + 1:
            return 0
        return 1 if self.opposite <= self.same + 1 else 2

    @property
    def deductions(self) -> tuple[Deduction, ...]:
        steps = max(self.steps, int(self.own_conflict))
        return (Deduction(why=Question.CONFLICT, steps=steps),) if steps else ()


@dataclass(frozen=True, kw_only=True)
class _Path:
    """One figure (or none) with the row that it carries and what weakens it."""

    measure: MeasureFacts | None
    row: int
    deductions: tuple[Deduction, ...] = ()

    @property
    def value(self) -> int:
        return _less(self.row, self.deductions)


def rate(facts: EvidenceFacts) -> Rating:
    """Rate one case study. Pure: the same facts give the same rating, in whatever order figures and adopters come."""
    elsewhere = _compare(facts.measures, facts.adopters)
    best = _best_path(facts, elsewhere)
    raised_by, more = _raised_by(facts, best, elsewhere)
    return Rating(
        value=best.value,
        row=best.row,
        answers=_answers(facts, best.measure, elsewhere),
        deductions=best.deductions,
        raised_by=raised_by,
        more=more,
    )


def _less(row: int, deductions: Iterable[Deduction]) -> int:
    return max(min(row, 1), row - min(MOST_OFF, sum(one.steps for one in deductions)))


def _best_path(facts: EvidenceFacts, elsewhere: _Elsewhere) -> _Path:
    if _missing_at_first(facts):
        return _Path(measure=None, row=0)
    paths = [_Path(measure=None, row=1)]
    paths += [
        _Path(measure=one, row=_row(one, facts, elsewhere), deductions=_weaknesses(one) + elsewhere.deductions)
        for one in facts.measures
        if one.measured
    ]
    return max(paths, key=_strength)


def _strength(path: _Path) -> tuple[int, int, int, bool, str]:
    """Of two that lead to the same value the one that stands higher, then the one that is nearer to the next row;
    the figure's own words break ties, so that the order of figures is no matter.
    """
    nearer = bool(path.measure and path.measure.compares)
    return path.value, path.row, -len(path.deductions), nearer, repr(path.measure)


def _row(measure: MeasureFacts, facts: EvidenceFacts, elsewhere: _Elsewhere) -> int:
    if not measure.compared:
        return 2
    independent = bool(facts.independent)
    if not (facts.cost and (independent or elsewhere.confirmed)):
        return 3
    return 5 if elsewhere.repeated or (measure.randomised and independent) else 4


def _weaknesses(measure: MeasureFacts) -> tuple[Deduction, ...]:
    """What is not known weakens nothing: silence is not a small sample."""
    found = {
        Question.FEW: measure.sample_size is not None and measure.sample_size < FEW,
        Question.DROP_OUT: measure.drop_out is not None and measure.drop_out > DROP_OUT_PERCENT,
        Question.SELF_REPORTED: measure.self_reported,
    }
    return tuple(Deduction(why=why) for why, weak in found.items() if weak)


def _compare(measures: Iterable[MeasureFacts], adopters: Iterable[AdopterFacts]) -> _Elsewhere:
    own = _directions(measures)
    theirs: dict[Hashable, list[MeasureFacts]] = {}
    for adopter in adopters:
        theirs.setdefault(adopter.organisation, []).extend(adopter.measures)
    same = opposite = 0
    for found in theirs.values():
        shared = [(own[key], ways) for key, ways in _directions(found).items() if key in own]
        if any(_oppose(ours, ways) for ours, ways in shared):
            opposite += 1
        elif any(ours == ways for ours, ways in shared):
            same += 1
    return _Elsewhere(same=same, opposite=opposite, own_conflict=any({1, -1} <= ways for ways in own.values()))


def _directions(measures: Iterable[MeasureFacts]) -> dict[Hashable, set[int]]:
    found: dict[Hashable, set[int]] = {}
    for measure in measures:
        if (direction := measure.direction) is not None:
            found.setdefault(measure.same_as, set()).add(direction)
    return found


def _oppose(ours: set[int], theirs: set[int]) -> bool:
    """One moved up and the other down. Where the page contradicts itself, nobody else contradicts it."""
    return not {1, -1} <= ours and any(-way in ours for way in theirs if way)


# --- What would raise it -----------------------------------------------------------------------------


def _missing_at_first(facts: EvidenceFacts) -> tuple[Step, ...]:
    there = {
        Step.PROBLEM: facts.problem,
        Step.APPROACH: facts.approach,
        Step.OUTCOME: facts.has_named_outcome,
        Step.SOURCE: facts.sources > 0,
    }
    return tuple(step for step, found in there.items() if not found)


def _raised_by(facts: EvidenceFacts, best: _Path, elsewhere: _Elsewhere) -> tuple[tuple[Step, ...], int]:
    """The steps to the next row; or, where the deductions would eat that row up, what would undo them."""
    if best.row < 5 and _less(best.row + 1, best.deductions) > best.value:
        return _to_next_row(facts, best, elsewhere)
    steps = [_REMEDIES[one.why] for one in best.deductions if one.why in _REMEDIES]
    more = 0
    if elsewhere.own_conflict:
        steps.append(Step.ONE_STORY)
    if elsewhere.steps:
        steps.append(Step.AGREEMENT)
        more = elsewhere.opposite * (EXCEPTIONS - 1) - elsewhere.same - 1
    return tuple(steps), more


def _to_next_row(facts: EvidenceFacts, best: _Path, elsewhere: _Elsewhere) -> tuple[tuple[Step, ...], int]:
    if best.row == 0:
        return _missing_at_first(facts), 0
    if best.row == 1:
        return (Step.DATES if _dates_would_do(facts) else Step.FIGURES,), 0
    if best.row == 2:
        return (Step.WHY_COMPARABLE if best.measure and best.measure.compares else Step.COMPARISON,), 0
    if best.row == 3:
        needed = {Step.COST: facts.cost, Step.SECOND_PAIR_OF_EYES: facts.independent or elsewhere.confirmed}
        return tuple(step for step, there in needed.items() if not there), 0
    return (Step.REPEATED,), max(REPEATED_BY - elsewhere.same, elsewhere.opposite - elsewhere.same)


def _dates_would_do(facts: EvidenceFacts) -> bool:
    """Whether a figure of the page lacks nothing but its dates."""
    some = [
        replace(one, before_date=one.before_date or "0", after_date=one.after_date or "0") for one in facts.measures
    ]
    dated = replace(facts, measures=tuple(some))
    return _best_path(dated, _compare(dated.measures, dated.adopters)).value > 1


# --- The answers behind the number -------------------------------------------------------------------


def _answers(facts: EvidenceFacts, carrier: MeasureFacts | None, elsewhere: _Elsewhere) -> dict[Question, Answer]:
    measured = [one for one in facts.measures if one.measured]
    against = elsewhere.opposite or None
    return {
        Question.PROBLEM: _yes_or_no(facts.problem and facts.approach),
        Question.OUTCOME: _yes_or_no(facts.has_named_outcome),
        Question.SOURCE: _yes_or_no(facts.sources > 0, number=facts.sources or None),
        Question.MEASURED: _yes_or_no(bool(measured), rests_on=_names(measured)),
        Question.COMPARED: _resting_on(one for one in measured if one.compared),
        Question.COST: _yes_or_no(facts.cost),
        Question.INDEPENDENT: _yes_or_no(bool(facts.independent), rests_on=tuple(sorted(facts.independent))),
        Question.SAME_ELSEWHERE: _yes_or_no(elsewhere.confirmed, number=elsewhere.same or None),
        Question.RANDOMISED: _resting_on(one for one in measured if one.randomised),
        Question.CONFLICT: _yes_or_no(bool(elsewhere.deductions), number=against) if measured else _unknown(),
        Question.FEW: _if_known(carrier.sample_size if carrier else None, lambda size: size < FEW),
        Question.DROP_OUT: _if_known(carrier.drop_out if carrier else None, lambda share: share > DROP_OUT_PERCENT),
        Question.SELF_REPORTED: _yes_or_no(carrier.self_reported) if carrier else _unknown(),
    }


def _unknown() -> Answer:
    return Answer(verdict=Verdict.UNKNOWN)


def _yes_or_no(yes: bool, *, rests_on: tuple[str, ...] = (), number: int | None = None) -> Answer:
    return Answer(verdict=Verdict.YES if yes else Verdict.NO, rests_on=rests_on[:NAMED_AT_MOST], number=number)


def _resting_on(measures: Iterable[MeasureFacts]) -> Answer:
    names = _names(measures)
    return _yes_or_no(bool(names), rests_on=names)


def _names(measures: Iterable[MeasureFacts]) -> tuple[str, ...]:
    return tuple(sorted({one.indicator for one in measures}))


def _if_known(number: int | None, weak: Callable[[int], bool]) -> Answer:
    return _unknown() if number is None else _yes_or_no(weak(number), number=number)
