"""Who asks to join, the domains by which people join without asking, and signing off; for an organisation's leads."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import services
from members.errors import MembersError
from members.forms import AnswerForm, DomainForm, ProofForm, SignOffForm
from members.models import JoinRequest, Organisation, Role
from members.views.access import attempt, for_leads, posted


@for_leads
@require_GET
def requests(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Those that wait, the oldest first."""
    waiting = JoinRequest.objects.waiting().filter(organisation=organisation).select_related("person")
    return render(request, "members/people/requests.html", {"organisation": organisation, "waiting": waiting[:200]})


@for_leads
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """One of them, and the answer."""
    asked = JoinRequest.objects.filter(organisation=organisation).select_related("person", "organisation")
    found = get_object_or_404(asked, pk=pk)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        give_answer(request, found, form, by)
        return redirect("council_requests", organisation.slug)
    context = {"organisation": organisation, "found": found, "form": form}
    return render(request, "members/people/answer.html", context, status=422 if form.errors else 200)


def give_answer(request: HttpRequest, found: JoinRequest, form: AnswerForm, by: Any) -> bool:
    """As a lead or a moderator has said; whoever comes second is told."""
    given = form.cleaned_data
    who = {"name": found.person.display_name}
    if given["answer"] == "approve":
        role = given.get("role", Role.MEMBER)
        return attempt(
            request,
            lambda: services.approve_request(request=found, by=by, role=role, reason=given["reason"]),
            done=_("%(name)s belongs to the organisation now, and is told by mail.") % who,
        )
    return attempt(
        request,
        lambda: services.decline_request(request=found, by=by, reason=given["reason"]),
        done=_("%(name)s is told by mail, with your reason.") % who,
    )


@for_leads
@require_http_methods(["GET", "POST"])
def domains(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """By which addresses people join at once."""
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            services.add_domain(organisation=organisation, by=by, **form.cleaned_data)
        except MembersError as problem:
            form.add_error("domain", str(problem))
        else:
            messages.success(request, _("Written down. Now show that it is yours."))
            return redirect("council_domains", organisation.slug)
    rows = [
        (one, None if one.verified_at else ProofForm(domain=one.domain, prefix=f"domain{one.pk}"))
        for one in organisation.email_domains.select_related("verified_by").order_by("domain")
    ]
    context = {"organisation": organisation, "form": form, "rows": rows}
    return render(request, "members/people/domains.html", context, status=422 if form.errors else 200)


@for_leads
@require_POST
def domain(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Ask the domain itself, say so as an administrator, or remove it."""
    found = get_object_or_404(organisation.email_domains.select_related("organisation"), pk=pk)
    by: Any = request.user
    form = ProofForm(request.POST, domain=found.domain, prefix=f"domain{found.pk}")
    match request.POST.get("do"):
        case "ask" if form.is_valid():
            box = form.cleaned_data["mailbox"]
            done = _("We have written to %(address)s. Whoever reads it there can say yes within seven days.")
            shown = {"address": f"{box}@{found.domain}"}
            attempt(request, lambda: services.ask_for_proof(domain=found, mailbox=box, by=by), done=done % shown)
        case "verify":
            below = found.with_subdomains
            work = lambda: services.verify_domain(domain=found, with_subdomains=below, by=by)  # noqa: E731 - as below
            attempt(request, work, done=_("Verified."))
        case "remove":
            attempt(request, lambda: services.remove_domain(domain=found, by=by), done=_("Removed."))
    return redirect("council_domains", organisation.slug)


@for_leads
@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Whether the organisation's own approver reads a page before the network's moderators do."""
    form = SignOffForm(posted(request), initial={"requires_approval": organisation.requires_approval})
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        on = form.cleaned_data["requires_approval"]
        attempt(request, lambda: services.switch_sign_off(organisation=organisation, on=on, by=by), done=_("Saved."))
        return redirect("council_sign_off", organisation.slug)
    return render(request, "members/people/sign_off.html", {"organisation": organisation, "form": form})
