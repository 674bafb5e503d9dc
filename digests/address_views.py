"""Repairing an address that gets no mail: signed in, and by the link of the test that was sent to it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from digests import services, tokens
from digests.models import MailKind, OutgoingEmail
from digests.services import Confirmed, NothingToRepair, TestedToday
from digests.views import private


@login_required
@require_POST
def repair_address(request: HttpRequest) -> HttpResponse:
    """`/account/address/`: ask for a test, or say after a complaint that the mail is wanted."""
    person: Any = request.user
    back = "following" if request.POST.get("from") == "following" else "account_overview"
    try:
        if request.POST.get("do") == "want":
            services.want_mail_again(person=person)
            messages.success(request, _("We will send to your address again."))
        else:
            services.send_test(person=person)
            messages.success(request, _("A test is on its way. Press the button in it, and your mail starts again."))
    except (NothingToRepair, TestedToday) as error:
        messages.info(request, str(error))
    return redirect(reverse(back))


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def address_works(request: HttpRequest, token: str) -> HttpResponse:
    """`/account/address/<token>/`: a GET shows a button, so that a link scanner proves nothing; a POST counts.

    No cookie, no login, no CSRF token: that the link arrived is what is to be shown.
    """
    try:
        pk = tokens.read_address(token)
    except tokens.Expired:
        return render(request, "digests/address_works.html", {"expired": True}, status=410)
    except tokens.Forged:
        return render(request, "digests/link_broken.html", status=404)
    mail = OutgoingEmail.objects.filter(pk=pk, kind=MailKind.ADDRESS, person__is_active=True).first()
    if mail is None:
        return render(request, "digests/link_broken.html", status=404)
    done = services.confirm_by_link(mail=mail) if request.method == "POST" else None
    context = {"done": done == Confirmed.WORKS, "unwanted": done == Confirmed.UNWANTED}
    return render(request, "digests/address_works.html", context)
