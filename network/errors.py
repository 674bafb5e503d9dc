"""The page of last resort: nothing on it may need what has just failed."""

import math

import structlog
from allauth.account import app_settings as account
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa import app_settings as mfa
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

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


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """429 with the time after which any of the page's limits is over, in words and in `Retry-After`."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    rates = parse_rates({**account.RATE_LIMITS, **mfa.RATE_LIMITS}.get(LIMITS.get(name, "")))
    seconds = max((int(rate.duration) for rate in rates), default=60)
    response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
