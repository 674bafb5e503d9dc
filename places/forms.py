"""The CMS forms of a place, which asks about a point that fell into the sea, and of a programme."""

from datetime import date
from html import unescape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm

from places.choices import SummingUp
from places.points import check_point

WEB_ADDRESS = _("Give a web address that begins with https:// or http://.")


class PlaceForm(WagtailAdminModelForm):
    point_is_right = forms.BooleanField(
        label=_("this point is right"),
        required=False,
        help_text=_("Only if you are told that the point lies in the sea or outside the United Kingdom."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._check_meaning(cleaned)
        lat, lng = (self._number(name) for name in ("lat", "lng"))
        if lat is None or lng is None:
            return cleaned
        for name in ("lat", "lng"):  # what the bounds of the fields say is said better, and once
            self.errors.pop(name, None)
        try:
            check_point(lat=lat, lng=lng, is_right=bool(cleaned.get("point_is_right")))
        except ValidationError as wrong:
            self.add_error(None, wrong)
        else:
            cleaned |= {"lat": lat, "lng": lng}
        return cleaned

    def clean_meaning_on(self) -> date | None:
        day: date | None = self.cleaned_data["meaning_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day

    def _check_meaning(self, cleaned: dict[str, Any]) -> None:
        """What is summed up says who did so, and when."""
        if not strip_tags(cleaned.get("meaning") or "").strip():
            return
        for name in ("meaning_by", "meaning_on"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Say who summed it up, and when."))

    def save(self, commit: bool = True) -> Any:
        """Marks a place that was summed up; other words are news, and the same ones set in bold are none."""
        before, now = (_words(texts.get("meaning")) for texts in (self.initial, self.cleaned_data))
        if now and now != before:
            self.instance.summed_up = SummingUp.ANEW if before else SummingUp.FIRST
        return super().save(commit)

    def _number(self, name: str) -> float | None:
        """What was typed, also where it lies outside the bounds of the field."""
        field = self.fields[name]
        try:
            value: float | None = field.to_python(
                field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            )
        except ValidationError:
            return None
        return value


def _words(html: str | None) -> list[str]:
    return unescape(strip_tags((html or "").replace("<", " <"))).split()


class ProgrammeForm(WagtailAdminPageForm):
    """Lenient while it is a draft; its rows say in plain words what they lack."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._word("steps", "title", required=_("Give this stage a name, or delete it."))
        self._word("sources", "title", required=_("Say what this link leads to."))
        self._word("sources", "url", required=WEB_ADDRESS, invalid=WEB_ADDRESS)
        self._word("programme_places", "place", required=_("Choose a place, or delete this row."))

    def defer_required_fields(self) -> None:
        super().defer_required_fields()
        self.instance.checks_wait = True

    def restore_required_fields(self) -> None:
        super().restore_required_fields()
        self.instance.checks_wait = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation and "checked_on" not in self.errors:
            day = cleaned.get("checked_on")
            if cleaned.get("use") and not day:
                self.add_error("checked_on", _("Say on which day somebody looked: readers rely on it."))
            elif day and day > timezone.localdate():
                self.add_error("checked_on", _("This day lies ahead. When did somebody look?"))
        return cleaned

    def _word(self, rows: str, field: str, **messages: Any) -> None:
        for row in self.formsets[rows].forms if rows in self.formsets else ():
            row.fields[field].error_messages.update(messages)
