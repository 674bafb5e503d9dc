"""Resend signs its reports by the scheme of Svix, whose library brings an HTTP client along for what is one HMAC.

`svix-signature` holds one or more `v1,<base64>` of `<svix-id>.<svix-timestamp>.<body>`, made with the base64 key behind
`whsec_` (several while a key is changed); a signature is good for five minutes, and made
anew when it tries again.
"""

import base64
import binascii
import hashlib
import hmac
from time import time
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

OLDEST = 5 * 60


class SignedResendView(ResendTrackingWebhookView):
    """Anymail's, with our check in place of the library's."""

    def __init__(self, **kwargs: Any) -> None:
        secret = settings.ANYMAIL.get("RESEND_SIGNING_SECRET", "")
        self._svix_webhook = None
        self.warn_if_no_basic_auth = not secret
        try:
            self.key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured("ANYMAIL_RESEND_SIGNING_SECRET must be whsec_ and base64.") from error
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def validate_request(self, request: HttpRequest) -> None:
        if not self.key:
            return
        number, stamp = request.headers.get("svix-id", ""), request.headers.get("svix-timestamp", "")
        if not stamp.isdecimal() or abs(time() - int(stamp)) > OLDEST:
            raise AnymailWebhookValidationFailure("The signature of Resend is missing or too old.")
        made = hmac.new(self.key, f"{number}.{stamp}.".encode() + request.body, hashlib.sha256).digest()
        wanted = b"v1," + base64.b64encode(made)
        given = request.headers.get("svix-signature", "").encode().split()
        if not any(hmac.compare_digest(wanted, one) for one in given):
            raise AnymailWebhookValidationFailure("The signature of Resend is another one.")
