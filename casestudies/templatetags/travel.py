"""Does it travel? What a case study's page shows of its adoptions."""

from typing import Any

from django import template
from django.template import Context

from casestudies.models import Adoption
from casestudies.selectors.lineage import lineage
from casestudies.selectors.travel import SHOWN, adopters
from casestudies.travel import adoption_dates, outcome_summary

register = template.Library()

TREE_DEPTH, TREE_SIZE = 3, 30

register.filter("adoption_dates", adoption_dates)


@register.simple_tag(takes_context=True)
def does_it_travel(context: Context) -> dict[str, Any]:
    """The panel of the page in the context, whose adoptions came with its other rows."""
    adoptions: list[Adoption] = context["adoptions"]
    user = context["request"].user
    rows, ranked_for = adopters(adoptions, user=user)
    return {
        "summary": outcome_summary(adoptions),
        "rows": rows[:SHOWN],
        "total": len(rows),
        "more": max(0, len(rows) - SHOWN),
        "ranked_for": ranked_for,
        "family": lineage(context["page"], user=user, depth=TREE_DEPTH, most=TREE_SIZE),
    }
