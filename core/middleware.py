"""What holds for every page: what may be asked, how long it may be kept and by whom, what its browser may use."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

NULL = "\x00"
PUBLIC = "public, no-cache"
PRIVATE = "private, no-cache"
# What a signed-in person sees is not written to the disk of a shared computer (ASVS 14.3.2).
OWN = "private, no-store"
# What no page of ours uses; a page that was made to ask for it is refused by the browser.
UNUSED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
)
# Where somebody is, is asked for at their wish by the search (“near me”); passkeys are for our own pages.
PERMISSIONS = ", ".join([*(f"{one}=()" for one in UNUSED), "geolocation=(self)"])


class NoNullMiddleware:
    """Without the character that PostgreSQL cannot hold: what is asked for and sent loses it, and no address has it.

    Nobody types it. What reads no form, a webhook or a report of a browser, looks after itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NULL in request.path_info:
            raise Http404
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked or NULL in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "").replace(NULL, "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        with suppress(UnreadablePostError):
            if any(NULL in value for _name, values in request.POST.lists() for value in values):
                sent = request.POST.copy()
                for name, values in request.POST.lists():
                    sent.setlist(name, [value.replace(NULL, "") for value in values])
                sent._mutable = False
                request.POST = sent  # type: ignore[assignment]  # Django’s own setter takes it.


class CachePolicyMiddleware:
    """Anonymous pages may be kept and shared if asked for again each time; what a signed-in person sees is theirs.

    Asking again costs little (the ETag answers 304), and a comment that a moderator hides is gone with the next look.

    A view that says something itself is left alone: members-only pages say `private, no-store`. A response that
    sets a cookie is never shared. `Vary: Cookie`, which reading `request.user` adds, keeps the two apart.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.has_header("Cache-Control"):
            return response
        signed_in = hasattr(request, "user") and request.user.is_authenticated
        readable = request.method in {"GET", "HEAD"} and response.status_code == 200
        shared = readable and not signed_in and not response.cookies and not request.headers.get("Authorization")
        response["Cache-Control"] = PUBLIC if shared else OWN if signed_in else PRIVATE
        return response


class BrowserRulesMiddleware:
    """What browsers may use on our pages, and where they tell us what they refused (`core.csp_reports`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Reporting-Endpoints", f'csp="{settings.CSP_REPORTS_PATH}"')
        return response


class StillInUseMiddleware:
    """Where the CMS deletes what something else needs, it says so, and nothing is deleted.

    Wagtail asks its index of uses first, which is written in the background: a picture that was put on a page a moment
    ago is not in it, and the database refuses then. What uses it is not named: the draft may be another council's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ProtectedError) or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        words = _(
            "Nothing was deleted: it is still used on a page or in a draft. Take it off there first. If its usage does "
            "not say where yet, look again in a minute."
        )
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"success": False, "error_message": words}, status=409)
        messages.error(request, words)
        return redirect(request.get_full_path())
