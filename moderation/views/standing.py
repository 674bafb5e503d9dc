"""What the moderation policy makes of a person, for that person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.people import the_person
from moderation.models import Appeal, Decision, DecisionAction
from moderation.permissions import appealable_by
from moderation.policy import TextFacts, judge
from moderation.selectors import person_facts, rules_in_force
from moderation.standing import standing_of

MOST = 30


@login_required
def standing(request: HttpRequest) -> HttpResponse:
    """`/account/standing/`: what becomes of the next thing that they write, and why; decisions, sanctions, appeals."""
    person = the_person(request)
    facts, rules = person_facts(person=person), rules_in_force()
    appeals = {one.decision_id: one for one in Appeal.objects.filter(by=person)}
    can_appeal = {one.pk: one.appeal_until for one in appealable_by(request.user)}
    received = Decision.objects.filter(author=request.user.pk).exclude(action=DecisionAction.DISMISS_REPORT)[:MOST]
    context = {
        "facts": facts,
        "rules": rules,
        "missing": max(0, rules.approvals_for_trust - facts.approved),
        "verdict": judge(person=facts, text=TextFacts(), rules=rules),
        "sanctions": standing_of(request.user).sanctions,
        "stopped": standing_of(request.user).stopped,
        "decisions": [
            {"decision": one, "appeal": appeals.get(one.pk), "appeal_until": can_appeal.get(one.pk)} for one in received
        ],
        "breadcrumbs": [{"text": _("Your standing")}],
    }
    response = render(request, "moderation/standing.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
