"""What people search for, and how search is, for moderators and administrators."""

import csv
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from core.spreadsheets import BYTE_ORDER_MARK, cell
from search import health, report
from search.permissions import can_read_search_report

PAGE_SIZE = 50


@require_GET
def search_report(request: HttpRequest) -> HttpResponse:
    """`/cms/reports/searches/?show=nothing&period=2026-11-16`, and the same as a file with `&format=csv`."""
    if not can_read_search_report(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    within = report.period(request.GET.get("period", ""), today=today)
    wish = request.GET.get("show", "")
    show = report.Show(wish) if wish in list(report.Show) else report.Show.MOST
    if request.GET.get("format") == "csv":
        return _file(within, show)
    page = Paginator(report.rows(within, show), PAGE_SIZE).get_page(request.GET.get("p"))
    for row in page.object_list:
        row["url"] = f"{reverse('search')}?{urlencode({'q': row['text']})}"
    return render(
        request,
        "search/cms/report.html",
        {
            "page_obj": page,
            "show": show,
            "within": within,
            "periods": report.periods(today),
            "lists": [
                {"name": name, "url": f"?{urlencode({'show': one, 'period': within.value})}", "current": one == show}
                for one, name in report.NAMES.items()
            ],
            "here": urlencode({"show": show, "period": within.value}),
            "title": report.NAMES[show],
            "rare": report.rare(within),
            "few": report.FEW,
        },
    )


def _file(within: report.Period, show: report.Show) -> HttpResponse:
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="searches-{show}-{within.value}.csv"'
    writer = csv.writer(response)
    writer.writerows([cell(value) for value in row] for row in report.table(within, show))
    return response


@require_GET
def search_state(request: HttpRequest) -> HttpResponse:
    """`/cms/reports/search-state/`: each engine's index, and what it has yet to hear."""
    if not can_read_search_report(request.user):
        raise PermissionDenied
    engines = [
        {"name": name, **found, "made": parse_datetime(found["made_at"]) if found.get("made_at") else None}
        for name, found in health.report().items()
    ]
    return render(request, "search/cms/state.html", {"engines": engines, "waiting": health.waiting()})
