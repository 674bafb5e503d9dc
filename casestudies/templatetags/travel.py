"""Does it travel? What a case study's page shows of its adoptions."""

from typing import Any

from django import template
from django.template import Context

from casestudies.models import Adoption
from casestudies.selectors.travel import SHOWN, adopters
from casestudies.travel import adoption_dates, outcome_summary

register = template.Library()

register.filter("adoption_dates", adoption_dates)


@register.simple_tag(takes_context=True)
def does_it_travel(context: Context) -> dict[str, Any]:
    """The panel of the page in the context, whose adoptions came with its other rows."""
    adoptions: list[Adoption] = context["adoptions"]
    rows, ranked_for = adopters(adoptions, user=context["request"].user)
    return {
        "summary": outcome_summary(adoptions),
        "rows": rows[:SHOWN],
        "total": len(rows),
        "more": max(0, len(rows) - SHOWN),
        "ranked_for": ranked_for,
    }
