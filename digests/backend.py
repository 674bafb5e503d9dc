"""`EMAIL_BACKEND`: whatever Django, Wagtail or a package mails by itself goes into the outbox, like every mail of ours.

Nothing that is mailed waits for a mail server inside a request; what a server that is down would have refused waits,
is tried again, is paced, respects addresses that get no mail, and is seen by staff. The worker that empties the outbox
opens `OUTGOING_EMAIL_BACKEND`, and nothing else does.
"""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from digests.services.site_mail import queue_site_mail

logger = logging.getLogger(__name__)


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were taken; they leave when the transaction commits."""
        taken = 0
        for message in email_messages:
            try:
                taken += queue_site_mail(message)
            except Exception:
                if not self.fail_silently:
                    raise
                logger.exception("A mail could not be put into the outbox.")
        return taken
