"""Does it travel? What a case study's page shows of its adoptions."""

from typing import Any

from django import template
from django.template import Context

from casestudies.models import Adoption
from casestudies.selectors.lineage import lineage
from casestudies.selectors.travel import SHOWN, Listed, adopted_by, adopters, lately_known
from casestudies.travel import adoption_dates, outcome_summary
from casestudies.travel_panel import compare, map_key, travel_map

register = template.Library()

TREE_DEPTH, TREE_SIZE = 3, 30

register.filter("adoption_dates", adoption_dates)


@register.simple_tag(takes_context=True)
def does_it_travel(context: Context) -> dict[str, Any]:
    """The panel of the page in the context, whose adoptions came with its other rows."""
    adoptions: list[Adoption] = context["adoptions"]
    request, organisation = context["request"], context["organisation"]
    user = request.user
    rows, ranked_for = adopters(adoptions, user=user)
    drawn = travel_map(rows=rows, organisation=organisation, places=context["places"]) if rows else None
    compared = compare(
        organisation=organisation,
        measures=context["measures"],
        rows=rows,
        asked=request.GET.get("indicator", ""),
        most=SHOWN,
    )
    return {
        **compared,
        "map": drawn,
        "key": map_key(drawn),
        "summary": outcome_summary(adoptions),
        "rows": rows[:SHOWN],
        "total": len(rows),
        "more": max(0, len(rows) - SHOWN),
        "ranked_for": ranked_for,
        "family": lineage(context["page"], user=user, depth=TREE_DEPTH, most=TREE_SIZE),
    }


@register.simple_tag
def adoptions_with_known_outcome() -> Listed:
    """The headline number of the home page, with the newest of them."""
    return lately_known()


@register.simple_tag(takes_context=True)
def adopted_by_council(context: Context, organisation: Any) -> Listed:
    """What the organisation of the page took over from others."""
    return adopted_by(organisation, user=context["request"].user)
