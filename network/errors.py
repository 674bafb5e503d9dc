"""The page of last resort: nothing on it may need what has just failed."""

import math

import structlog
from allauth.account import app_settings as account
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa import app_settings as mfa
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from core.keeping import words_in
from core.referrer import own_referrer

# The limit that stands behind each of allauth's pages, where it has not the page's name.
LIMITS = {
    "account_login": "login",
    "account_signup": "signup",
    "account_request_login_code": "request_login_code",
    "account_confirm_login_code": "request_login_code",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_email": "manage_email",
    "account_reauthenticate": "reauthenticate",
    "mfa_reauthenticate": "reauthenticate",
    "mfa_reauthenticate_webauthn": "reauthenticate",
    "mfa_login_webauthn": "webauthn_login",
}


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's id, which stands in the log beside the traceback. No context processors, no database."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return HttpResponseServerError(render_to_string("500.html", {"request_id": request_id}))


def sent_from_an_old_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the proof is missing that a form came from a page of ours: what was written is there to be copied.

    Most often somebody signed in again elsewhere and then sent an older page. Nothing is done or kept, and nothing here
    sends it again: another site can make a browser send a form too, and then none of it is shown.
    """
    words = list(words_in(request.POST)) if request.method == "POST" and _from_here(request) else []
    response = render(request, "403_csrf.html", {"words": words, "back": _where_from(request)}, status=403)
    response["Cache-Control"] = "private, no-store"
    return response


def _where_from(request: HttpRequest) -> str:
    """The page of ours that the form stood on, or the address that it was sent to."""
    said = own_referrer(request)
    for path in (f"{said.path}?{said.query}" if said.query else said.path, request.path):
        # “//elsewhere.example” in our own address would lead there.
        if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return path
    return "/"


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on a page of ours."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == f"{request.scheme}://{request.get_host()}"
    return bool(own_referrer(request).netloc)


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """429 with the time after which any of the page's limits is over, in words and in `Retry-After`."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    rates = parse_rates({**account.RATE_LIMITS, **mfa.RATE_LIMITS}.get(LIMITS.get(name, "")))
    seconds = max((int(rate.duration) for rate in rates), default=60)
    response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
