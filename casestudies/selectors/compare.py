"""Which case studies a reader chose to see side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from casestudies import comparison
from casestudies.models import CaseStudyPage, CaseStudyPlace, Lesson, Measure, Need
from casestudies.querysets import CaseStudyQuerySet
from casestudies.selectors.lists import with_organisations

FEWEST, MOST = 2, 6
# More than these in an address are nobody's choice.
MOST_ASKED = 60
MOST_OFFERED = 200
LONGEST_NUMBER = 10


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Of those asked for, in their order, the ones that the reader may read; how many were `missing` says no more
    than that: not there, withdrawn, of another programme, or for members.
    """

    pages: list[CaseStudyPage]
    missing: int

    @property
    def is_table(self) -> bool:
        return FEWEST <= len(self.pages) <= MOST

    @property
    def too_many(self) -> bool:
        return len(self.pages) > MOST


def numbers(given: Iterable[str]) -> list[int]:
    """The numbers in an address, each once, in their order; anything else is left out."""
    found = (text for text in given if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER)
    return list(dict.fromkeys(int(text) for text in found))


def chosen(given: Iterable[str], *, among: CaseStudyQuerySet) -> Chosen:
    """`among` is what the reader may read: a programme's, or all. Seven queries, however many are chosen."""
    wanted = numbers(given)[:MOST_ASKED]
    if not wanted:
        return Chosen(pages=[], missing=0)
    found: Any = among.filter(pk__in=wanted).select_related("standing", "programme").order_by()
    pages = {
        page.pk: page
        for page in found.prefetch_related(
            Prefetch("needs", Need.objects.order_by("sort_order", "pk")),
            Prefetch("lessons", Lesson.objects.order_by("sort_order", "pk")),
            Prefetch("measures", Measure.objects.select_related("standard").order_by("sort_order", "pk")),
            Prefetch("case_study_places", CaseStudyPlace.objects.select_related("place").order_by("sort_order", "pk")),
        )
    }
    ordered = with_organisations(pages[pk] for pk in wanted if pk in pages)
    return Chosen(pages=ordered, missing=len(wanted) - len(ordered))


def offered(case_studies: CaseStudyQuerySet, chosen: Chosen, *, number: str | None) -> Page[Any]:
    """A page of what a reader may choose from, by title, each with `organisation_page`; three queries.

    What is chosen already stands first on each page that it is not on, so that the choice is kept from one to the next.
    """
    found = Paginator(case_studies.without_texts().order_by("title", "pk"), MOST_OFFERED).get_page(number)
    here = with_organisations(found.object_list)
    there = {one.pk for one in here}
    found.object_list = [*(one for one in chosen.pages if one.pk not in there), *here]
    return found


COLUMNS = (
    "id", "title", "url", "organisation", "programme", "outcome", "evidence_rating", "evidence_why", "stage",
    "ended_reason", "started", "ended", "places", "setup_cost", "yearly_cost", "cost_note", "funder", "staff_time",
    "time_to_first_result", "what_changed", "what_did_not_work", "lessons", "needs", "figures", "adoptions",
)  # fmt: skip


def row_of(page: CaseStudyPage) -> Mapping[str, Any]:
    """One case study as a line of a spreadsheet, its texts whole."""
    parts: Any = page.get_url_parts()
    standing, rating = getattr(page, "standing", None), comparison.evidence(page)
    organisation_page: Any = getattr(page, "organisation_page", None)
    return {
        "id": page.pk,
        "title": page.title,
        "url": f"{settings.BASE_URL}{parts[2]}" if parts and parts[2] else "",
        "organisation": organisation_page.organisation.name if organisation_page else "",
        "programme": page.programme.title if page.programme and page.programme.live else "",
        "outcome": page.outcome,
        "evidence_rating": rating.value if rating else None,
        "evidence_why": comparison.words.why(rating) if rating else "",
        "stage": page.stage,
        "ended_reason": page.ended_reason,
        "started": page.started,
        "ended": page.ended or (standing.ended if standing else ""),
        "places": [row.place.name for row in page.case_study_places.all()],
        "setup_cost": None if page.setup_cost is None else int(page.setup_cost),
        "yearly_cost": None if page.yearly_cost is None else int(page.yearly_cost),
        "cost_note": page.cost_note,
        "funder": page.funder,
        "staff_time": page.staff_time,
        "time_to_first_result": page.time_to_first_result,
        "what_changed": comparison.plain(page.results),
        "what_did_not_work": comparison.plain(page.did_not_work),
        "lessons": [lesson.lesson for lesson in page.lessons.all()],
        "needs": comparison.needs(page),
        "figures": comparison.figures(page),
        "adoptions": standing.adoptions if standing else 0,
    }
