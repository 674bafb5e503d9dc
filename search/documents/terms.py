"""The terms that documents of several kinds share."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote

from django.urls import reverse
from django.utils.text import slugify
from wagtail.models import Site

from core.models import Topic
from places.models import Place
from search.documents.base import Term, Terms

# Upper bound in pounds (exclusive) → band.
COST_BANDS = [(1, "none"), (10_000, "under-10k"), (100_000, "10k-100k"), (1_000_000, "100k-1m")]
DEAREST = "over-1m"


class Council(Protocol):
    """An organisation, or a row with as much of it as a document says."""

    @property
    def slug(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def region(self) -> str: ...


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


def council_facets(organisations: Iterable[Council]) -> Terms:
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


def page_paths() -> Callable[[str], str]:
    """From a page's `url_path` to what `page_path` says, for many pages that are only read as rows."""
    roots = [str(site.root_path) for site in Site.get_site_root_paths()]
    start = reverse("wagtail_serve", args=("",))

    def path_of(url_path: str) -> str:
        root = next((one for one in roots if url_path.startswith(one)), None)
        return "" if root is None else start + quote(url_path[len(root) :])

    return path_of
