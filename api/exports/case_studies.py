"""The rows of case studies."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from api.addresses import absolute, page_address
from api.exports.columns import Row
from api.exports.shared import (
    columns_of,
    in_batches,
    is_made_up,
    moment,
    organisation_of_page,
    public_case_studies,
    whole,
)
from api.selectors import councils_of
from casestudies.models import CaseStudyPage, Measure


def case_study_rows() -> Iterator[Row]:
    found = public_case_studies().without_texts().select_related("programme", "standing")
    found = found.prefetch_related("topics", "tagged_items__tag", "case_study_places__place")
    return in_batches(found, _case_studies)


def _case_studies(pages: list[CaseStudyPage]) -> Iterator[Row]:
    councils = councils_of(pages)
    counts = Measure.objects.filter(page__in=[page.pk for page in pages]).order_by()
    measured = dict(counts.values_list("page").annotate(n=Count("pk")))
    for page in pages:
        organisation = organisation_of_page(page, councils)
        standing = getattr(page, "standing", None)
        yield {
            "id": page.pk,
            "title": page.title,
            "summary": page.summary,
            "url": page_address(page),
            "api_url": absolute(reverse("api:case_study", args=[page.pk])),
            **columns_of(organisation),
            "written_by": page.written_by,
            "outcome": page.outcome,
            "stage": page.stage,
            "started": page.started,
            "ended": page.ended,
            "ended_reason": page.ended_reason,
            "setup_cost": whole(page.setup_cost),
            "yearly_cost": whole(page.yearly_cost),
            "cost_note": page.cost_note,
            "funder": page.funder,
            "topics": [topic.slug for topic in page.topics.all()],
            "tags": sorted(item.tag.name for item in page.tagged_items.all()),
            "programme": page.programme.slug if page.programme and page.programme.live else "",
            "places": [row.place.slug for row in page.case_study_places.all()],
            "evidence_rating": standing.rating if standing and standing.rated_at else None,
            "adoptions": standing.adoptions if standing else 0,
            "adoptions_known_outcome": standing.known_outcomes if standing else 0,
            "measures": measured.get(page.pk, 0),
            "first_published": moment(page.first_published_at),
            "last_published": moment(page.last_published_at),
            "last_confirmed": moment(standing.confirmed_on if standing else None),
            "source_url": page.source_url,
            "is_demonstration": is_made_up(organisation),
        }
