"""What the rules answer. Codes and figures only: `words` makes sentences of them in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Question(StrEnum):
    """What is asked, in the order in which the page shows it."""

    PROBLEM = "problem"
    OUTCOME = "outcome"
    SOURCE = "source"
    MEASURED = "measured"
    COMPARED = "compared"
    COST = "cost"
    INDEPENDENT = "independent"
    SAME_ELSEWHERE = "same_elsewhere"
    RANDOMISED = "randomised"
    CONFLICT = "conflict"
    FEW = "few"
    DROP_OUT = "drop_out"
    SELF_REPORTED = "self_reported"


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """What would raise it."""

    PROBLEM = "problem"
    APPROACH = "approach"
    OUTCOME = "outcome"
    SOURCE = "source"
    FIGURES = "figures"
    DATES = "dates"
    COMPARISON = "comparison"
    WHY_COMPARABLE = "why_comparable"
    COST = "cost"
    SECOND_PAIR_OF_EYES = "second_pair_of_eyes"
    REPEATED = "repeated"
    MORE_PEOPLE = "more_people"
    FEWER_LEAVING = "fewer_leaving"
    NOT_ONLY_TOLD = "not_only_told"
    AGREEMENT = "agreement"
    ONE_STORY = "one_story"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`rests_on` names figures or sources, at most three; `number` counts what the question counts."""

    verdict: Verdict
    rests_on: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Deduction:
    """Why steps were taken off, and how many this alone would take."""

    why: Question
    steps: int = 1


@dataclass(frozen=True, kw_only=True)
class Rating:
    """`row` is the highest row of the table that is fully met; `value` what is left after the deductions.

    `raised_by` is what, taken together, would lead to a higher value; empty at 5. `more` says how many more
    organisations `Step.REPEATED` or `Step.AGREEMENT` asks for.
    """

    value: int
    row: int
    answers: Mapping[Question, Answer]
    deductions: tuple[Deduction, ...] = ()
    raised_by: tuple[Step, ...] = ()
    more: int = 0

    @property
    def off(self) -> int:
        return self.row - self.value

    def stored(self) -> dict[str, Any]:
        """As JSON, beside the value itself (`Standing.answers`)."""
        return {
            "row": self.row,
            "questions": {str(question): _stored(answer) for question, answer in self.answers.items()},
            "off": [{"why": str(one.why), "steps": one.steps} for one in self.deductions],
            "raised_by": [str(step) for step in self.raised_by],
            "more": self.more,
        }

    @classmethod
    def from_stored(cls, value: int, stored: Mapping[str, Any]) -> Self | None:
        """None for what was never rated. A question that an older version did not ask is left out."""
        if not stored.get("questions"):
            return None
        return cls(
            value=value,
            row=stored["row"],
            answers={
                question: Answer(
                    verdict=Verdict(found["is"]), rests_on=tuple(found.get("on", ())), number=found.get("n")
                )
                for question in Question
                if (found := stored["questions"].get(question))
            },
            deductions=tuple(Deduction(why=Question(one["why"]), steps=one["steps"]) for one in stored["off"]),
            raised_by=tuple(Step(step) for step in stored["raised_by"]),
            more=stored["more"],
        )


def _stored(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"is": str(answer.verdict)}
    if answer.rests_on:
        found["on"] = list(answer.rests_on)
    if answer.number is not None:
        found["n"] = answer.number
    return found
