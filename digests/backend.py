"""`EMAIL_BACKEND`: whatever Django, Wagtail or a package mails by itself goes into the outbox, like every mail of ours.

Nothing that is mailed waits for a mail server inside a request; what a server that is down would have refused waits,
is tried again, is paced, respects addresses that get no mail, and is seen by staff. The worker that empties the outbox
opens `OUTGOING_EMAIL_BACKEND`, and nothing else does.
"""

import logging
import re
from collections.abc import Sequence
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from digests.services.site_mail import queue_site_mail

logger = logging.getLogger(__name__)
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9-]+"
_IS_PLAIN = re.compile(rf"{_ATOMS}(?:\.{_ATOMS})*@{_LABEL}(?:\.{_LABEL})*").fullmatch
_of_ours = cache(parseaddr)


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


class SMTPBackend(smtp.EmailBackend):
    """Django's own, which takes each address apart by the whole grammar of RFC 5322; most are plainly what they are."""

    connection: Any

    def _send(self, email_message: EmailMessage) -> bool:
        sender = email_message.from_email
        if not _IS_PLAIN(sender):
            sender = _of_ours(sender)[1]
        to = email_message.recipients()
        if not to or not all(map(_IS_PLAIN, [sender, *to])):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave it out
        message: Any = email_message.message()
        self.connection.sendmail(sender, to, message.as_bytes(linesep="\r\n"))
        return True
