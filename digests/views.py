"""The signed links of mails: stop, and read in the browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from digests import services, tokens
from digests.models import OutgoingEmail
from digests.rendering import Letter, in_browser
from digests.stopping import stoppable

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Pages behind a signed address: not kept, not listed, and their address is told to nobody."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = never_cache(view)(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """`/following/stop/<token>/`: a GET shows a button, so that a link scanner stops nothing; a POST stops.

    Mail programs post here by themselves (RFC 8058): no cookie, no login, no CSRF token. The signature is the right.
    """
    try:
        wanted = tokens.read_stop(token)
        found = stoppable(wanted)
    except tokens.Forged:
        return render(request, "digests/link_broken.html", status=404)
    if request.method == "POST" and found.active:
        services.stop_by_link(wanted=wanted)
    return render(request, "digests/stop.html", {"stoppable": found, "done": request.method == "POST"})


@private
@require_GET
@csp_replace(  # type: ignore[arg-type]  # its types know views without arguments only
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF],
    }
)
def read_mail(request: HttpRequest, token: str) -> HttpResponse:
    """`/following/mail/<token>/`: the mail as it would be written now, with what its reader may see now."""
    try:
        pk = tokens.read_mail(token)
    except tokens.Expired:
        return redirect("following")
    except tokens.Forged as error:
        raise Http404 from error
    mail = get_object_or_404(OutgoingEmail.objects.select_related("person"), pk=pk, person__is_active=True)
    letter = in_browser(mail, everything="all" in request.GET)
    if not isinstance(letter, Letter):
        raise Http404(_("Nothing of this mail is left that may be shown."))
    return HttpResponse(letter.html)
