"""What staff may ask of the lists. A value that is not known asks for nothing, so that no address is an error."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from digests.models import Cadence, Deed, MailKind, MailState
from digests.staff import mails, runs

ANY = ("", _("Any"))


class ListForm(forms.Form):
    def wish(self) -> dict[str, Any]:
        """What is asked, by name; empty for what is not, or is not understood."""
        self.is_valid()
        known = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return {name: one.isoformat() if isinstance(one, date) else one for name, one in known.items()}


class RunsForm(ListForm):
    cadence = forms.ChoiceField(
        label=_("How often"),
        choices=[ANY, *[one for one in Cadence.choices if one[0] != Cadence.OFF]],
        required=False,
    )
    state = forms.ChoiceField(label=_("State"), choices=[ANY, *runs.STATES.items()], required=False)


class MailsForm(ListForm):
    q = forms.CharField(
        label=_("Address or key"), max_length=254, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[ANY, *MailState.choices, (mails.STUCK, _("Waiting for more than 12 hours"))],
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[ANY, *MailKind.choices], required=False)
    domain = forms.CharField(label=_("Domain"), max_length=250, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    run = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput())

    def clean_domain(self) -> str:
        return str(self.cleaned_data["domain"]).strip().lstrip("@").lower()


def _person(address: str) -> User | None:
    found = User.objects.filter(email__iexact=address).first() if address else None
    if address and found is None:
        raise forms.ValidationError(_("Nobody has an account with this address."))
    return found


class RehearsalForm(forms.Form):
    cadence = forms.ChoiceField(label=_("How often"), choices=[one for one in Cadence.choices if one[0] != Cadence.OFF])
    at = forms.DateTimeField(
        label=_("As of (Europe/London; empty is now)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    person = forms.EmailField(
        label=_("Only the person with this address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_person(self) -> User | None:
        return _person(self.cleaned_data["person"])


class PreviewForm(forms.Form):
    person = forms.EmailField(
        label=_("As the person with this address (empty is yourself)"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Theirs")), ("en", "English"), ("cy", "Cymraeg")], required=False
    )

    def clean_person(self) -> User | None:
        return _person(self.cleaned_data["person"])


class ChangeForm(forms.Form):
    """Why mail is set aside is kept with it; that it is tried again needs no reason."""

    words = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, what: Deed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if what == Deed.SET_ASIDE:
            self.fields["words"].required = True
        else:
            self.fields["words"].widget = forms.HiddenInput()
