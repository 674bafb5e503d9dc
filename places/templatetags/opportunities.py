"""Opportunities on the pages of what they belong to.

{% load opportunities %}
{% opportunities_for page %}        a section: the open ones and those yet to open of a programme, place or organisation
{% calendar_link page %}            the calendar of them, for the head of the page
{% closing_soon %}                  a section for the home page; nothing where nothing closes soon
"""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.structured import data_block
from members.models import Organisation, OrganisationKind, OrganisationPage
from places.models import OpportunityPage, Place
from places.opportunities.addresses import addresses
from places.opportunities.selectors import listed_for, soonest

register = template.Library()


@register.inclusion_tag("places/opportunities/section.html")
def opportunities_for(what: Any, level: int = 2) -> dict[str, Any]:
    """With links to the calendar, to the list where there are more, and to what is over; those also where nothing is
    open, for who wants to hear of the next.
    """
    whose = _whose(what)
    # One that is only being written, in a preview, has neither.
    found = listed_for(what) if whose.pk else None
    return {"found": found, **(addresses(whose) if found else {}), "level": level}


@register.simple_tag
def calendar_link(what: Any) -> SafeString:
    """A `<link rel="alternate">` for the head of the page of a programme, place or organisation."""
    whose = _whose(what)
    if not whose.pk:
        return SafeString()
    title = gettext("Calendar of opportunities: %(name)s") % {"name": whose}
    return format_html(
        '<link rel="alternate" type="text/calendar" title="{}" href="{}">', title, addresses(whose)["calendar_url"]
    )


@register.simple_tag
def whose_url(what: Any) -> str:
    """The page of a programme, place or organisation, on which it is followed."""
    if isinstance(what, Place):
        return what.get_absolute_url()
    return str((what.page if isinstance(what, Organisation) else what).get_url() or "")


def _whose(what: Any) -> Any:
    return what.organisation if isinstance(what, OrganisationPage) else what


@register.inclusion_tag("places/opportunities/closing_soon.html")
def closing_soon(most: int = 3) -> dict[str, Any]:
    return {"opportunities": soonest(most)}


@register.simple_tag(takes_context=True)
def opportunity_data(context: Context, page: OpportunityPage) -> SafeString:
    """schema.org's view of it, for machines that read pages: an event with a beginning, an end and an organiser."""
    if not page.live or page.opens is None or page.closes is None:
        return SafeString()
    organisation = context.get("organisation")
    status = "EventCancelled" if page.withdrawn else "EventScheduled"
    kept: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": page.title,
        "description": page.summary,
        "url": page.full_url,
        "startDate": page.opens.isoformat(),
        "endDate": page.closes.isoformat(),
        "eventStatus": f"https://schema.org/{status}",
    }
    if organisation:
        is_council = organisation.kind == OrganisationKind.COUNCIL
        whose = "GovernmentOrganization" if is_council else "Organization"
        kept["organizer"] = {"@type": whose, "name": organisation.name}
    if places := [place.name for place in page.places.all()]:
        kept["location"] = [{"@type": "Place", "name": name} for name in places]
    return data_block(kept)
