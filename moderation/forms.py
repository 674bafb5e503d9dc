"""Forms of the moderators: in the queue (GOV.UK's pattern) and in the CMS (Wagtail's)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DatePartsWidget, GovukForm
from moderation.models import DecisionAction
from moderation.models.reasons import choices_for
from moderation.notices import PASS_IT_ON
from moderation.services.log import NEED_A_REASON

WORDS_LENGTH = 4000


def _changes() -> list[tuple[str, Any]]:
    return choices_for(DecisionAction.ASK_FOR_CHANGES)


class AskForChangesForm(forms.Form):
    """What the CMS asks of a reviewer who does not approve; its fields reach `ReviewTask.on_action`."""

    reason = forms.ChoiceField(label=_("Reason"), choices=_changes)
    comment = forms.CharField(
        label=_("What to change"), widget=forms.Textarea(attrs={"rows": 3}), max_length=WORDS_LENGTH
    )


class _AskedWhenRefusing:
    """Needed for some decisions only, so neither “optional” nor always required: `DecisionForm.clean` says when."""

    def validate(self, value: Any) -> None:
        if value not in forms.Field.empty_values:
            super().validate(value)  # type: ignore[misc]  # a mixin for form fields


class ReasonField(_AskedWhenRefusing, forms.ChoiceField):
    pass


class WordsField(_AskedWhenRefusing, forms.CharField):
    pass


class DecisionForm(GovukForm):
    """One decision. `actions` are those that the thing allows; its buttons carry the name `action`."""

    show_error_summary = False
    use_required_attribute = False

    reason = ReasonField(
        label=_("Reason"),
        help_text=_("The author is told which it is. You need none to approve something or to leave it as it is."),
    )
    words = WordsField(
        label=_("Words to the author"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=WORDS_LENGTH,
        help_text=_("Say what would make it right, or why it cannot be. You may leave it empty when you approve."),
    )
    private_note = forms.CharField(
        label=_("Private note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("For other moderators only."),
    )

    def __init__(self, *args: Any, actions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(action, DecisionAction(action).label) for action in actions]
        self.fields["reason"].choices = [("", _("Choose a reason")), *choices_for(*actions)]  # type: ignore[attr-defined]
        self.fields["action"] = forms.ChoiceField(choices=choices, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("action") in NEED_A_REASON:
            if not cleaned.get("reason"):
                self.add_error("reason", _("Choose a reason: the author is told which rule it was."))
            if not (cleaned.get("words") or "").strip():
                self.add_error("words", _("Tell the author in a sentence or two what to change, or why."))
        return cleaned


class SignOffForm(DecisionForm):
    """Approve, or send back with a comment: for somebody who came by a link, so without a note to other moderators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, actions=[DecisionAction.APPROVE, DecisionAction.ASK_FOR_CHANGES], **kwargs)
        del self.fields["private_note"]
        self.fields["reason"].help_text = _("Only if you send it back.")


class AskToApproveForm(GovukForm):
    """The address of somebody who may sign off for the organisation."""

    show_error_summary = False

    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("At your organisation. They need no account: they get a link that works once, for 14 days."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ReportDecisionForm(DecisionForm):
    """A decision about what was reported. The words go to its author, or, if it is left, to whoever reported it."""

    misused = forms.BooleanField(
        label=_("The report was made to harm"),
        help_text=_("Only if you leave the thing as it is: later reports of the same reader then count for less."),
        required=False,
    )

    incomplete = forms.BooleanField(
        label=_("The notice lacks something that the law asks for"),
        help_text=_("Say in the words what it is: whoever complains is told."),
        required=False,
    )

    def __init__(self, *args: Any, must_be_passed_on: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not must_be_passed_on:
            del self.fields["incomplete"]
        self.fields["words"].label = _("Words to the author, or to whoever reported it")
        self.fields["words"].help_text = _("To the author if you hide it; to whoever reported it if you leave it.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        left = "incomplete" in self.fields and cleaned.get("action") == DecisionAction.DISMISS_REPORT
        if left and not cleaned.get("incomplete"):
            self.add_error("incomplete", PASS_IT_ON)
        elif left and not (cleaned.get("words") or "").strip():
            self.add_error("words", _("Say what the notice lacks."))
        return cleaned


class CaseWordsForm(GovukForm):
    """One line for the log of a case, or a letter to whoever reported it; its buttons carry the name `step`."""

    show_error_summary = False
    use_required_attribute = False
    prefix = "case"

    words = forms.CharField(label=_("Words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=WORDS_LENGTH)


class NcaForm(GovukForm):
    """What the National Crime Agency gave, and when it was told."""

    show_error_summary = False
    use_required_attribute = False

    reference = forms.CharField(label=_("Reference of the National Crime Agency"), max_length=80)
    day = forms.DateField(label=_("Day on which you reported it"), widget=DatePartsWidget)
    time = forms.TimeField(
        label=_("Time"),
        help_text=_("For example 14:30."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("day") and cleaned.get("time") and self._moment(cleaned) > timezone.now():
            self.add_error("time", _("This is in the future."))
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime:
        return timezone.make_aware(datetime.combine(cleaned["day"], cleaned["time"]))

    @property
    def recorded(self) -> dict[str, Any]:
        return {"reference": self.cleaned_data["reference"], "reported_at": self._moment(self.cleaned_data)}
