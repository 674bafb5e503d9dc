"""The rows of briefings: what everybody may read of them."""

from collections.abc import Iterator

from django.utils.html import strip_tags

from api.addresses import page_address
from api.exports.columns import Row
from api.exports.shared import columns_of, in_batches, is_made_up, moment, organisation_of_page
from api.selectors import councils_of
from casestudies.briefings.selectors import with_conclusions
from casestudies.models import BriefingPage


def briefing_rows() -> Iterator[Row]:
    return in_batches(with_conclusions(), _briefings)


def _briefings(pages: list[BriefingPage]) -> Iterator[Row]:
    councils = councils_of(pages)
    for page in pages:
        organisation = organisation_of_page(page, councils)
        yield {
            "id": page.pk,
            "title": page.title,
            "summary": page.summary,
            "conclusion": " ".join(strip_tags(page.conclusion.replace("<", " <")).split()),
            "url": page_address(page),
            **columns_of(organisation),
            "authors": page.authors,
            "dated": page.dated.isoformat(),
            "topics": [topic.slug for topic in page.topics.all()],
            "programme": page.programme.slug if page.programme and page.programme.live else "",
            "first_published": moment(page.first_published_at),
            "last_published": moment(page.last_published_at),
            "is_demonstration": is_made_up(organisation),
        }
