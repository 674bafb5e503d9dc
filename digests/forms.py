"""What people may ask of their follows."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.forms import DatePartsWidget, GovukForm
from digests import targets
from digests.models import Cadence
from digests.models.follows import DEFAULT_CADENCE
from digests.selectors import cadence_names
from digests.services.hours import EARLIEST, LATEST
from digests.services.pausing import BadPause, check_pause

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

    cadence = forms.ChoiceField(choices=[("", ""), *Cadence.choices], required=False)


class PauseForm(GovukForm):
    """No mail until a day: one of those that people mean most, or a date. `until` is the day that was chosen."""

    DATE = "date"

    how_long = forms.ChoiceField(
        label=_("For how long?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for how long."), "invalid_choice": _("Choose for how long.")},
    )
    day = forms.DateField(
        label=_("The day on which mail starts again"),
        required=False,
        widget=DatePartsWidget,
        help_text=_("Only if you chose “until a date”. For example, 7 1 2027."),
        error_messages={"invalid": _("Give a day that exists, for example 7 1 2027.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.days = {
            "week": today + timedelta(days=7),
            "two_weeks": today + timedelta(days=14),
            "month": _a_month_after(today),
        }
        words = {"week": _("One week"), "two_weeks": _("Two weeks"), "month": _("A month")}
        self.fields["how_long"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            *((name, f"{words[name]} ({date_format(day, 'j F')})") for name, day in self.days.items()),
            (self.DATE, _("Until a date")),
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("how_long") == self.DATE and "day" not in self.errors:
            self._check(found.get("day"))
        elif found.get("how_long") in self.days:
            # What stands in the fields of the date was not chosen, right or wrong.
            self.errors.pop("day", None)
        return found

    def _check(self, day: date | None) -> None:
        if day is None:
            self.add_error("day", _("Give the day on which mail starts again."))
            return
        try:
            check_pause(day)
        except BadPause as error:
            self.add_error("day", str(error))

    @property
    def until(self) -> date:
        chosen: date = self.days.get(self.cleaned_data["how_long"]) or self.cleaned_data["day"]
        return chosen


def _a_month_after(day: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


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
    mentions = forms.BooleanField(label=_("Tell me at once when somebody names me in a comment"), required=False)
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
    reviews = forms.BooleanField(
        label=_("Tell me at once when something waits for my approval"),
        required=False,
        help_text=_("For those who approve for their organisation, and for moderators."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cadence"].choices = cadence_names(self.initial.get("send_hour"))  # type: ignore[attr-defined]  # it is a ChoiceField
