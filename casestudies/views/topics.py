"""Topics: the list and one topic."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from casestudies import selectors
from casestudies.choices import Outcome
from core.models import Topic

PAGE_SIZE = 12
ENOUGH_TO_SUM_UP = 4
SIDE = 3


def topic_list(request: HttpRequest) -> HttpResponse:
    """`/topics/`"""
    return render(request, "casestudies/topic_list.html", {"tree": selectors.topic_tree(user=request.user)})


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """`/topics/<slug>/`. Both sides of the ledger are picked out when the list is too long to take in at once."""
    found = get_object_or_404(Topic.objects.with_parents(), slug=slug)
    case_studies = selectors.in_topic(found, user=request.user)
    page = Paginator(case_studies.for_cards(), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = selectors.with_organisations(page.object_list)
    overview = selectors.overview(case_studies)
    sides: dict[str, Any] = {}
    if overview.total >= ENOUGH_TO_SUM_UP and page.number == 1:
        short = case_studies.without_texts()
        sides["worked"] = short.filter(outcome=Outcome.WORKED)[:SIDE]
        sides["did_not"] = short.filter(outcome__in=[Outcome.DID_NOT_WORK, Outcome.PARTLY_WORKED])[:SIDE]
    children = selectors.children_of(found, user=request.user)
    return render(
        request,
        "casestudies/topic.html",
        {"topic": found, "children": children, "page_obj": page, "overview": overview, **sides},
    )
