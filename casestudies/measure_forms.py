"""A figure in the editor: choosing an agreed indicator fills in its words; what contradicts it is said at its field."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.admin.panels.base import get_form_for_model

from casestudies.change import units_agree
from casestudies.choices import IndicatorState

FILLED_IN = ("indicator", "unit")


class MeasureForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standard = self.fields.get("standard")
        if isinstance(standard, forms.ModelChoiceField) and standard.queryset is not None:
            # What the figure is linked to already stays to be seen, though nobody has agreed it yet.
            agreed = Q(state=IndicatorState.AGREED) | Q(pk=self.instance.standard_id)
            standard.queryset = standard.queryset.filter(agreed)
            standard.help_text = _(
                "If the network has one for it, choose it: figures of several places can then stand side by side. "
                "Its name and unit are filled in if you leave them empty. If it has none, write your own below."
            )

    def clean_standard(self) -> Any:
        """Comes first among the fields: with an indicator chosen, its words need not be written again."""
        standard = self.cleaned_data.get("standard")
        if standard is not None:
            for name in FILLED_IN:
                self.fields[name].required = False
        return standard

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        standard = cleaned.get("standard")
        if standard is None:
            return cleaned
        cleaned["indicator"] = cleaned.get("indicator") or standard.name
        cleaned["unit"] = cleaned.get("unit") or standard.unit
        if "better" not in self.changed_data and self.instance.pk is None:
            cleaned["better"] = standard.better
        if not self.is_deferred_validation:
            self._check_against(standard, cleaned)
        return cleaned

    def _check_against(self, standard: Any, cleaned: dict[str, Any]) -> None:
        if not units_agree(cleaned["unit"], standard.unit):
            self.add_error(
                "unit",
                _("“%(name)s” is counted in %(unit)s. Give the figures in that unit, or choose no agreed indicator.")
                % {"name": standard.name, "unit": standard.unit},
            )
        if cleaned.get("better") != standard.better:
            self.add_error(
                "better",
                _("For “%(name)s” it is: %(better)s. Choose that, or choose no agreed indicator.")
                % {"name": standard.name, "better": standard.get_better_display().lower()},
            )


class MeasuresPanel(InlinePanel):
    """Wagtail builds the form of a row itself; this one is ours."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        deferred = self.child_edit_handler.get_form_options().get("defer_required_on_fields", [])
        options["formsets"][self.relation_name]["form"] = get_form_for_model(
            self.db_field.related_model, form_class=MeasureForm, defer_required_on_fields=deferred
        )
        return options
