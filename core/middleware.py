"""How long pages may be kept, and by whom."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PUBLIC = "public, no-cache"
PRIVATE = "private, no-cache"


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
        response["Cache-Control"] = PUBLIC if shared else PRIVATE
        return response
