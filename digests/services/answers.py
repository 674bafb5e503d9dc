"""What somebody answers, from a mail or signed in, handed to the services that keep it."""

from typing import Any

from accounts.models import User
from casestudies import services as case_studies
from digests.question_forms import ENDED, STILL
from digests.questions import CASE_STUDY, Question


def give_answer(*, question: Question, do: str, data: dict[str, Any], by: User) -> None:
    """Keep one answer; repeating it changes nothing.

    Raises the services' `NotAllowed`, `ValidationError` with fields of the question's form, and `LookupError` for an
    answer that this question does not have.
    """
    if question.kind == CASE_STUDY and do == STILL:
        case_studies.confirm_case_study(case_study=question.about, by=by)
    elif question.kind == CASE_STUDY and do == ENDED:
        case_studies.say_ended(case_study=question.about, by=by, ended=data["ended"], reasons=data["reasons"])
    else:
        raise LookupError(do)
