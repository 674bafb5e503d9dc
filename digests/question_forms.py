"""The answers that people give to what we ask them, each question with a form of its own on one page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casestudies.choices import AdoptionStatus, Outcome, StopReason
from core.dates import partial_date
from core.forms import GovukForm
from digests.questions import ADOPTION, Question

# Other reasons take words, and words take the full form, which moderation reads.
REASONS = [choice for choice in StopReason.choices if choice[0] != StopReason.OTHER]
STILL, ENDED, MOVED = "still", "ended", "moved"


def month_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("A year, like 2025, or a month, like 2025-03"),
        max_length=7,
        required=False,
        validators=[partial_date],
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )


class EndedForm(GovukForm):
    """A case study's practice has ended."""

    ended = month_field(_("When did it end?"))
    reasons = forms.MultipleChoiceField(
        label=_("Why?"), choices=REASONS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended"].required = True
        self.fields["ended"].error_messages["required"] = _("Say when it ended; the year is enough.")


class MovedForm(GovukForm):
    """An adoption has moved on, stopped or come to an outcome."""

    status = forms.ChoiceField(
        label=_("Where does it stand now?"), choices=AdoptionStatus.choices, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("Did it work?"), choices=Outcome.choices, required=False, widget=forms.RadioSelect
    )
    ended = month_field(_("If it has stopped: when?"))
    reasons = forms.MultipleChoiceField(
        label=_("If it stopped or did not work: why?"),
        choices=REASONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def form_for(question: Question, data: Any = None) -> GovukForm:
    """The form of one question; several stand on one page, so each has a prefix."""
    if question.kind == ADOPTION:
        one = question.about
        initial = {"status": one.status, "outcome": one.outcome, "ended": one.ended, "reasons": one.reasons}
        return MovedForm(data, prefix=question.anchor, initial=initial)
    return EndedForm(data, prefix=question.anchor)
