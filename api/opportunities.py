"""Opportunities as the API gives them, and as rows of the open data. Everything published is public."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from wagtail.models import Page

from api import schemas
from api.addresses import absolute, page_address
from api.selectors import councils_of
from members.models import Organisation, OrganisationPage
from places.models import OpportunityPage, Place, ProgrammePage

STATES = ("upcoming", "open", "closing", "over")


def opportunities(*, council: str = "", programme: str = "", place: str = "", topic: str = "", state: str = "") -> Any:
    """Published windows, those that close last first; `topic` includes the topics below it."""
    found = OpportunityPage.objects.listed()
    if state in STATES:
        found = getattr(found, state)()
    for slug, rows in (
        (council, Organisation.objects.listed()),
        (programme, ProgrammePage.objects.live()),
        (place, Place.objects.all()),
    ):
        if slug:
            one = rows.filter(slug=slug).first()
            found = found.of(one) if one else found.none()
    if topic:
        found = found.filter(Q(topics__slug=topic) | Q(topics__parent__slug=topic)).distinct()
    return found.for_lists().prefetch_related("topics").order_by("-closes", "-pk")


def listed(pages: Sequence[OpportunityPage]) -> list[schemas.Opportunity]:
    councils = councils_of(pages)
    return [_listed(page, councils.get(page.path[: -Page.steplen])) for page in pages]


def _listed(page: OpportunityPage, above: OrganisationPage | None) -> schemas.Opportunity:
    withdrawn = page.withdrawn
    return schemas.Opportunity(
        id=page.pk,
        url=page_address(page),
        calendar=absolute(reverse("calendar_one", args=[page.pk])),
        title=page.title,
        summary=page.summary,
        service=page.service,
        state=page.state or "",
        opens=page.opens,
        closes=page.closes,
        withdrawn=withdrawn.withdrawn_at if withdrawn else None,
        withdrawn_reason=withdrawn.withdrawn_reason if withdrawn else "",
        council=above.organisation.slug if above else None,
        programme=page.programme.slug if page.programme and page.programme.live else None,
        topics=[topic.slug for topic in page.topics.all()],
        places=[schemas.PlaceRef(slug=one.slug, name=one.name, lat=one.lat, lng=one.lng) for one in page.places.all()],
        apply_url=page.apply_url,
        is_demonstration=bool(above and above.organisation.is_demonstration),
        first_published=page.first_published_at,
        last_changed=page.window.changed_at,
    )


def rows(pages: Sequence[OpportunityPage]) -> Iterator[dict[str, Any]]:
    """For `api.exports`."""
    councils = councils_of(pages)
    for page in pages:
        above, window = councils.get(page.path[: -Page.steplen]), page.window
        organisation = above.organisation if above else None
        yield {
            "id": page.pk,
            "title": page.title,
            "summary": page.summary,
            "service": page.service,
            "url": page_address(page),
            "organisation": organisation.name if organisation else "",
            "organisation_slug": organisation.slug if organisation else "",
            "gss_code": organisation.gss_code if organisation else "",
            "programme": page.programme.slug if page.programme and page.programme.live else "",
            "topics": [topic.slug for topic in page.topics.all()],
            "places": [place.slug for place in page.places.all()],
            "opens": _moment(page.opens),
            "closes": _moment(page.closes),
            "withdrawn": _moment(window.withdrawn_at),
            "withdrawn_reason": window.withdrawn_reason,
            "apply_url": page.apply_url,
            "first_published": _moment(page.first_published_at),
            "last_changed": _moment(window.changed_at),
            "source_url": page.source_url,
            "is_demonstration": bool(organisation and organisation.is_demonstration),
        }


def _moment(value: Any) -> str:
    return value.isoformat() if value else ""
