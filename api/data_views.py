"""Open data: the page that explains it, and the files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from api.caching import public
from api.exports import DATASETS, FORMATS, csv_lines, measure_rows
from api.exports.columns import MEASURES
from api.exports.writing import attribution, lines
from casestudies.choices import Outcome
from casestudies.models import KNOWN_OUTCOMES, CaseStudyPage
from casestudies.permissions import can_read
from casestudies.selectors import known_outcomes
from core.licence import LICENCE, LICENCE_NAME
from core.models import Event
from search.export import COLUMNS as SEARCH_COLUMNS


def data(request: HttpRequest) -> HttpResponse:
    """`/data/`"""
    numbers = known_outcomes()
    context = {
        "total": numbers["total"],
        "outcomes": [(Outcome(value), numbers[str(value)]) for value in KNOWN_OUTCOMES],
        "datasets": [(dataset, dataset.count()) for dataset in DATASETS.values()],
        "search_columns": SEARCH_COLUMNS,
        "licence": LICENCE,
        "licence_name": LICENCE_NAME,
        "attribution": attribution(),
        "breadcrumbs": [{"text": _("Home"), "url": "/"}, {"text": _("Open data")}],
    }
    return render(request, "api/data.html", context)


@public
def data_file(request: HttpRequest, name: str, form: str) -> Any:
    """`/data/<table>.csv` and `.json`, for everybody the same, written while it is read."""
    dataset = DATASETS.get(name)
    if dataset is None or form not in FORMATS:
        raise Http404("There is no such table.")
    response = StreamingHttpResponse(lines(dataset, form, dataset.rows()), content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Link"] = f'<{LICENCE}>; rel="license"'
    response["ETag"] = f'W/"{name}-{form}-{state()}"'
    return response


def case_study_measures(request: HttpRequest, number: int) -> HttpResponse:
    """`/data/case-studies/<number>/measures.csv`: the figures of one page, for whoever may read the page."""
    page = get_object_or_404(CaseStudyPage.objects.live().without_texts(), pk=number)
    if not can_read(request.user, page):
        raise Http404("There is no such case study.")
    response = HttpResponse("".join(csv_lines(MEASURES, measure_rows(page=page))), content_type=FORMATS["csv"])
    response["Content-Disposition"] = f'attachment; filename="measures-{page.slug[:80]}.csv"'
    if request.user.is_authenticated:
        response["Cache-Control"] = "private, no-store"
    else:
        response["Link"] = f'<{LICENCE}>; rel="license"'
    return response


def state() -> str:
    """Changes with whatever happens to shared content; once a day too, for the little that is no event (the name of an
    indicator, the boundaries of a rating). A file of a hundred megabytes cannot be hashed before it is sent.
    """
    latest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return f"{latest or 0}-{timezone.localdate().isoformat()}"
