"""A person as moderators see them: what was decided, what holds now, and what can be decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.people import the_person
from members.models import Membership
from moderation import services
from moderation.errors import ModerationError
from moderation.locked_cases import decisions_open_to
from moderation.models import Decision, DecisionAction, Sanction
from moderation.permissions import can_lift, can_moderate, can_sanction, can_second, can_see_queue
from moderation.person_forms import SanctionForm
from moderation.selectors import open_reports_about, record_of, rules_in_force
from moderation.standing import standing_of
from moderation.views.access import for_people_who, history_seen, refused, trail

MOST = 50


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/people/<number>/`"""
    found = get_object_or_404(User, pk=pk)
    form = SanctionForm(request.POST if request.method == "POST" else None)
    may = can_sanction(request.user, found)
    if request.method == "POST" and form.is_valid():
        try:
            _sanction(form, found, request.user)
        except ModerationError as error:
            return refused(request, str(error))
        messages.success(request, _("Done. %(person)s is told by email.") % {"person": found.display_name})
        return redirect("moderation_person", pk=found.pk)
    approved, rejected = record_of(found)
    received = Decision.objects.filter(author=found.pk).select_related("moderator")
    context = {
        "found": found,
        "form": form if may else None,
        "own": found.pk == request.user.pk,
        "history": history_seen(request, found),
        "approved": approved,
        "rejected": rejected,
        "rules": rules_in_force(),
        "open_reports": open_reports_about(found),
        "memberships": Membership.objects.active().filter(person=found).select_related("organisation"),
        "standing": standing_of(found),
        "sanctions": [_shown(one, request.user) for one in _sanctions_of(found)],
        "decisions": decisions_open_to(request.user, received)[:MOST],
        "breadcrumbs": trail(found.display_name),
    }
    return render(request, "moderation/person.html", context, status=422 if form.errors else 200)


def _sanctions_of(found: User) -> Any:
    return Sanction.objects.filter(person=found).select_related(
        "decision__moderator", "proposed_by", "seconded_by", "lifted_by", "person"
    )


def _shown(one: Sanction, user: Any) -> dict[str, Any]:
    return {"sanction": one, "can_second": can_second(user, one), "can_lift": can_lift(user, one)}


def _sanction(form: SanctionForm, found: User, by: Any) -> None:
    told = form.cleaned_data
    given = {"person": found, "by": by, "words": told["words"], "private_note": told["private_note"]}
    given["reason"] = told["reason"]
    if told["action"] == DecisionAction.WARN:
        services.warn(**given)
    elif told["action"] == DecisionAction.LIMIT:
        services.limit(until=form.until, **given)
    elif told["action"] == DecisionAction.SUSPEND:
        services.suspend(until=form.until, **given)
    else:
        services.propose_ban(**given)


@for_people_who(can_moderate)
def ban(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/bans/<number>/`: it is agreed to, or refused, on the person’s page."""
    return redirect("moderation_person", pk=get_object_or_404(Sanction, pk=pk).person_id)


@for_people_who(can_moderate)
@require_POST
def sanction_end(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/sanctions/<number>/end/`: end it early, or refuse the ban that was proposed."""
    found = get_object_or_404(Sanction.objects.select_related("person"), pk=pk)
    return _act(request, found, lambda: services.lift(sanction=found, by=the_person(request), words=_words(request)))


@for_people_who(can_moderate)
@require_POST
def ban_second(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/sanctions/<number>/second/`: agree to the ban that a colleague proposed."""
    found = get_object_or_404(Sanction.objects.select_related("person"), pk=pk)
    return _act(
        request, found, lambda: services.second_ban(sanction=found, by=the_person(request), words=_words(request))
    )


@for_people_who(can_see_queue)
@require_POST
def decision_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/decisions/<number>/undo/`"""
    decision = get_object_or_404(Decision, pk=pk)
    try:
        services.undo(decision=decision, by=the_person(request))
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The decision was taken back. What it was about is as it was before."))
    to_log = can_moderate(request.user) and request.POST.get("back") != "queue"
    return redirect("moderation_decisions" if to_log else "moderation_queue")


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "")[:4000]


def _act(request: HttpRequest, found: Sanction, act: Any) -> HttpResponse:
    """Do it, and say how it went on the person’s page."""
    try:
        decision = act()
    except ModerationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(decision))
    return redirect("moderation_person", pk=found.person_id)
