"""What somebody says about an adoption, as a plain value, and what can be wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from casestudies.choices import AdoptionStatus, Better, Comparison, Outcome, StopReason
from core.dates import check_order, is_ahead

if TYPE_CHECKING:
    from casestudies.models import Adoption, AdoptionMeasure, CaseStudyPage
    from places.models import Place

MOST_MEASURES = 60
NOT_BEGUN = (AdoptionStatus.INTERESTED, AdoptionStatus.PLANNING)


@dataclass(frozen=True, kw_only=True)
class MeasureFacts:
    """One indicator before and after, as the adopter measured it; as `casestudies.models.BaseMeasure` has it."""

    indicator: str
    unit: str
    after: float
    better: str = Better.HIGHER
    before: float | None = None
    before_date: str = ""
    after_date: str = ""
    source: str = ""
    note: str = ""
    sample: str = ""
    sample_size: int | None = None
    comparison: str = ""
    standard_id: int | None = None

    @classmethod
    def of(cls, measure: "AdoptionMeasure") -> "MeasureFacts":
        return cls(**{one.name: getattr(measure, one.name) for one in fields(cls)})

    @property
    def values(self) -> dict[str, Any]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        told = self.comparison or (Comparison.NONE if self.before is None else Comparison.BEFORE_AND_AFTER)
        return values | {"comparison": str(told)}


@dataclass(frozen=True, kw_only=True)
class AdoptionFacts:
    """Everything but whose it is and of what. `measures` None leaves the figures as they are."""

    status: str
    started: str = ""
    ended: str = ""
    outcome: str = ""
    reasons: Sequence[str] = ()
    other_reason: str = ""
    changed: str = ""
    words: str = ""
    place: "Place | None" = None
    own_case_study: "CaseStudyPage | None" = None
    measures: Sequence[MeasureFacts] | None = field(default=None)

    @classmethod
    def of(cls, adoption: "Adoption") -> "AdoptionFacts":
        """As it is recorded now; the figures are left alone."""
        names = {one.name for one in fields(cls)} - {"measures"}
        return cls(**{name: getattr(adoption, name) for name in names})

    @property
    def values(self) -> dict[str, Any]:
        """As the record keeps them; reasons are for what stopped or did not work, in the order of the list."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "measures"}
        chosen = [code for code in StopReason.values if code in set(self.reasons)]
        other = self.other_reason if StopReason.OTHER in chosen else ""
        return values | {"reasons": chosen, "other_reason": other}


def check_facts(facts: AdoptionFacts) -> None:
    """Raise one `ValidationError` with everything that is wrong, each at its field."""
    errors: dict[str, str] = {}
    for name, said in (("started", facts.started), ("ended", facts.ended)):
        planned = name == "started" and facts.status in NOT_BEGUN
        if said and not planned and is_ahead(said):
            errors[name] = _("This lies ahead. Give a date that has come, or choose “Planning”.")
    try:
        check_order(facts.started, facts.ended)
    except ValidationError as wrong:
        errors.setdefault("ended", wrong.message_dict["ended"][0])
    if facts.ended and facts.status != AdoptionStatus.STOPPED:
        errors["status"] = _("It has an end date. Choose “Stopped”, or remove the date.")
    errors |= _wrong_with_reasons(facts)
    if facts.status in NOT_BEGUN and facts.outcome and facts.outcome != Outcome.TOO_EARLY:
        errors["outcome"] = _("It has not begun, so nobody can say yet. Choose “Trying”, or leave this open.")
    for measure in facts.measures or ():
        if wrong_with(measure):
            errors["measures"] = _("Look at the figures again: %(what)s") % {
                "what": next(iter(wrong_with(measure).values()))
            }
    if len(facts.measures or ()) > MOST_MEASURES:
        errors["measures"] = _("That is more figures than one record can hold.")
    if errors:
        raise ValidationError(errors)


def _wrong_with_reasons(facts: AdoptionFacts) -> dict[str, str]:
    needed = facts.status == AdoptionStatus.STOPPED or facts.outcome == Outcome.DID_NOT_WORK
    if needed and not facts.reasons:
        return {"reasons": _("Choose at least one reason. It is what others learn most from.")}
    if StopReason.OTHER in facts.reasons and not facts.other_reason.strip():
        return {"other_reason": _("Say in a few words what the other reason was.")}
    return {}


def wrong_with(measure: MeasureFacts) -> dict[str, str]:
    """What is wrong with one figure, by its field."""
    wrong: dict[str, str] = {}
    for name in ("before", "after"):
        value = getattr(measure, name)
        if value is not None and value < 0:
            wrong[name] = _("A figure cannot be below zero. Write a fall as a “before” and an “after”.")
    for name in ("before_date", "after_date"):
        if is_ahead(getattr(measure, name)):
            wrong[name] = _("This lies ahead. Give the date on which it was measured.")
    if measure.before_date and measure.before is None:
        wrong.setdefault("before", _("You gave a date before. Give the figure too, or remove the date."))
    try:
        check_order(measure.before_date, measure.after_date, field="after_date")
    except ValidationError:
        wrong.setdefault("after_date", _("The second date comes before the first."))
    return wrong


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    """The names of what changed."""
    return [name for name in after if before.get(name) != after[name]]
