"""Case studies side by side: chosen ones of a programme, or any. The choice is in the address and nowhere else."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

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
    return _answer(request, found, programme=programme, offered=compare.offered(among))


def of_any(request: HttpRequest) -> HttpResponse:
    """`/compare/?case=<number>&case=<number>`: from wherever they are."""
    found = compare.chosen(request.GET.getlist("case"), among=CaseStudyPage.objects.visible_to(request.user))
    return _answer(request, found, programme=None, offered=found.pages)


def _answer(
    request: HttpRequest, found: compare.Chosen, *, programme: ProgrammePage | None, offered: list[CaseStudyPage]
) -> HttpResponse:
    context = {
        "programme": programme,
        "chosen": found,
        "rows": comparison.rows(found.pages) if found.is_table else [],
        "offered": offered,
        "numbers": {page.pk for page in found.pages},
        "query": "&".join(f"case={page.pk}" for page in found.pages),
        "asked": "case" in request.GET,
        "fewest": compare.FEWEST,
        "most": compare.MOST,
        "address": request.build_absolute_uri(),
    }
    return render(request, "casestudies/compare.html", context)


def spreadsheet(request: HttpRequest) -> StreamingHttpResponse:
    """`/compare/case-studies.csv?case=`: a line for each that the reader may read, its texts whole."""
    found = compare.chosen(request.GET.getlist("case"), among=CaseStudyPage.objects.visible_to(request.user))
    lines = csv_lines(compare.COLUMNS, map(compare.row_of, found.pages[: compare.MOST]))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="case-studies-compared.csv"'
    return response
