"""What administrators see of the duties of whoever runs the site: `/cms/duties/`."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core import legal, records, retention
from core.models import OperatorSettings, StaffLook

PAGE_SIZE = 50
View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


@for_administrators
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """The records that the law asks for, the pages that the operator completes, and the retention schedule."""
    operator = OperatorSettings.load()
    context = {
        "standings": records.standings(),
        "pages": [
            {"url": reverse(name), "name": name, "missing": legal.missing(name, operator)} for name in legal.OWED
        ],
        "rules": [{"rule": rule, "last": retention.last_run(rule)} for rule in retention.rules()],
    }
    return render(request, "core/cms/duties.html", context)


@for_administrators
@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Who of the staff looked at whose personal data; `?person=` and `?by=` narrow it to one account's number."""
    found = StaffLook.objects.all()
    wish = {name: request.GET.get(name, "") for name in ("person", "by")}
    for name, value in wish.items():
        if value.isdecimal() and len(value) < 19:
            found = found.filter(**{name: int(value)})
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("p"))
    numbers = {number for look in page for number in (look.by, look.person) if number}
    people = get_user_model().objects.in_bulk(numbers)
    rows = [{"look": look, "by": people.get(look.by), "person": people.get(look.person or 0)} for look in page]
    return render(request, "core/cms/looks.html", {"page_obj": page, "rows": rows, "wish": wish})


@for_administrators
@require_GET
def records_export(request: HttpRequest) -> HttpResponse:
    out = io.BytesIO()
    records.write_export(out)
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="provider-records-{timezone.localdate():%Y-%m-%d}.zip"'
    return response
