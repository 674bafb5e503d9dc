"""What we ask of somebody who signs up, beside email and password."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from accounts.models import User
from core.forms import GovukModelForm


class SignupForm(forms.Form):
    """Mixed into allauth's sign-up form."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("Shown beside what you write. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this after saving; the adapter has stored the name already."""


class _NameInsteadOfTwo:
    """Wagtail's forms insist on a first and a last name; our people have one name."""

    def _drop_two_names(self) -> None:
        for field in ("first_name", "last_name"):
            self.fields.pop(field, None)  # type: ignore[attr-defined]  # both forms have fields


class PersonCreationForm(_NameInsteadOfTwo, UserCreationForm):
    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drop_two_names()

    class Meta(UserCreationForm.Meta):
        model = User
        fields = {"email", "name", "is_superuser", "groups"}


class PersonEditForm(_NameInsteadOfTwo, UserEditForm):
    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drop_two_names()

    class Meta(UserEditForm.Meta):
        model = User
        fields = {"email", "name", "is_active", "is_superuser", "groups"}


class ProfileForm(GovukModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]
        labels = {"name": _("Your name"), "language": _("Language of our emails to you")}
        help_texts = {"name": _("Shown beside what you write.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
