"""`/mail/webhooks/<provider>/`: what a mail provider tells us about mail that it sent for us.

Anymail reads each provider's format and checks its signature or the shared secret; what it says is acted on by the same
policy as a report that came as a mail. Nothing of a request is logged: there are people's addresses in it.
"""

import hashlib
import json
import logging
from collections.abc import Iterable
from time import time
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, tracking
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from digests import services
from digests.bounces.providers import report_of
from digests.errors import NotYet

logger = logging.getLogger(__name__)

# A batch of a thousand events is three quarters of this.
LARGEST = 1024 * 1024
# Providers try again for up to three days.
OLDEST = 3 * 24 * 60 * 60
TRY_AGAIN = 60

VIEWS = {
    "amazon_ses": "anymail.webhooks.amazon_ses.AmazonSESTrackingWebhookView",
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailersend": "anymail.webhooks.mailersend.MailerSendTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "mailtrap": "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
    "mandrill": "anymail.webhooks.mandrill.MandrillCombinedWebhookView",
    "postal": "anymail.webhooks.postal.PostalTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "resend": "digests.resend.SignedResendView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
}
# By which each can sign; the others have the shared secret in their address (`user:password@`) only.
SIGNED_BY = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "resend": "RESEND_SIGNING_SECRET",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
}
# These views of Anymail check the signature in any case.
MUST_SIGN = frozenset({"mailersend", "mailgun", "mandrill", "postal"})
CONTENT = {"amazon_ses": ("text/plain", "application/json"), "mandrill": ("application/x-www-form-urlencoded",)}
# What an event of a shape that Anymail does not expect may raise while it is read.
UNREADABLE = (
    AnymailError,
    ImproperlyConfigured,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)


class NotTrusted(ImproperlyConfigured):
    """Whoever asks cannot show that it is the provider, so nobody is heard."""


@csrf_exempt
@never_cache
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 when everything was taken in (also what says nothing new), 4xx for what is not the provider's or no event,
    503 while the database is away or the mail is still being sent, so that the provider tries again.
    """
    try:
        view = view_for(provider)
    except NotTrusted as error:
        raise Http404 from error
    if request.method == "HEAD":
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST", "HEAD"])
    if refusal := _refusal(request, provider):
        return refusal
    try:
        view.run_validators(request)
        _check_age(request, provider)
        events = view.parse_events(request)
    except (AnymailWebhookValidationFailure, SuspiciousOperation) as error:
        return _no(provider, 400, f"not shown to be theirs ({type(error).__name__})")
    except UNREADABLE as error:
        return _no(provider, 400, f"not an event ({type(error).__name__})")
    return _tell(view, events)


def _tell(view: Any, events: Iterable[AnymailTrackingEvent]) -> HttpResponse:
    try:
        for event in events:
            tracking.send(sender=type(view), event=event, esp_name=view.esp_name)
    except (OperationalError, InterfaceError):
        logger.exception("The database does not answer; %s is to tell us again.", view.esp_name)
        return _later()
    except NotYet:
        return _later()
    return HttpResponse()


def _later() -> HttpResponse:
    return HttpResponse(status=503, headers={"Retry-After": str(TRY_AGAIN)})


def take_in(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Anymail's `tracking` signal: each event in a transaction of its own."""
    report = report_of(event, provider=esp_name)
    if report is not None:
        taken = services.take_event(report=report)
        logger.info("%s reports %s: tied %s, new %s.", esp_name, taken.kind, taken.tied, taken.new)


def view_for(provider: str) -> Any:
    """Anymail's view of a provider that we hear. Raises `NotTrusted`, with the reason, for any other."""
    if provider not in settings.MAIL_REPORTS_FROM or provider not in VIEWS:
        raise NotTrusted(f"No reports are taken from {provider}.")
    secret, signature = settings.ANYMAIL.get("WEBHOOK_SECRET", ""), SIGNED_BY.get(provider, "")
    if secret and not all(secret.partition(":")):
        raise NotTrusted("ANYMAIL_WEBHOOK_SECRET must look like user:password.")
    signed = bool(signature and settings.ANYMAIL.get(signature))
    if provider in MUST_SIGN and not signed:
        raise NotTrusted(f"ANYMAIL_{signature} is not set.")
    if not secret and not signed:
        either = f"ANYMAIL_WEBHOOK_SECRET or ANYMAIL_{signature}" if signature else "ANYMAIL_WEBHOOK_SECRET"
        raise NotTrusted(f"{either} is not set.")
    try:
        return import_string(VIEWS[provider])()
    except (AnymailError, ImproperlyConfigured, ImportError, ValueError) as error:
        raise NotTrusted(str(error)) from error


def _refusal(request: HttpRequest, provider: str) -> HttpResponse | None:
    """Before anything is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return _no(provider, 413, "too large")
    if request.content_type not in CONTENT.get(provider, ("application/json",)):
        return _no(provider, 415, "of another type")
    if provider == "amazon_ses" and not request.headers.get("Authorization"):
        # Amazon sends the password after being asked for it.
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    return None


def _check_age(request: HttpRequest, provider: str) -> None:
    """A signature says when it was made. Mailgun's does not cover the event, so it is good for one event only."""
    if provider == "sendgrid" and "X-Twilio-Email-Event-Webhook-Timestamp" in request.headers:
        _check_time(request.headers["X-Twilio-Email-Event-Webhook-Timestamp"])
    if provider == "mailgun":
        signature = json.loads(request.body)["signature"]
        _check_time(str(signature["timestamp"]))
        seen, body = f"mail-webhook:{signature['token']}"[:200], hashlib.sha256(request.body).hexdigest()
        if not caches["shared"].add(seen, body, OLDEST) and caches["shared"].get(seen) != body:
            raise SuspiciousOperation("This signature was used for another event.")


def _check_time(stamp: str) -> None:
    if abs(time() - int(stamp)) > OLDEST:
        raise SuspiciousOperation("This signature is too old.")


def _no(provider: str, status: int, why: str) -> HttpResponse:
    logger.warning("A report in the name of %s was refused: it is %s.", provider, why)
    return HttpResponse(status=status)
