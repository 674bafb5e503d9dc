"""Runs: `/cms/mail/`."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from digests.models import Cadence, DigestRun
from digests.staff import runs
from digests.staff.access import for_mail_staff
from digests.staff.forms import RunsForm


@for_mail_staff
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """`/cms/mail/?cadence=weekly&state=sending&p=2`"""
    form = RunsForm(request.GET)
    wish = form.wish()
    page = Paginator(runs.runs(**wish), runs.PAGE_SIZE).get_page(request.GET.get("p"))
    return render(
        request,
        "digests/staff/runs.html",
        {
            "title": _("Digest runs"),
            "form": form,
            "page_obj": page,
            "rows": runs.rows(list(page.object_list)),
            "here": urlencode(wish),
            "narrowed": any(wish.values()),
        },
    )


@for_mail_staff
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """`/cms/mail/runs/<pk>/`"""
    found = get_object_or_404(DigestRun, pk=pk)
    row = runs.rows([found])[0]
    return render(
        request,
        "digests/staff/run.html",
        {
            "row": row,
            "title": Cadence(found.cadence).label,
            "worries": runs.worries(row, now=timezone.now()),
            "carried": runs.carried(found),
            "most": runs.MOST_EVENTS,
        },
    )
