"""The rating in the reader's language: why, what would raise it, and the answers. Made when shown, never stored."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casestudies.evidence.rating import Answer, Question, Rating, Step, Verdict
from casestudies.evidence.rules import DROP_OUT_PERCENT, FEW

QUESTIONS: dict[Question, Any] = {
    Question.PROBLEM: gettext_lazy("Does it say what was wrong and what was done?"),
    Question.OUTCOME: gettext_lazy("Does it say how it turned out?"),
    Question.SOURCE: gettext_lazy("Is there a source?"),
    Question.MEASURED: gettext_lazy("Was the change measured before and after, with dates?"),
    Question.COMPARED: gettext_lazy(
        "Was it compared with people or a place without it, and is it said why they can be compared?"
    ),
    Question.COST: gettext_lazy("Is the cost stated?"),
    Question.INDEPENDENT: gettext_lazy("Did somebody independent evaluate it?"),
    Question.SAME_ELSEWHERE: gettext_lazy("Did others who tried it measure the same, and find the same?"),
    Question.RANDOMISED: gettext_lazy("Was it a randomised trial?"),
    Question.CONFLICT: gettext_lazy("Do the results conflict?"),
    Question.FEW: gettext_lazy("Were very few counted (fewer than %(few)s)?"),
    Question.DROP_OUT: gettext_lazy("Did many drop out (more than %(percent)s%%)?"),
    Question.SELF_REPORTED: gettext_lazy("Does the figure rest on people’s own word only?"),
}

_VERDICTS = {
    Verdict.YES: gettext_lazy("Yes"),
    Verdict.NO: gettext_lazy("No"),
    Verdict.UNKNOWN: gettext_lazy("Not known"),
}

_STEPS: dict[Step, Any] = {
    Step.PROBLEM: gettext_lazy("saying what was wrong"),
    Step.APPROACH: gettext_lazy("saying what was done"),
    Step.OUTCOME: gettext_lazy("saying how it turned out"),
    Step.SOURCE: gettext_lazy("a source"),
    Step.FIGURES: gettext_lazy("a figure before and after, with dates"),
    Step.DATES: gettext_lazy("the dates of the figures before and after"),
    Step.COMPARISON: gettext_lazy("a comparison with people or a place without it"),
    Step.WHY_COMPARABLE: gettext_lazy("saying why the two that are compared can be compared"),
    Step.COST: gettext_lazy("the cost"),
    Step.SECOND_PAIR_OF_EYES: gettext_lazy(
        "an independent evaluation (or another organisation that measures the same and finds the same)"
    ),
    Step.MORE_PEOPLE: gettext_lazy("figures for more people"),
    Step.FEWER_LEAVING: gettext_lazy("figures for more of those who took part to the end"),
    Step.NOT_ONLY_TOLD: gettext_lazy("a figure that does not rest on people’s own word"),
    Step.ONE_STORY: gettext_lazy("figures of one indicator that do not contradict each other"),
}

_OFF = {
    Question.FEW: gettext_lazy("very few were counted"),
    Question.DROP_OUT: gettext_lazy("many dropped out"),
    Question.SELF_REPORTED: gettext_lazy("it rests on people’s own word"),
    Question.CONFLICT: gettext_lazy("the results conflict"),
}

_ROWS = {
    1: gettext_lazy("It says how it turned out, with a source, but gives no figure before and after with its dates"),
    2: gettext_lazy("The change was measured before and after, with dates, but not compared with anywhere without it"),
    3: gettext_lazy("The change was measured before and after, and compared with people or a place without it"),
}


@dataclass(frozen=True, kw_only=True)
class AnswerInWords:
    question: str
    verdict: str
    rests_on: str


def why(rating: Rating) -> str:
    """One sentence: the row, and what was taken off."""
    reason = _reason(rating)
    if not rating.off:
        return _("%(reason)s.") % {"reason": reason}
    because = get_text_list([str(_OFF[one.why]) for one in rating.deductions], _("and"))
    return ngettext(
        "%(reason)s; one step is taken off, because %(because)s.",
        "%(reason)s; two steps are taken off, because %(because)s.",
        rating.off,
    ) % {"reason": reason, "because": because}


def _reason(rating: Rating) -> str:
    if rating.row in _ROWS:
        return str(_ROWS[rating.row])
    if rating.row == 0:
        return _reason_for_nothing(rating)
    independent = _is(rating, Question.INDEPENDENT)
    others = rating.answers[Question.SAME_ELSEWHERE].number or 0
    if rating.row == 4 and independent:
        return _("It was measured against people or a place without it, and evaluated by somebody independent")
    if rating.row == 5 and independent and _is(rating, Question.RANDOMISED):
        return _("It was a randomised trial, evaluated by somebody independent")
    return ngettext(
        "It was measured against people or a place without it, and %(n)s other organisation found the same",
        "It was measured against people or a place without it, and %(n)s other organisations found the same",
        others,
    ) % {"n": others}


def _reason_for_nothing(rating: Rating) -> str:
    if not _is(rating, Question.OUTCOME):
        return _("It does not say yet how it turned out")
    if not _is(rating, Question.SOURCE):
        return _("It says how it turned out, but gives no source")
    return _("It says how it turned out, but not what was wrong and what was done")


def _is(rating: Rating, question: Question) -> bool:
    answer = rating.answers.get(question)
    return bool(answer and answer.verdict == Verdict.YES)


def what_would_raise(rating: Rating) -> str:
    """One sentence; at the top it says so."""
    if not rating.raised_by:
        return _("It stands as high as it can.")
    steps = [_step(step, rating.more) for step in rating.raised_by]
    return _("What would raise it: %(steps)s.") % {"steps": get_text_list(steps, _("and"))}


def _step(step: Step, more: int) -> str:
    if step == Step.REPEATED:
        return ngettext(
            "%(n)s more organisation that measures the same and finds the same",
            "%(n)s more organisations that measure the same and find the same",
            more,
        ) % {"n": more}
    if step == Step.AGREEMENT:
        return ngettext(
            "%(n)s more organisation that finds the same as here",
            "%(n)s more organisations that find the same as here",
            more,
        ) % {"n": more}
    return str(_STEPS[step])


def answers(rating: Rating) -> list[AnswerInWords]:
    """Every question with its answer and what it rests on, in order."""
    return [
        AnswerInWords(
            question=str(QUESTIONS[question]) % {"few": FEW, "percent": DROP_OUT_PERCENT},
            verdict=str(_VERDICTS[answer.verdict]),
            rests_on=_rests_on(question, answer),
        )
        for question, answer in rating.answers.items()
    ]


def _rests_on(question: Question, answer: Answer) -> str:
    n = answer.number
    if n is None:
        return "; ".join(answer.rests_on)
    if question == Question.SOURCE:
        return ngettext("%(n)s source", "%(n)s sources", n) % {"n": n}
    if question == Question.SAME_ELSEWHERE:
        return ngettext("%(n)s other organisation", "%(n)s other organisations", n) % {"n": n}
    if question == Question.CONFLICT:
        return ngettext("%(n)s organisation found the opposite", "%(n)s organisations found the opposite", n) % {"n": n}
    if question == Question.DROP_OUT:
        return f"{n}%"
    return str(n)
