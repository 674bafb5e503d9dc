"""`/account/data/` and `/account/delete/`."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import DataExport
from accounts.people import the_person
from accounts.privacy import export as exports
from accounts.privacy import leaving as leavings
from core import personal_data
from core.dates import readable


@never_cache
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """What there is to download, and a button that asks for it."""
    if request.method == "POST":
        try:
            exports.ask_for_export(person=the_person(request))
            messages.success(request, _("We are putting your data together, and write to you when they are ready."))
        except exports.TooManyDownloads:
            messages.error(request, _("You have asked three times today. Please ask again tomorrow."))
        return redirect("account_data")
    asked = list(DataExport.objects.filter(person=the_person(request))[:5])
    ready = [{"export": one, "url": exports.file_path(one) if one.is_ready else ""} for one in asked]
    waiting = any(one.ready_at is None and not one.failed for one in asked)
    context = {"asked": ready, "waiting": waiting, "holdings": personal_data.holdings()}
    return render(request, "account/privacy/data.html", context)


@never_cache
@login_required
@reauthentication_required
def data_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """404 for a link that is somebody else's, forged, or older than a week."""
    found = exports.export_of_link(token=token, person=the_person(request))
    if found is None:
        raise Http404
    name = f"connected-localism-{timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


@never_cache
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    """What happens to what, and the button; or, while it is under way, the way back."""
    context = {
        "leaving": leavings.leaving_of(the_person(request)),
        "blockers": personal_data.blockers(the_person(request)),
        "holdings": [one for one in personal_data.holdings() if one.on_leaving],
        "by_mail": not get_reauthentication_flows(request.user),
        "days": leavings.GRACE.days,
    }
    return render(request, "account/privacy/delete.html", context)


@never_cache
@require_POST
@login_required
@reauthentication_required
def delete_go(request: HttpRequest) -> HttpResponse:
    """After password or second step; whoever has neither confirms by a link in a mail."""
    if get_reauthentication_flows(request.user):
        return _begin(request)
    leavings.send_confirmation(person=the_person(request))
    messages.success(request, _("We have sent you a mail. Confirm with the link in it that you want to leave."))
    return redirect("account_delete")


@never_cache
@login_required
def delete_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail: a button, as programs that look through mail open every link."""
    if not leavings.confirms(token=token, person=the_person(request)):
        raise Http404
    if request.method == "POST":
        return _begin(request)
    return render(request, "account/privacy/confirm.html", {"days": leavings.GRACE.days})


def _begin(request: HttpRequest) -> HttpResponse:
    try:
        leaving = leavings.ask_to_leave(person=the_person(request))
    except leavings.CannotLeave as error:
        for blocker in error.blockers:
            messages.error(request, blocker.words)
        return redirect("account_delete")
    day = readable(leaving.due_at, "day")
    messages.success(request, _("Your account will be deleted on %(day)s.") % {"day": day})
    return redirect("account_delete")


@never_cache
@require_POST
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    if leavings.keep_account(person=the_person(request)):
        messages.success(request, _("Your account stays."))
    return redirect("account_overview")


@never_cache
def keep_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, also signed out: whoever reads that mail may keep the account, and nothing else."""
    leaving = leavings.leaving_of_link(token)
    if leaving is None:
        raise Http404
    if request.method == "POST":
        leavings.keep_account(person=leaving.person)
        messages.success(request, _("Your account stays."))
        return redirect("account_overview")
    return render(request, "account/privacy/keep.html", {"leaving": leaving})
