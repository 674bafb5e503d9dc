"""Sending what waits in the outbox.

A worker leases a batch, writes the letters (asking again what each reader may see), sends them over one connection
and stamps each at once. A worker killed at any moment loses nothing: its rows are taken over when the lease ends,
and at most the one message that was in flight goes out again, with the same Message-ID.
"""

import logging
import smtplib
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.utils import timezone

from digests.mime import as_message
from digests.models import (
    DigestRecipient,
    Follow,
    MailState,
    OutgoingEmail,
    RecipientState,
)
from digests.rendering import Letter, Nothing, Written, desk, write
from digests.sealing import erased
from digests.services import addresses, bounces

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=10)
WORK = timedelta(minutes=4)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)
SERVER_DOWN_DELAY = timedelta(minutes=2)


@dataclass
class SendReport:
    sent: int = 0
    suppressed: int = 0
    failed: int = 0
    postponed: int = 0


class ServerDown(Exception):
    """The mail server cannot be reached or hung up; the mails themselves are not to blame."""


def send_waiting(*, limit: int | None = None) -> SendReport:
    """Send what is due until nothing is left, the server is down or four minutes are over (then beat rings again)."""
    report = SendReport()
    stop_at = time.monotonic() + WORK.total_seconds()
    taken = 0
    mailer = get_connection()
    try:
        with desk.keeping():
            while time.monotonic() < stop_at and (limit is None or taken < limit):
                lease, mails = claim(size=BATCH if limit is None else min(BATCH, limit - taken))
                if not mails:
                    break
                taken += len(mails)
                if not _send_batch(mailer, lease, mails, report, stop_at=stop_at):
                    break
    finally:
        _close(mailer)
    return report


def claim(*, size: int, now: datetime | None = None) -> tuple[uuid.UUID, list[OutgoingEmail]]:
    """Lease the most urgent due mails; two workers never hold the same one."""
    now = now or timezone.now()
    lease = uuid.uuid4()
    with transaction.atomic():
        due = OutgoingEmail.objects.due(now).order_by("urgency", "next_attempt_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:size])
        OutgoingEmail.objects.filter(pk__in=ids).update(state=MailState.SENDING, lease=lease, leased_until=now + LEASE)
    mails = OutgoingEmail.objects.filter(lease=lease).select_related("person").order_by("urgency", "pk")
    return lease, list(mails)


def _send_batch(
    mailer: Any, lease: uuid.UUID, mails: list[OutgoingEmail], report: SendReport, *, stop_at: float
) -> bool:
    """Send a claimed batch; False when the rest was given back because the server is down or time is over."""
    letters = write(mails)
    try:
        return _send_letters(mailer, lease, mails, letters, report, stop_at=stop_at)
    finally:
        settle_recipients(mails)
        _note_what_follows_brought(mails, letters)


def _send_letters(
    mailer: Any,
    lease: uuid.UUID,
    mails: list[OutgoingEmail],
    letters: dict[int, Written | Exception],
    report: SendReport,
    *,
    stop_at: float,
) -> bool:
    refused = addresses.refused(mails)
    for position, mail in enumerate(mails):
        if time.monotonic() >= stop_at:
            _give_back(lease, mails[position:], delay=timedelta(0), error="")
            return False
        letter = letters[mail.pk]
        if isinstance(letter, Exception):
            _failed_try(lease, mail, f"It could not be written: {letter!r}", report)
        elif isinstance(letter, Nothing):
            _suppress(lease, mail, letter.why, report)
        elif not _wanted(mail):
            _suppress(lease, mail, "Its reader may not sign in, or it came too late.", report)
        elif mail.pk in refused:
            _suppress(lease, mail, refused[mail.pk], report)
        else:
            try:
                _send_one(mailer, lease, mail, letter, report)
            except ServerDown as error:
                logger.warning("The mail server is down: %s", error)
                _give_back(lease, mails[position:], delay=SERVER_DOWN_DELAY, error=str(error))
                report.postponed += len(mails) - position
                return False
    return True


def _send_one(mailer: Any, lease: uuid.UUID, mail: OutgoingEmail, letter: Letter, report: SendReport) -> None:
    """Send and stamp. Raises `ServerDown` when no mail would get through now."""
    message = as_message(mail, letter, mailer)
    try:
        mailer.open()
        mailer.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reply = next(iter(refusal.recipients.values()), (550, b"refused"))
        _refused(lease, mail, code, _words(reply), report)
    except smtplib.SMTPSenderRefused as refusal:
        # Our own address or the server's mood: not this reader's fault, so nothing is given up for ever.
        _close(mailer)
        _failed_try(lease, mail, f"{refusal.smtp_code} {_words(refusal.smtp_error)}", report)
    except smtplib.SMTPDataError as refusal:
        _refused(lease, mail, refusal.smtp_code, _words(refusal.smtp_error), report)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        _close(mailer)
        raise ServerDown(str(error)) from error
    except smtplib.SMTPAuthenticationError as error:
        _close(mailer)
        raise ServerDown(f"It refused our password: {error.smtp_code}") from error
    except OSError as error:
        _close(mailer)
        raise ServerDown(str(error)) from error
    except Exception as error:
        logger.exception("Mail %s could not be sent.", mail.key)
        _close(mailer)
        _failed_try(lease, mail, repr(error), report)
    else:
        _sent(lease, mail, letter, report, provider_id=_provider_id(message))


def _provider_id(message: EmailMultiAlternatives) -> str:
    """What the provider calls the message in its reports; nothing for plain SMTP, which keeps our Message-ID."""
    status = getattr(message, "anymail_status", None)
    found = getattr(status, "message_id", None)
    return found[:200] if isinstance(found, str) else ""


def retry_delay(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most 6 hours, after `attempts` failures."""
    return min(FIRST_DELAY * 2 ** max(attempts - 1, 0), LONGEST_DELAY)


def _sent(lease: uuid.UUID, mail: OutgoingEmail, letter: Letter, report: SendReport, *, provider_id: str = "") -> None:
    _stamp(
        lease,
        mail,
        state=MailState.SENT,
        sent_at=timezone.now(),
        error="",
        address=mail.to,
        provider_id=provider_id,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers=letter.headers,
    )
    report.sent += 1


def settle_recipients(mails: list[OutgoingEmail] | None = None) -> int:
    """Tell the recipients of digests what became of their mails (of all mails if none are named)."""
    planned = DigestRecipient.objects.filter(state=RecipientState.PLANNED)
    if mails is not None:
        planned = planned.filter(email__in=[mail.pk for mail in mails])
    outcome = {
        MailState.SENT: RecipientState.SENT,
        MailState.SUPPRESSED: RecipientState.NOTHING,
        MailState.FAILED: RecipientState.GAVE_UP,
    }
    return sum(planned.filter(email__state=mail).update(state=recipient) for mail, recipient in outcome.items())


def _note_what_follows_brought(mails: list[OutgoingEmail], letters: dict[int, Written | Exception]) -> None:
    """For “why the last mail had it” on the page of follows."""
    sent = set(OutgoingEmail.objects.filter(pk__in=letters, state=MailState.SENT).values_list("pk", flat=True))
    now = timezone.now()
    brought = [
        Follow(pk=follow, last_event_id=event, last_mailed_at=now)
        for pk, letter in letters.items()
        if pk in sent and isinstance(letter, Letter)
        for follow, event in letter.brought.items()
    ]
    Follow.objects.bulk_update(brought, ["last_event", "last_mailed_at"], batch_size=500)


def _suppress(lease: uuid.UUID, mail: OutgoingEmail, why: str, report: SendReport) -> None:
    _stamp(lease, mail, state=MailState.SUPPRESSED, error=why)
    report.suppressed += 1


def _refused(lease: uuid.UUID, mail: OutgoingEmail, code: int, words: str, report: SendReport) -> None:
    """5xx is for good, 4xx for now (RFC 5321, section 4.2.1). An address that is not there is remembered."""
    error = f"{code} {words}".strip()
    if not 500 <= code < 600:
        _failed_try(lease, mail, error, report)
        return
    _stamp(lease, mail, state=MailState.FAILED, error=error, address=mail.to)
    report.failed += 1
    bounces.note_refusal(mail=mail, said=error)


def _failed_try(lease: uuid.UUID, mail: OutgoingEmail, error: str, report: SendReport) -> None:
    attempts = mail.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        _stamp(lease, mail, state=MailState.FAILED, attempts=attempts, error=error)
        report.failed += 1
        return
    _stamp(
        lease,
        mail,
        state=MailState.PENDING,
        attempts=attempts,
        error=error,
        next_attempt_at=timezone.now() + retry_delay(attempts),
    )
    report.postponed += 1


def _stamp(lease: uuid.UUID, mail: OutgoingEmail, **values: Any) -> None:
    """Only the holder of the lease may say what became of a mail. What is over keeps no secrets."""
    if values["state"] != MailState.PENDING:
        values |= erased(mail)
    stamped = OutgoingEmail.objects.filter(pk=mail.pk, lease=lease).update(lease=None, leased_until=None, **values)
    if not stamped:
        logger.warning("Mail %s was taken over by another worker while this one held it.", mail.key)


def _give_back(lease: uuid.UUID, mails: list[OutgoingEmail], *, delay: timedelta, error: str) -> None:
    """Unsent mails of a batch wait again, and the wait is not counted as a failed try."""
    OutgoingEmail.objects.filter(pk__in=[mail.pk for mail in mails], lease=lease).update(
        state=MailState.PENDING, lease=None, leased_until=None, next_attempt_at=timezone.now() + delay, error=error
    )


def _wanted(mail: OutgoingEmail) -> bool:
    """Whoever may no longer sign in gets no mail, and nobody gets what has lost its worth while it waited."""
    late = mail.worthless_after is not None and mail.worthless_after <= timezone.now()
    return not late and (mail.person is None or mail.person.is_active)


def _words(reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:1000]


def _close(mailer: Any) -> None:
    try:
        mailer.close()
    except (smtplib.SMTPException, OSError):
        logger.debug("The mail server hung up first.", exc_info=True)
