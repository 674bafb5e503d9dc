"""The editor's form of a briefing: lenient while it is a draft, exact when it goes to a reviewer."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from casestudies.choices import MAX_TOPICS
from casestudies.forms import OwnFilesForm
from core.forms import GovukForm

NOTE_LENGTH = 80


class BriefingForm(OwnFilesForm):
    def is_valid(self) -> bool:
        valid = super().is_valid()
        return self._uses_own_files() and bool(valid)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation:
            self._check_that_it_can_be_judged(cleaned)
        return cleaned

    def _check_that_it_can_be_judged(self, cleaned: dict[str, Any]) -> None:
        if "topics" in self.fields and "topics" not in self.errors:
            chosen = len(cleaned.get("topics") or [])
            if not 1 <= chosen <= MAX_TOPICS:
                self.add_error("topics", _("Choose between one and five topics, so that people find it."))
        day = cleaned.get("dated")
        if day and day > timezone.localdate():
            self.add_error("dated", _("This day is still to come."))
        for name, words in (
            ("conclusion", _("Say what you found. Everybody reads this, and many read only this.")),
            ("body", _("Write the briefing itself. Only members read it.")),
        ):
            if name not in self.errors and not strip_tags(str(cleaned.get(name) or "")).strip():
                self.add_error(name, words)


class TrialForm(GovukForm):
    """Which briefing, and whom the link is for in the lead's own words."""

    briefing = forms.ModelChoiceField(Page.objects.none(), label=_("Briefing"))
    note = forms.CharField(
        label=_("For whom"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("A note to yourself, for example “the town clerk”. It is not in the link."),
    )

    def __init__(self, *args: Any, briefings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["briefing"].queryset = briefings  # type: ignore[attr-defined]  # a ModelChoiceField
