"""The CMS form of a place: it asks about a point that fell into the sea."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from places.points import check_point


class PlaceForm(WagtailAdminModelForm):
    point_is_right = forms.BooleanField(
        label=_("this point is right"),
        required=False,
        help_text=_("Only if you are told that the point lies in the sea or outside the United Kingdom."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
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
