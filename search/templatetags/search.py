"""What pages of the packages below show of search."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.cache import cache
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import get_language, gettext

from core.cards import Card
from core.maps import MapPoint, small_map
from core.models import Topic
from members.permissions import is_member
from search import map_points, on_map, related, selectors
from search.cards import card
from search.engines.base import NEWEST, Hit, SearchQuery
from search.text import unmarked

register = template.Library()
MISSING = object()


@register.simple_tag
def similar_to(page: Any, size: int = 4) -> list[Card]:
    """Cards of case studies like this one: `{% similar_to page as cards %}`."""
    return [card(hit, with_kind=False) for hit in selectors.similar_to(page, size=size)]


@register.simple_tag
def similar_to_ask(ask: Any, size: int = 4) -> list[Card]:
    """Cards of case studies like what somebody asks: `{% similar_to_ask ask as cards %}`."""
    return [card(hit, with_kind=False) for hit in selectors.similar_to_ask(ask, size=size)]


@register.simple_tag
def like_text(text: str) -> dict[str, list[Card]]:
    """What there is already on what somebody writes: `{% like_text text as found %}`, `found.case_studies`,
    `found.asks`.
    """
    kinds = (("case_studies", "case_study"), ("asks", "ask"))
    return {
        name: [card(_unmarked(hit), with_kind=False) for hit in selectors.similar_to_text(text, kind=kind)]
        for name, kind in kinds
    }


def _unmarked(hit: Hit) -> Hit:
    """Of a long text half the words of a summary would be marked."""
    return replace(hit, title=unmarked(hit.title), summary=unmarked(hit.summary), extract="")


@register.inclusion_tag("search/_related.html")
def related_topics(topic: Topic) -> dict[str, Any]:
    """Topics that come up with this one more often than in general: `{% related_topics topic %}`."""
    return {"related": related.of_topic(topic)}


@register.inclusion_tag("search/_small_map.html", takes_context=True)
def map_of(context: Context, facet: str, value: str) -> dict[str, Any]:
    """Where the search finds what has this value, as far as the reader may know, and the way to the map of it:
    `{% map_of "programme" page.slug %}`. Nothing where it is nowhere.
    """
    request = context.get("request")
    members = is_member(request.user) if request and hasattr(request, "user") else False
    name = f"search:small-map:{facet}:{value}:{members}:{get_language()}"
    drawn = cache.get(name, MISSING)
    if drawn is MISSING:
        # Kept for a minute like the points of a large map, and like them it names nothing that stands there.
        drawn = on_map.small(SearchQuery(filters={facet: (value,)}, members=members, sort=NEWEST))
        cache.set(name, drawn, map_points.SECONDS)
    return {"map": drawn, "url": f"{reverse('map')}?{urlencode({facet: value})}"}


@register.inclusion_tag("search/_places_map.html")
def map_of_places(places: Sequence[Any]) -> dict[str, Any]:
    """These places on a small map, and the way to what else is near the first: `{% map_of_places places %}`.

    It asks no query: who may see the page may see its places.
    """
    points = [MapPoint(lat=one.lat, lng=one.lng, label=one.name) for one in places]
    names = ", ".join(one.name for one in places)
    drawn = small_map(points, label=gettext("Map of the United Kingdom: %(places)s") % {"places": names})
    near = urlencode({"near": places[0].slug, "sort": "distance"}) if places else ""
    return {"map": drawn, "url": f"{reverse('map')}?{near}"}
