"""A case study in the words of schema.org, for search engines."""

from typing import Any

from django.conf import settings

from api.addresses import absolute, page_address
from api.schemas import LICENCE
from api.selectors import NOBODY, councils_of
from casestudies.choices import WrittenBy
from casestudies.models import CaseStudyPage
from casestudies.permissions import can_read


def case_study_metadata(page: CaseStudyPage) -> dict[str, Any]:
    """An `Article`. Of a members-only page it says the title, the summary and that the rest is not free to read."""
    free = can_read(NOBODY, page)
    network = {"@type": "Organization", "name": settings.WAGTAIL_SITE_NAME, "url": absolute("/")}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": page_address(page),
        "url": page_address(page),
        "headline": page.title,
        "description": page.summary,
        "inLanguage": settings.LANGUAGE_CODE,
        "isAccessibleForFree": free,
        "license": LICENCE,
        "publisher": network,
        "author": network,
    }
    for organisation_page in councils_of([page]).values():
        council = {
            "@type": "Organization",
            "name": organisation_page.organisation.name,
            "url": page_address(organisation_page),
        }
        data["sourceOrganization"] = council
        if page.written_by == WrittenBy.ORGANISATION:
            data["author"] = council
    if page.first_published_at:
        data["datePublished"] = page.first_published_at.isoformat()
    if page.last_published_at:
        data["dateModified"] = page.last_published_at.isoformat()
    if free:
        data["about"] = [topic.name for topic in page.topics.all()]
        data["spatialCoverage"] = [
            {
                "@type": "Place",
                "name": row.place.name,
                "geo": {"@type": "GeoCoordinates", "latitude": row.place.lat, "longitude": row.place.lng},
            }
            for row in page.case_study_places.select_related("place")
        ]
        data["citation"] = [source.url for source in page.sources.all()]
    return data
