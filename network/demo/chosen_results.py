"""What the demonstration's editors put on top of some searches."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Page

from casestudies.models import CaseStudyPage
from places.models import ProgrammePage


@transaction.atomic
def choose_results(rows: Sequence[Mapping[str, Any]]) -> int:
    """For a list that has none: each row is a search, and its results with why they come first. How many searches."""
    if SearchPromotion.objects.exists():
        return 0
    for row in rows:
        query = Query.get(row["search"])
        for order, one in enumerate(row["first"]):
            SearchPromotion.objects.create(query=query, page=_page(one), sort_order=order, description=one["why"])
    return len(rows)


def _page(one: Mapping[str, str]) -> Page:
    """A case study by the number it was imported under, a programme by its slug."""
    if "programme" in one:
        return ProgrammePage.objects.live().get(slug=one["programme"]).page_ptr
    return CaseStudyPage.objects.live().get(import_id=one["case_study"]).page_ptr
