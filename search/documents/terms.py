"""The terms that documents of several kinds share."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from core.models import Topic
from members.models import Organisation
from places.models import Place
from search.documents.base import Term, Terms

# Upper bound in pounds (exclusive) → band.
COST_BANDS = [(1, "none"), (10_000, "under-10k"), (100_000, "10k-100k"), (1_000_000, "100k-1m")]
DEAREST = "over-1m"


def cost_band(setup: Decimal | None, yearly: Decimal | None) -> str:
    """The band of what it cost to set up, or a year if only that is known; empty when neither is."""
    cost = setup if setup is not None else yearly
    if cost is None:
        return ""
    return next((band for below, band in COST_BANDS if cost < below), DEAREST)


def topic_terms(topics: Iterable[Topic]) -> tuple[Term, ...]:
    """The topics and those that they belong to, so that a first-level topic finds all beneath it."""
    every = {topic.pk: topic for one in topics for topic in (one, one.parent) if topic is not None}
    return tuple(Term(topic.slug, topic.name, topic.name_cy) for _, topic in sorted(every.items()))


def topic_names(topics: Iterable[Topic]) -> list[str]:
    return [
        name
        for one in topics
        for topic in (one, one.parent)
        if topic is not None
        for name in (topic.name, topic.name_cy)
        if name
    ]


def place_terms(places: Iterable[Place]) -> tuple[Term, ...]:
    return tuple(Term(place.slug, place.name) for place in places)


def region_value(name: str) -> str:
    """A region's name as addresses have it."""
    return slugify(name)


def council_facets(organisations: Iterable[Organisation]) -> Terms:
    """Council, tier and region of the organisations, each value once."""
    councils: dict[str, Term] = {}
    tiers: dict[str, Term] = {}
    regions: dict[str, Term] = {}
    for one in organisations:
        councils[one.slug] = Term(one.slug, one.short_name)
        if one.tier:
            tiers[one.tier] = Term(one.tier)
        if one.region:
            value = region_value(one.region)
            regions[value] = Term(value, one.region)
    return {"council": tuple(councils.values()), "tier": tuple(tiers.values()), "region": tuple(regions.values())}


def without_empty(facets: Terms) -> Terms:
    return {name: terms for name, terms in facets.items() if terms}


def page_path(page: Any) -> str:
    """The path of a page in English, without a query while the site's roots are cached."""
    parts = page.get_url_parts()
    return str(parts[2]) if parts else ""
