"""One door for everybody who moderates or administers: no second step, no page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import second_step, sessions

# Beside allauth's own pages (sign in and out, address, password, the second step itself), which any account may open.
OPEN = frozenset({"account_overview", "account_second_step", "account_sessions", "healthz", "readyz"})
OPEN_PACKAGE = "allauth."


class SecondStepMiddleware:
    """Whoever has such a role, and has not taken a second step in this session, is led to set it up, from everywhere.

    It does not matter how they got in (password, code, reset, passkey, another provider) or whether they had the role
    then: each request is asked. Until it is done they can sign out, and then read as any visitor can.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Without asking who it is where nobody can be: what is the same for all would no longer be kept for all.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        sessions.note_seen(request)
        if _is_open(request, view) or not second_step.is_missing(request):
            return None
        if "HX-Request" in request.headers or not request.accepts("text/html"):
            return HttpResponse(_("Set up your second step at sign-in first."), status=403, content_type="text/plain")
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        return HttpResponseRedirect(reverse("account_second_step") + (f"?{urlencode({'next': back})}" if back else ""))


def _is_open(request: HttpRequest, view: Any) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in OPEN or getattr(view, "__module__", "").startswith(OPEN_PACKAGE)
