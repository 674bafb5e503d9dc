"""Case studies side by side: chosen ones of a programme, or any. The choice is in the address and nowhere else."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from casestudies import comparison, selectors
from casestudies.models import CaseStudyPage
from casestudies.selectors import compare
from core.spreadsheets import csv_lines
from places.models import ProgrammePage


def of_programme(request: HttpRequest, slug: str) -> HttpResponse:
    """`/programmes/<slug>/compare/?case=<number>&case=<number>`; without a choice, all of them to choose from."""
    programme = get_object_or_404(ProgrammePage.objects.live(), slug=slug)
    among = selectors.in_programme(programme, user=request.user)
    found = compare.chosen(request.GET.getlist("case"), among=among)
    page = compare.offered(among, found, number=request.GET.get("page"))
    return _answer(request, found, programme=programme, offered=page)


def of_any(request: HttpRequest) -> HttpResponse:
    """`/compare/?case=<number>&case=<number>`: from wherever they are."""
    found = compare.chosen(request.GET.getlist("case"), among=CaseStudyPage.objects.visible_to(request.user))
    return _answer(request, found, programme=None, offered=None)


def _answer(
    request: HttpRequest, found: compare.Chosen, *, programme: ProgrammePage | None, offered: Page[Any] | None
) -> HttpResponse:
    context = {
        "programme": programme,
        "chosen": found,
        "rows": comparison.rows(found.pages) if found.is_table else [],
        "offered": found.pages if offered is None else offered.object_list,
        "page_obj": offered,
        "numbers": {page.pk for page in found.pages},
        "query": "&".join(f"case={page.pk}" for page in found.pages),
        "asked": "case" in request.GET,
        "fewest": compare.FEWEST,
        "most": compare.MOST,
        "address": request.build_absolute_uri(),
    }
    return render(request, "casestudies/compare.html", context)


def spreadsheet(request: HttpRequest) -> HttpResponseBase:
    """`/compare/case-studies.csv?case=`: a line for each that the reader may read, its texts whole. It takes more than
    a table on a page does, and says so where it is asked for more than that.
    """
    given = request.GET.getlist("case")
    if len(compare.numbers(given)) > compare.MOST_ASKED:
        words = _("A file takes %(most)s case studies at most. Ask for the rest in another one.")
        return HttpResponse(words % {"most": compare.MOST_ASKED}, status=400, content_type="text/plain; charset=utf-8")
    found = compare.chosen(given, among=CaseStudyPage.objects.visible_to(request.user))
    lines = csv_lines(compare.COLUMNS, map(compare.row_of, found.pages))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="case-studies-compared.csv"'
    return response
