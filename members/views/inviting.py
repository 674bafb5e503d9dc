"""Inviting people, one or many, and what became of the invitations."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import services
from members.errors import MembersError
from members.forms import InviteForm, PeopleFileForm
from members.models import Invitation, Organisation, Role
from members.people_file import FileProblem, read_people
from members.services import Invited
from members.views.access import attempt, for_leads, posted

PAGE_SIZE = 50
_LOOKED_AT = "members.people_file"
AN_HOUR = 60 * 60


@for_leads
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """One person."""
    form = InviteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        given = form.cleaned_data
        try:
            services.invite(organisation=organisation, invited=Invited(**given), by=by)
        except MembersError as problem:
            form.add_error("address", str(problem))
        else:
            messages.success(request, _("The invitation to %(address)s is on its way.") % given)
            return redirect("council_invitations", organisation.slug)
    context = {"organisation": organisation, "form": form}
    return render(request, "members/people/invite.html", context, status=422 if form.errors else 200)


@for_leads
@require_http_methods(["GET", "POST"])
def invite_many(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A file is read and shown first; what was shown is what is sent, all of it or nothing."""
    if "looked_at" in request.POST:
        return _send_all(request, organisation)
    form = PeopleFileForm(posted(request), request.FILES or None)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = read_people(form.cleaned_data["file"], organisation)
        except FileProblem as problem:
            form.add_error("file", str(problem))
        else:
            if not found.invited and not found.bad:
                form.add_error("file", _("There is nobody in the file."))
    context: dict[str, Any] = {"organisation": organisation, "form": form, "found": found}
    if found and found.invited and not found.bad:
        rows = [[one.address, str(one.role), one.name] for one in found.invited]
        context["looked_at"] = signing.dumps([request.user.pk, organisation.pk, rows], salt=_LOOKED_AT, compress=True)
        context["rows"] = [(one, Role(one.role).label) for one in found.invited]
    bad = form.errors or (found and found.bad)
    return render(request, "members/people/invite_many.html", context, status=422 if bad else 200)


def _send_all(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    by: Any = request.user
    try:
        who, where, rows = signing.loads(request.POST["looked_at"], salt=_LOOKED_AT, max_age=AN_HOUR)
        if (who, where) != (by.pk, organisation.pk):
            raise signing.BadSignature
    except signing.BadSignature:
        messages.error(request, _("This list is too old. Choose the file again."))
        return redirect("council_invite_many", organisation.slug)
    wanted = [Invited(address=address, role=role, name=name) for address, role, name in rows]
    done = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", len(wanted))
    work = lambda: services.invite_many(organisation=organisation, invited=wanted, by=by)  # noqa: E731 - one word each
    sent = attempt(request, work, done=done % {"n": len(wanted)})
    return redirect("council_invitations" if sent else "council_invite_many", organisation.slug)


@for_leads
@require_GET
def invitations(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Those that nobody has answered, the last sent first."""
    waiting = Invitation.objects.waiting().filter(organisation=organisation).select_related("invited_by")
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "members/people/invitations.html", {"organisation": organisation, "page_obj": page})


@for_leads
@require_POST
def invitation(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Send one again, or take it back."""
    found = get_object_or_404(
        Invitation.objects.filter(organisation=organisation).select_related("organisation"), pk=pk
    )
    by: Any = request.user
    if request.POST.get("do") == "resend":
        attempt(request, lambda: services.resend(invitation=found, by=by), done=_("Sent again."))
    elif request.POST.get("do") == "withdraw":
        attempt(request, lambda: services.withdraw_invitation(invitation=found, by=by), done=_("Withdrawn."))
    return redirect("council_invitations", organisation.slug)
