"""What people may ask of their follows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import GovukForm
from digests import targets
from digests.models import Cadence
from digests.models.follows import DEFAULT_CADENCE
from digests.services.hours import EARLIEST, LATEST

LARGEST_ID = 2**63 - 1


class TargetForm(forms.Form):
    """Which thing to follow, and where to go back to; sent by a button, so nobody sees its errors."""

    kind = forms.CharField(max_length=30)
    id = forms.IntegerField(min_value=1, max_value=LARGEST_ID)

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind not in targets.kinds():
            raise forms.ValidationError(_("There is nothing here to follow."))
        return kind

    @property
    def may_start(self) -> bool:
        """Whether a number is enough to follow it."""
        return targets.kinds()[self.cleaned_data["kind"]].numbered

    @property
    def target(self) -> targets.Target:
        return self.cleaned_data["kind"], self.cleaned_data["id"]


class FollowRequestForm(GovukForm):
    """Where to write and how often; what to follow stands in the page's own address."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Give the address that we should write to."),
            "invalid": _("Give an email address in the usual form, like name@example.org."),
        },
    )
    cadence = forms.ChoiceField(
        label=_("How often?"),
        choices=[choice for choice in Cadence.choices if choice[0] != Cadence.OFF],
        initial=DEFAULT_CADENCE,
        widget=forms.RadioSelect,
    )


class FollowCadenceForm(forms.Form):
    """How often for one follow; empty is as often as the rest."""

    cadence = forms.ChoiceField(choices=[("", _("As the rest")), *Cadence.choices], required=False)


class MailSettingsForm(GovukForm):
    cadence = forms.ChoiceField(
        label=_("How often do you want mail about what you follow?"),
        choices=Cadence.choices,
        widget=forms.RadioSelect,
        help_text=_("One mail over everything. When there is nothing new, there is no mail."),
    )
    send_hour = forms.TypedChoiceField(
        label=_("At what time?"),
        choices=[("", _("8 in the morning")), *((str(hour), f"{hour}:00") for hour in range(EARLIEST + 1, LATEST + 1))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("UK time. For the mail of the day or the week; what comes as it happens does not wait."),
    )
    replies = forms.BooleanField(label=_("Tell me at once when somebody replies to me"), required=False)
    adoptions = forms.BooleanField(
        label=_("Tell me at once when another place tries what I wrote about"), required=False
    )
    questions = forms.BooleanField(
        label=_("Ask me, at most once a month, whether what I wrote is still true and how it goes"), required=False
    )
    answers = forms.BooleanField(
        label=_("Tell me at once when somebody answers what I asked, or says that my answer helped"), required=False
    )
    asks = forms.BooleanField(
        label=_("Tell me, at most twice a week, when somebody asks about something that I have done"), required=False
    )
