"""Signing off by a link, and asking somebody to. `moderation.services.approvals` says who may, and until when."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from core.ratelimit import allow, visitor_key
from moderation import queue as waiting
from moderation import services
from moderation.comparison import describe, differences
from moderation.errors import LinkOver, ModerationError
from moderation.forms import AskToApproveForm, SignOffForm
from moderation.models import ApprovalLink, ReviewTaskState
from moderation.permissions import can_ask_to_approve
from moderation.views.access import for_people_who

ASKED_PER_HOUR = 20


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, token: str) -> HttpResponse:
    """`/approve/<token>/`: what waits, what it changes, and two buttons. Reading it changes nothing."""
    try:
        asked = services.read_link(token)
        if request.user.is_authenticated and services.is_own_work(asked.step, request.user):
            raise LinkOver(_("You wrote this yourself, so somebody else signs it off."))
        form = SignOffForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            services.sign_off(token=token, **form.cleaned_data)
            return _private(redirect(request.path))
    except LookupError as forged:
        raise Http404 from forged
    except LinkOver as over:
        status = 200 if over.used else 410
        context = {"why": str(over), "used": over.used}
        return _private(render(request, "moderation/approve_over.html", context, status=status))
    context = {**_shown(asked.step), "form": form, "email": asked.email}
    return _private(render(request, "moderation/approve.html", context, status=422 if form.errors else 200))


@for_people_who(lambda user: user.is_active)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """`/approve/ask/<step>/`: an author or lead types an address of the organisation's own domain."""
    step = get_object_or_404(ReviewTaskState.objects.select_related("revision", "workflow_state"), pk=pk)
    if not can_ask_to_approve(request.user, step):
        raise Http404
    form = AskToApproveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not allow(f"ask-to-approve:{visitor_key(request)}", ASKED_PER_HOUR, 3600):
            form.add_error("email", _("You have asked often in the last hour. Try again in an hour."))
        else:
            try:
                user: Any = request.user
                link = services.ask_to_approve(step=step, email=form.cleaned_data["email"], by=user)
            except ModerationError as error:
                form.add_error("email", str(error))
            else:
                messages.success(request, _("We have written to %(address)s.") % {"address": link.email})
                return redirect(request.path)
    context = {
        "form": form,
        "title": step.revision.object_str,
        "open": step.status == step.STATUS_IN_PROGRESS,
        "asked": ApprovalLink.objects.filter(step=step).exclude(asked_by=None).select_related("decision"),
        "domains": services.domains_to_ask(step),
    }
    return render(request, "moderation/approve_ask.html", context, status=422 if form.errors else 200)


def _shown(step: ReviewTaskState) -> dict[str, Any]:
    page = Page.objects.get(pk=step.workflow_state.object_id)
    submitted, author = step.revision.as_object(), step.workflow_state.requested_by
    return {
        "title": step.revision.object_str or page.title,
        "page": page,
        "organisation": waiting.organisations_of([page]).get(page.pk, ""),
        "author": author.display_name if author else "",
        "since": step.started_at,
        "changes": differences(published=page.specific, submitted=submitted) if page.live else None,
        "rows": describe(submitted=submitted),
    }


def _private(response: HttpResponse) -> HttpResponse:
    """Nobody else's to keep, to find, or to be told of: the address itself is the right."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
