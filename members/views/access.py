"""The door of the pages about an organisation's people."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from members.errors import MembersError
from members.models import Organisation, OrganisationKind
from members.permissions import can_manage_people_of

View = Callable[..., HttpResponseBase]


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "403.html", {"reason": reason}, status=403)


def for_signed_in(view: View) -> View:
    """Personal pages: sign in first, and nobody keeps them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def for_leads(view: View) -> View:
    """`view(request, organisation, …)` for those who look after its people; the address names it by its slug."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation = get_object_or_404(Organisation.objects.exclude(kind=OrganisationKind.NETWORK), slug=slug)
        if not can_manage_people_of(request.user, organisation):
            return refused(request, _("Only a lead of this organisation, or an administrator, looks after its people."))
        return view(request, organisation, *args, **kwargs)

    return for_signed_in(guarded)


def posted(request: HttpRequest) -> Any:
    """What a form is given: an empty POST is one, too."""
    return request.POST if request.method == "POST" else None


def attempt(request: HttpRequest, work: Callable[[], Any], *, done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        work()
    except MembersError as problem:
        messages.error(request, str(problem))
        return False
    messages.success(request, done)
    return True
