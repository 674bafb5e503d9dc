"""How long pages may be kept, and by whom."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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
