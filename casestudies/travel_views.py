"""The pages behind the adoption panel: every adoption of a case study, and its whole family tree."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from casestudies.models import CaseStudyPage
from casestudies.selectors import travel
from casestudies.selectors.lineage import lineage
from casestudies.travel import outcome_summary

PAGE_SIZE = 24


def adoptions_of(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/of/<case study>/`. As public as the case study, and nobody else learns that it was adopted."""
    case_study = get_object_or_404(CaseStudyPage.objects.visible_to(request.user).without_texts(), pk=pk)
    adoptions = travel.adoptions_of(case_study)
    rows, ranked_for = travel.adopters(adoptions, user=request.user)
    context = {
        "case_study": case_study,
        "summary": outcome_summary(adoptions),
        "ranked_for": ranked_for,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "casestudies/adoptions.html", context)


def family_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/of/<case study>/tree/`: who took it over from whom, to any depth."""
    case_study = get_object_or_404(CaseStudyPage.objects.visible_to(request.user).without_texts(), pk=pk)
    family = lineage(case_study, user=request.user)
    return render(request, "casestudies/family_tree.html", {"case_study": case_study, "family": family})
