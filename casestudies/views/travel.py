"""The pages behind the adoption panel: every adoption of a case study, and its whole family tree."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from casestudies.models import CaseStudyPage
from casestudies.selectors import travel
from casestudies.selectors.lineage import lineage
from casestudies.travel import outcome_summary
from casestudies.travel_panel import compare, map_key, travel_map
from members.models import Organisation
from members.selectors import comparable_councils, council_named, organisation_page_above
from members.similarity import is_comparable, too_little_known

PAGE_SIZE = 24
MAX_NAME = 120


def adoptions_of(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/of/<case study>/`, with `?like=<council>` those most like it first.

    As public as the case study: nobody else learns that it was adopted.
    """
    case_study = get_object_or_404(CaseStudyPage.objects.visible_to(request.user).without_texts(), pk=pk)
    adoptions = travel.adoptions_of(case_study)
    asked = request.GET.get("like", "")[:MAX_NAME]
    like = council_named(asked) if asked else None
    rows, ranked_for = travel.adopters(adoptions, user=request.user, like=like)
    organisation_page = organisation_page_above(case_study)
    organisation = organisation_page.organisation if organisation_page else None
    places = [row.place for row in case_study.case_study_places.select_related("place")]
    drawn = travel_map(rows=rows, organisation=organisation, places=places) if rows else None
    compared = compare(
        organisation=organisation,
        measures=case_study.measures.all(),
        rows=rows,
        asked=request.GET.get("indicator", ""),
    )
    context = {
        **compared,
        "map": drawn,
        "key": map_key(drawn),
        "case_study": case_study,
        "summary": outcome_summary(adoptions),
        "ranked_for": ranked_for,
        "councils": comparable_councils() if len(rows) > 1 else [],
        "like_problem": _problem(asked, like) if rows else "",
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "casestudies/adoptions.html", context)


def _problem(asked: str, like: Organisation | None) -> str:
    """Why the adopters are not ranked for the council that was asked for; empty if they are."""
    if asked and like is None:
        return gettext("We know no council called “%(name)s”. Choose one from the list.") % {"name": asked}
    return too_little_known(like) if like is not None and not is_comparable(like) else ""


def family_tree(request: HttpRequest, pk: int) -> HttpResponse:
    """`/adoptions/of/<case study>/tree/`: who took it over from whom, to any depth."""
    case_study = get_object_or_404(CaseStudyPage.objects.visible_to(request.user).without_texts(), pk=pk)
    family = lineage(case_study, user=request.user)
    return render(request, "casestudies/family_tree.html", {"case_study": case_study, "family": family})
