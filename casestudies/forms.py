"""The editor's form: lenient while it is a draft, exact when it goes to a reviewer."""

from typing import Any

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from casestudies.choices import MAX_TOPICS, Outcome, WrittenBy
from members.models import Organisation

FILES = {"photos": "image", "documents": "document"}


class CaseStudyForm(WagtailAdminPageForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            self._check_that_it_can_be_judged(cleaned)
        return cleaned

    def is_valid(self) -> bool:
        valid = super().is_valid()
        return self._uses_own_files() and bool(valid)

    def _check_that_it_can_be_judged(self, cleaned: dict[str, Any]) -> None:
        """What every case study owes its readers before a reviewer sees it."""
        if "topics" in self.fields and "topics" not in self.errors:
            chosen = len(cleaned.get("topics") or [])
            if not 1 <= chosen <= MAX_TOPICS:
                self.add_error("topics", _("Choose between one and five topics, so that people find it."))
        if not strip_tags(str(cleaned.get("did_not_work") or "")).strip():
            self.add_error(
                "did_not_work",
                _("Say what did not work, or what you would do differently. It is what others learn most from."),
            )
        if self.instance.written_by == WrittenBy.ORGANISATION:
            if not cleaned.get("contact_name"):
                self.add_error("contact_name", _("Name somebody whom another council may ask."))
            if not cleaned.get("contact_email") and "contact_email" not in self.errors:
                self.add_error("contact_email", _("Give the contact’s email address. Only signed-in people see it."))

    def _uses_own_files(self) -> bool:
        """A photo's number from another council's collection would publish what that council has not."""
        from casestudies.media import may_use_file  # it knows the models, whose page has this form

        all_ours = True
        for rows, field in FILES.items():
            for row in self.formsets[rows].forms if rows in self.formsets else ():
                file = getattr(row, "cleaned_data", {}).get(field)
                if file is None or file.pk == row.initial.get(field) or may_use_file(self.for_user, file):
                    continue
                row.add_error(field, _("Choose a file from your own organisation’s collection."))
                # The form is shown again: without the number, it does not show the file either.
                row.data = row.data.copy()
                row.data[row.add_prefix(field)] = ""
                all_ours = False
        return all_ours


class StartForm(forms.Form):
    """The short form: enough for a draft that its author recognises tomorrow."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), empty_label=None)
    title = forms.CharField(
        label=_("Title"),
        max_length=255,
        help_text=_("Say what happened, not what it was called: “Regulars buy the pub that was to become flats”."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was tried, where, and what came of it, with a number if you have one."),
    )
    problem = forms.CharField(
        label=_("The problem"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was wrong, for whom, and how you knew."),
    )
    outcome = forms.ChoiceField(
        label=_("Did it work?"), required=False, choices=[("", _("I will say later")), *Outcome.choices]
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]  # a ModelChoiceField
        if organisations.count() == 1:
            field.widget, field.initial = forms.HiddenInput(), organisations.get().pk
