"""The moderation policy with what came of it, for everybody, and the same numbers as a table."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.spreadsheets import BYTE_ORDER_MARK, cell
from moderation import policy_words, selectors, transparency
from moderation.models import DONE, DecisionAction, ModerationSettings, Reason, ReportKind
from moderation.models.appeals import APPEALABLE, WINDOW
from moderation.report_kinds import FACTS


def policy(request: HttpRequest) -> HttpResponse:
    """`/moderation-policy/`: the rules in force, rendered from the policy itself, and what came of them."""
    settings = ModerationSettings.objects.first() or ModerationSettings()
    context = {
        "explained": policy_words.grouped(selectors.rules_in_force()),
        "about_people": policy_words.about_people(),
        "reports_that_hide": settings.reports_that_hide,
        "public_reasons": [one.rule_text for one in Reason.objects.active()],
        "report_kinds": [(kind.label, FACTS[kind]) for kind in ReportKind],
        "appealable": [DONE[action] for action in DecisionAction if action in APPEALABLE],
        "appeal_days": WINDOW.days,
        "year": transparency.year(),
        "actions": [DONE[action] for action in transparency.CONTENT],
        "small": _("fewer than %(n)d") % {"n": transparency.SMALL},
    }
    return render(request, "moderation/policy.html", context)


def totals_csv(request: HttpRequest) -> HttpResponse:
    """`/moderation-policy/totals.csv`"""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    response.write(BYTE_ORDER_MARK)
    writer = csv.writer(response)
    for row in transparency.rows(transparency.year()):
        writer.writerow([cell(value) for value in row])
    return response
