"""Forms about people, their sanctions and their appeals."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import GovukForm
from moderation.forms import WORDS_LENGTH
from moderation.models import AppealOutcome, DecisionAction
from moderation.models.reasons import choices_for

PERSON_ACTIONS = (DecisionAction.WARN, DecisionAction.LIMIT, DecisionAction.SUSPEND, DecisionAction.BAN)
FOR_A_TIME = (DecisionAction.LIMIT, DecisionAction.SUSPEND)
DAYS = [(1, _("1 day")), (7, _("1 week")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year"))]


class SanctionForm(GovukForm):
    """What to do about a person. Only two of the four take a time: the field says so, and the others leave it be."""

    show_error_summary = False
    use_required_attribute = False

    action = forms.ChoiceField(
        label=_("What to do"),
        widget=forms.RadioSelect,
        choices=[
            (DecisionAction.WARN, _("Warn: they are told that they broke a rule")),
            (DecisionAction.LIMIT, _("Limit: a moderator looks at everything they write first")),
            (DecisionAction.SUSPEND, _("Suspend: they can sign in and read, and write nothing")),
            (DecisionAction.BAN, _("Propose a ban: suspended for a week, until a second moderator agrees or refuses")),
        ],
    )
    days = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=DAYS,
        initial=7,
        required=False,
        empty_value="7",
        help_text=_("For a limit or a suspension."),
    )
    reason = forms.ChoiceField(label=_("Reason"))
    words = forms.CharField(
        label=_("Words to the person"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=WORDS_LENGTH,
        help_text=_("Say what they did, and what you expect. They get it by email, and may appeal."),
    )
    private_note = forms.CharField(
        label=_("Private note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("For other moderators only."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons: Any = self.fields["reason"]
        reasons.choices = [("", _("Choose a reason")), *choices_for(*PERSON_ACTIONS)]

    @property
    def until(self) -> Any:
        """The end of what was chosen; None for what has no time."""
        if self.cleaned_data["action"] not in FOR_A_TIME:
            return None
        return timezone.now() + timedelta(days=int(self.cleaned_data["days"]))


class AppealForm(GovukForm):
    """Why the decision was wrong, in the person’s own words."""

    words = forms.CharField(
        label=_("Why do you think that the decision was wrong?"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=WORDS_LENGTH,
        help_text=_("A moderator who had no part in the decision reads it. You can appeal once, so say all of it."),
    )


class DecideAppealForm(GovukForm):
    """The outcome is the button that was pressed."""

    show_error_summary = False
    use_required_attribute = False

    outcome = forms.ChoiceField(choices=AppealOutcome.choices, widget=forms.HiddenInput)
    reply = forms.CharField(
        label=_("Answer to the person"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=WORDS_LENGTH,
        help_text=_("Say why the decision stands, or why it does not. It is sent by email."),
    )
    private_note = forms.CharField(
        label=_("Private note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=_("For other moderators only."),
    )
