"""A council in numbers, in plain language."""

from typing import Any

from django import template
from django.utils.translation import gettext

from core.templatetags.components import with_unit
from members.models import Organisation

register = template.Library()


@register.simple_tag
def council_facts(organisation: Organisation) -> list[dict[str, Any]]:
    """Rows for `components/at_a_glance.html`; what is not known is left out, and nothing known is no rows."""
    rows: list[dict[str, Any]] = []

    def add(label: str, value: str, note: str = "") -> None:
        rows.append({"label": label, "value": value, "note": note})

    if organisation.population:
        add(gettext("People who live there"), with_unit(organisation.population, ""))
    if organisation.density:
        area = gettext("%(area)s in all") % {"area": with_unit(round(organisation.area_km2 or 0), "km²")}
        density = gettext("%(people)s people a km²") % {"people": with_unit(round(organisation.density), "")}
        add(gettext("Density"), density, area if organisation.area_km2 else "")
    if organisation.rural_urban:
        add(gettext("Rural or urban"), organisation.rural_urban)
    if organisation.deprivation_decile:
        add(
            gettext("Deprivation"),
            deprivation_in_words(organisation.deprivation_decile),
            gettext(
                "Tenth %(tenth)s of 10, where 1 is the most deprived in the UK. mySociety’s index, not the official "
                "rank of one nation."
            )
            % {"tenth": organisation.deprivation_decile},
        )
    if organisation.emissions_label:
        add(gettext("Where its emissions come from"), organisation.emissions_label)
    return rows


def deprivation_in_words(tenth: int) -> str:
    """What a tenth means: 1 is the most deprived of the United Kingdom's population, 10 the least."""
    if tenth == 1:
        return gettext("Among the most deprived tenth")
    if tenth <= 3:
        return gettext("More deprived than most")
    if tenth <= 7:
        return gettext("About the middle")
    if tenth <= 9:
        return gettext("Less deprived than most")
    return gettext("Among the least deprived tenth")
