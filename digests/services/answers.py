"""What somebody answers, from a mail or signed in, handed to the services that keep it."""

from dataclasses import replace
from typing import Any

from accounts.models import User
from casestudies import services as case_studies
from casestudies.adoption_facts import AdoptionFacts
from casestudies.choices import AdoptionStatus, StopReason
from casestudies.models import Adoption
from casestudies.services.adoptions import correct_adoption
from digests.question_forms import ENDED, MOVED, STILL
from digests.questions import ADOPTION, CASE_STUDY, Question


def give_answer(*, question: Question, do: str, data: dict[str, Any], by: User) -> None:
    """Keep one answer; repeating it changes nothing.

    Raises the services' `NotAllowed`, `ValidationError` with fields of the question's form, and `LookupError` for an
    answer that this question does not have.
    """
    about = question.about
    if (question.kind, do) == (CASE_STUDY, STILL):
        case_studies.confirm_case_study(case_study=about, by=by)
    elif (question.kind, do) == (CASE_STUDY, ENDED):
        case_studies.say_ended(case_study=about, by=by, ended=data["ended"], reasons=data["reasons"])
    elif (question.kind, do) == (ADOPTION, STILL):
        case_studies.say_still_going(adoption=about, by=by)
    elif (question.kind, do) == (ADOPTION, MOVED):
        _how_it_goes(about, data, by)
    else:
        raise LookupError(do)


def _how_it_goes(adoption: Adoption, data: dict[str, Any], by: User) -> None:
    """Where it stands and how it went; the rest of the record stays. Words of another reason are kept with it."""
    stopped = data["status"] == AdoptionStatus.STOPPED
    reasons = [*data["reasons"], *(code for code in adoption.reasons if code == StopReason.OTHER)]
    facts = replace(
        AdoptionFacts.of(adoption),
        status=data["status"],
        outcome=data["outcome"],
        ended=data["ended"] if stopped else "",
        reasons=reasons,
    )
    if correct_adoption(adoption=adoption, facts=facts, by=by) is None:
        case_studies.say_still_going(adoption=adoption, by=by)
