"""What staff may ask of the lists. A value that is not known asks for nothing, so that no address is an error."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digests.models import Cadence
from digests.staff import runs

ANY = ("", _("Any"))


class ListForm(forms.Form):
    def wish(self) -> dict[str, Any]:
        """What is asked, by name; empty for what is not, or is not understood."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class RunsForm(ListForm):
    cadence = forms.ChoiceField(
        label=_("How often"),
        choices=[ANY, *[one for one in Cadence.choices if one[0] != Cadence.OFF]],
        required=False,
    )
    state = forms.ChoiceField(label=_("State"), choices=[ANY, *runs.STATES.items()], required=False)
