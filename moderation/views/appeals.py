"""Appealing against a decision, and deciding about an appeal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.people import the_person
from core.keeping import keep_form, take_form
from moderation import services
from moderation.appeals_source import APPEALS
from moderation.errors import ModerationError
from moderation.links import person_of_key
from moderation.models import Appeal, Contribution, Decision
from moderation.models.appeals import WINDOW
from moderation.permissions import can_appeal, can_decide_appeal, can_moderate, can_see_appeal
from moderation.person_forms import AppealForm, DecideAppealForm
from moderation.queue import next_after
from moderation.registry import kind_of
from moderation.subjects import url_of_decision
from moderation.views.access import for_people_who, history_seen, refused, trail
from moderation.views.claims import only_of, opened
from moderation.views.deciding import claimed, wait_for


@sensitive_variables("key")
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """`/appeal/<decision>/`, for whose work it was: signed in, or with the signed link of the mail about a ban.

    To everybody else the decision does not exist.
    """
    decision = get_object_or_404(Decision, pk=pk)
    key = request.GET.get("key", "")
    person: Any = person_of_key(key, decision) if key else request.user
    if person is None:
        raise Http404
    if not key and not request.user.is_authenticated:
        keep_form(request)
        return redirect_to_login(request.get_full_path())
    if not can_appeal(person, decision, whatever_its_age=True):
        raise Http404
    made = Appeal.objects.filter(decision=decision).first()
    open_ = made is None and can_appeal(person, decision)
    form = AppealForm(request.POST if request.method == "POST" else take_form(request) if open_ else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.appeal(decision=decision, by=person, words=form.cleaned_data["words"])
        except ModerationError as error:
            form.add_error(None, str(error))
        else:
            return redirect(request.get_full_path())
    context = {
        "decision": decision,
        "appeal": made,
        "form": form if open_ or form.errors else None,
        "until": decision.decided_at + WINDOW,
        "signed": bool(key),
        "breadcrumbs": [{"text": _("Appeal")}],
    }
    wrong = request.method == "POST" and form.errors
    response = render(request, "moderation/appeal.html", context, status=422 if wrong else 200)
    response["Cache-Control"] = "private, no-store"
    # To nobody else; not `no-referrer`, under which browsers send our own form from nowhere, and it is refused.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@for_people_who(can_moderate)
@require_http_methods(["GET", "POST"])
def appeal_review(request: HttpRequest, pk: int) -> HttpResponse:
    """`/moderation/appeals/<number>/`: the decision, what the person says about it, and what to answer."""
    found = get_object_or_404(Appeal.objects.select_related("decision__moderator", "by", "decided_by"), pk=pk)
    if not can_see_appeal(request.user, found):
        return refused(request)
    mine = can_decide_appeal(request.user, found)
    claim = opened(request, APPEALS, pk) if mine else None
    if claim and request.method == "POST":
        return wait_for(request, claim)
    form = DecideAppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decision = services.decide_appeal(appeal=found, by=the_person(request), **form.cleaned_data)
        except ModerationError as error:
            return refused(request, str(error))
        messages.success(request, str(decision))
        services.release_claim(kind=APPEALS, number=pk, by=the_person(request))
        return redirect(next_after(request.user, found.created_at, only=only_of(request)))
    subject: Any = found.decision.subject
    context = {
        "appeal": found,
        "decision": found.decision,
        "form": form if mine and not claim else None,
        **claimed(request, APPEALS, pk, claim, mine),
        "subject": subject,
        "html": kind_of(subject).html(subject) if isinstance(subject, Contribution) else "",
        "where_url": url_of_decision(found.decision),
        "author": found.by,
        "history": history_seen(request, found.by),
        "earlier": Decision.objects.about(subject).select_related("moderator")[:8] if subject is not None else [],
        "breadcrumbs": trail(_("Appeal")),
    }
    return render(request, "moderation/appeal_review.html", context, status=422 if form.errors else 200)
