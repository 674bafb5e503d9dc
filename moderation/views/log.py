"""The log of decisions, for moderators."""

import csv
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.spreadsheets import cell
from moderation.models import Decision, DecisionAction
from moderation.permissions import can_moderate
from moderation.views.access import for_people_who, trail

PAGE_SIZE = 50


@for_people_who(can_moderate)
def decisions(request: HttpRequest) -> HttpResponse:
    """`/moderation/decisions/`, and the same as CSV with `?format=csv`."""
    found = Decision.objects.select_related("moderator")
    action = request.GET.get("action", "")
    if action in DecisionAction.values:
        found = found.filter(action=action)
    if request.GET.get("format") == "csv":
        return _csv(found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "action": action,
        "actions": DecisionAction.choices,
        "breadcrumbs": trail(_("Decisions")),
    }
    return render(request, "moderation/decisions.html", context)


def _csv(found: Iterable[Decision]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="decisions-{timezone.localdate():%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        ["number", "decided_at", "decision", "step", "about", "reason", "words", "private_note", "moderator"]
    )
    for one in found:
        row = [one.pk, one.decided_at.isoformat(), one.action, one.step, one.subject_title, one.reason]
        person = one.moderator.display_name if one.moderator else ""
        writer.writerow([cell(value) for value in [*row, one.words, one.private_note, person]])
    return response
