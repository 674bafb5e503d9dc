"""The log of decisions, for moderators."""

import csv
from collections.abc import Iterable
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.spreadsheets import cell
from moderation.locked_cases import decisions_open_to
from moderation.models import Decision, DecisionAction, Reason
from moderation.permissions import can_moderate, undoable_by
from moderation.views.access import for_people_who, trail

PAGE_SIZE = 50


@for_people_who(can_moderate)
def decisions(request: HttpRequest) -> HttpResponse:
    """`/moderation/decisions/`, and the same as CSV with `?format=csv`."""
    found = decisions_open_to(request.user, Decision.objects.select_related("moderator", "author"))
    action, reason = request.GET.get("action", ""), request.GET.get("reason", "")
    who = request.GET.get("person", "").strip()[:120]
    if action in DecisionAction.values:
        found = found.filter(action=action)
    if reason:
        found = found.filter(reason=reason)
    if who:
        people = User.objects.filter(name__icontains=who).values("pk")
        found = found.filter(Q(moderator__in=people) | Q(author__in=people))
    if request.GET.get("format") == "csv":
        return _csv(found)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "action": action,
        "reason": reason,
        "person": who,
        "reasons": Reason.objects.all(),
        "undoable": set(undoable_by(request.user).values_list("pk", flat=True)),
        "query": urlencode({"action": action, "reason": reason, "person": who}),
        "actions": DecisionAction.choices,
        "breadcrumbs": trail(_("Decisions")),
    }
    return render(request, "moderation/decisions.html", context)


def _csv(found: Iterable[Decision]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="decisions-{timezone.localdate():%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            *("number", "decided_at", "decision", "step", "about", "reason", "words", "private_note", "moderator"),
            *("answers", "reason_in_words", "author_number", "author"),
        ]
    )
    for one in found:
        row = [one.pk, one.decided_at.isoformat(), one.action, one.step, one.subject_title, one.reason]
        person = one.moderator.display_name if one.moderator else ""
        rest = [
            one.words,
            one.private_note,
            person,
            one.answers_id or "",
            one.reason_words.get("en", {}).get("label", ""),
            one.author_id or "",
            # The number stays when the account is gone.
            one.author.display_name if one.author else "",
        ]
        writer.writerow([cell(value) for value in [*row, *rest]])
    return response
