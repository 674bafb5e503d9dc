"""The editor's form of an opportunity: lenient while it is a draft, exact when it goes to a reviewer."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from core.models import Topic
from members.files import may_use_file
from places.opportunities.rules import says_how_to_apply, trouble_with_dates, trouble_with_link

MOST_TOPICS = 5


class OpportunityForm(WagtailAdminPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topics" in self.fields:
            self.fields["topics"].queryset = Topic.objects.with_parents().order_by("order", "name")

    def defer_required_fields(self) -> None:
        super().defer_required_fields()
        self.instance.checks_wait = True

    def restore_required_fields(self) -> None:
        super().restore_required_fields()
        self.instance.checks_wait = False

    def is_valid(self) -> bool:
        valid = super().is_valid()
        return self._uses_own_files() and bool(valid)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            self._check_dates(cleaned)
            self._check_way_to_apply(cleaned)
            if len(cleaned.get("topics") or []) > MOST_TOPICS:
                self.add_error("topics", _("Choose five topics at most."))
        return cleaned

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        wrong: dict[str, Any] = {**trouble_with_dates(opens, closes)}
        # A published one may be closed early, and mended after it has closed.
        is_up = bool(self.instance.pk and self.instance.live)
        if closes and "closes" not in wrong and closes <= timezone.now() and not is_up:
            wrong["closes"] = _("It would be closed already when it is published. Give a later date.")
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name, words)

    def _check_way_to_apply(self, cleaned: dict[str, Any]) -> None:
        for name in ("apply_url", "source_url"):
            if (words := trouble_with_link(cleaned.get(name) or "")) and name not in self.errors:
                self.add_error(name, words)
        if {"how_to_apply", "apply_url", "contact_email"} & set(self.errors):
            return
        ways = {name: cleaned.get(name) or "" for name in ("how_to_apply", "apply_url", "contact_email")}
        if not says_how_to_apply(**ways):
            self.add_error(
                "how_to_apply", _("Say how to apply, or give a page to apply with or an email address to ask at.")
            )

    def _uses_own_files(self) -> bool:
        """A document's number from another council's collection would publish what that council has not."""
        all_ours = True
        for row in self.formsets["documents"].forms if "documents" in self.formsets else ():
            file = getattr(row, "cleaned_data", {}).get("document")
            if file is None or file.pk == row.initial.get("document") or may_use_file(self.for_user, file):
                continue
            row.add_error("document", _("Choose a file from your own organisation’s collection."))
            # The form is shown again: without the number, it does not show the file either.
            row.data = row.data.copy()
            row.data[row.add_prefix("document")] = ""
            all_ours = False
        return all_ours


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        help_text=_("Readers see this. What else there is to say belongs into the text, which a reviewer reads first."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from places.models.opportunities import WithdrawnReason  # it knows this form

        self.fields["reason"].choices = WithdrawnReason.choices  # type: ignore[attr-defined]  # a ChoiceField
