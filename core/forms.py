"""Forms in GOV.UK's pattern: label, hint, error, field, tied together for screen readers.

The renderer belongs to our forms alone. Setting it for the whole project (`FORM_RENDERER`) would change
Wagtail's admin.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

OURS = "components/forms"
# Widgets that are one <input> and differ in its type only.
PLAIN_INPUTS = {"text", "email", "number", "url", "tel", "search", "date", "datetime", "time", "input"}


class GovukRenderer(DjangoTemplates):
    """Looks for a template of ours first, and falls back on Django's own (hidden inputs, for example)."""

    form_template_name = f"{OURS}/form.html"
    field_template_name = f"{OURS}/field.html"

    def get_template(self, template_name: str) -> Any:
        name = template_name
        if template_name.startswith("django/forms/widgets/"):
            widget = template_name.removeprefix("django/forms/widgets/").removesuffix(".html")
            name = f"{OURS}/widgets/{'input' if widget in PLAIN_INPUTS else widget}.html"
        try:
            return get_template(name)
        except TemplateDoesNotExist:
            return super().get_template(template_name)


class GovukFormMixin(forms.BaseForm):
    """Give a form our templates; `show_error_summary = False` where the page has its own summary higher up."""

    default_renderer = GovukRenderer
    show_error_summary = True


class GovukForm(GovukFormMixin, forms.Form):
    """The base of our plain forms."""


class GovukModelForm(GovukFormMixin, forms.ModelForm):
    """The base of our model forms."""


def focus_id(field: BoundField) -> str:
    """The id that a link in the error summary leads to: the first control of a group, else the control itself."""
    if isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{field.auto_id}_0"
    return field.id_for_label or str(field.auto_id)


def error_in_context(field: BoundField, text: str) -> str:
    """What the error summary says: an error in stock words ("This field is required.") names its field first."""
    stock = {
        str(message)
        for kind in type(field.field).__mro__
        for message in getattr(kind, "default_error_messages", {}).values()
    }
    if text not in stock:
        return text
    label = str(field.label)
    return f"{label} {text}" if label.endswith(("?", ".", ":")) else f"{label}: {text}"


class DatePartsWidget(forms.MultiWidget):
    """A date as three short text fields, which people get right more often than a calendar or three lists.

    Submits `name_0` (day), `name_1` (month), `name_2` (year) and hands `forms.DateField` one ISO string; something
    half-filled reaches it as it is and is refused with the field's own message.
    """

    template_name = f"{OURS}/widgets/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        parts = [forms.TextInput({"inputmode": "numeric"} | (attrs or {})) for _part in range(3)]
        super().__init__(parts, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = ((_("Day"), 2), (_("Month"), 2), (_("Year"), 4))
        for part, (label, width) in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"], part["width"] = label, width
        return context

    def decompress(self, value: date | str | None) -> list[str]:
        if isinstance(value, date):
            return [str(value.day), str(value.month), str(value.year)]
        year, _dash, rest = (value or "").partition("-")
        month, _dash, day = rest.partition("-")
        return [day, month, year]

    # One ISO string instead of MultiWidget's list, for a plain DateField.
    def value_from_datadict(  # type: ignore[override] # see above
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str | None:
        day, month, year = (str(part or "").strip() for part in super().value_from_datadict(data, files, name))
        return f"{year}-{month}-{day}" if day or month or year else None


class MonthWidget(forms.MultiWidget):
    """A month and a year as two short text fields; the year alone will do. Hands its field `2013-03` or `2013`."""

    template_name = f"{OURS}/widgets/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput({"inputmode": "numeric"} | (attrs or {})) for _part in range(2)], attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        labels = ((_("Month"), 2), (_("Year"), 4))
        for part, (label, width) in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"], part["width"] = label, width
        return context

    def decompress(self, value: str | None) -> list[str]:
        year, _dash, month = (value or "").partition("-")
        return [month.lstrip("0"), year]

    # One string instead of MultiWidget's list, for a plain CharField.
    def value_from_datadict(  # type: ignore[override] # see above
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> str:
        month, year = (str(part or "").strip() for part in super().value_from_datadict(data, files, name))
        if not month:
            return year
        return f"{year}-{month.zfill(2)}"
