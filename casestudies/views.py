"""Topics: the list and one topic. Case studies themselves are Wagtail pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from casestudies import selectors
from core.models import Topic

PAGE_SIZE = 20


def topic_list(request: HttpRequest) -> HttpResponse:
    """`/topics/`"""
    topics = Topic.objects.top_level().prefetch_related("children")
    return render(request, "casestudies/topic_list.html", {"topics": topics})


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """`/topics/<slug>/`"""
    found = get_object_or_404(Topic.objects.with_parents(), slug=slug)
    case_studies = selectors.in_topic(found)
    page = Paginator(case_studies.for_cards(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "casestudies/topic.html",
        {
            "topic": found,
            "children": found.children.all(),
            "page_obj": page,
            "outcome_counts": selectors.outcome_counts(selectors.in_topic(found)),
        },
    )
