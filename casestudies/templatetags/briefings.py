"""Briefings on anybody's page: what everybody may know of them."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import strip_tags

from casestudies.briefings import selectors
from casestudies.models import BriefingPage
from core.structured import data_block

register = template.Library()
LATEST = 3


def _shown(found: Any, more: str) -> dict[str, Any]:
    pages = list(found[: LATEST + 1])
    return {"cards": selectors.cards(pages[:LATEST]), "more": more if len(pages) > LATEST else ""}


@register.inclusion_tag("casestudies/parts/briefings.html")
def briefings_in_topic(topic: Any) -> dict[str, Any]:
    return _shown(selectors.listed(topic=topic), f"{reverse('briefings')}?topic={topic.slug}")


@register.inclusion_tag("casestudies/parts/briefings.html")
def briefings_of_council(page: Any) -> dict[str, Any]:
    return _shown(selectors.listed(beneath=page), reverse("briefings"))


@register.simple_tag(takes_context=True)
def structured_briefing(context: Context) -> str:
    """schema.org's view of what everybody may read, which says that there is more and that it is not open.

    `<`, `>` and `&` are escaped in the data block, so no text can close it.
    """
    page: BriefingPage = context["page"]
    if not page.live:
        return ""
    organisation = context.get("organisation")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "headline": page.title,
        "abstract": f"{page.summary} {' '.join(strip_tags(page.conclusion).split())}".strip(),
        "url": page.full_url,
        "datePublished": page.first_published_at.isoformat() if page.first_published_at else None,
        "dateModified": page.last_published_at.isoformat() if page.last_published_at else None,
        "inLanguage": "en-GB",
        "about": [topic.name for topic in context["topics"]],
        "publisher": {"@type": "Organization", "name": organisation.name} if organisation else None,
    }
    kept = {key: value for key, value in data.items() if value} | {"isAccessibleForFree": False}
    return data_block(kept)
