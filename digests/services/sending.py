"""Sending what waits in the outbox.

A worker leases a batch, asks at what pace it may go, writes the letters (asking again what each reader may see), sends
them over one connection and stamps each at once. A worker killed at any moment loses nothing: its rows are taken over
when the lease ends, and at most the one message that was in flight goes out again, with the same Message-ID.

The connection is kept over all batches of a call, which is up to four minutes and thousands of mails, and not between
calls: servers hang up on who says nothing, providers count open connections, and a new one costs less than one mail.
"""

import logging
import smtplib
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from digests.mime import as_message
from digests.models import Follow, MailState, OutgoingEmail
from digests.rendering import Letter, Nothing, Written, desk, write
from digests.services import addresses, bounces, bundling, pace
from digests.services.leases import Lease, claim, give_back, set_aside, settle_recipients
from digests.services.leases import stamp as _stamp
from digests.services.refusals import Blame, Refusal, of_opening, of_sending, of_status

__all__ = ["SendReport", "as_message", "claim", "retry_delay", "send_waiting", "settle_recipients"]

logger = logging.getLogger(__name__)

BATCH = 100
WORK = timedelta(minutes=4)
# So many seconds a batch may keep those waiting that are more urgent; a slow server gets smaller ones.
HOLD = 30
LEAST_BATCH = 5
# A mail is given up after eight tries, which take two days, or after three days if it was tried more than a few times.
MAX_ATTEMPTS = 8
LIFETIME = timedelta(days=3)
FEW_ATTEMPTS = 3
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=24)
SERVER_DOWN_DELAY = timedelta(minutes=2)
SERVER_DOWN_DELAY_URGENT = timedelta(seconds=20)
# A connection that was silent for so long may have been hung up.
IDLE = 20
# So many refusals in a row because of us, and the domain gets no mail for a while: somebody may mend it meanwhile.
REFUSALS_BECAUSE_OF_US = 3

wait = time.sleep


@dataclass
class SendReport:
    sent: int = 0
    suppressed: int = 0
    failed: int = 0
    postponed: int = 0


def send_waiting(*, limit: int | None = None) -> SendReport:
    """Send what is due until nothing is left, the server is down or four minutes are over (then beat rings again)."""
    worker = _Worker()
    set_aside()
    taken = 0
    try:
        with desk.keeping():
            while time.monotonic() < worker.stop_at and (limit is None or taken < limit):
                size = pace.batch_size(worker.most if limit is None else min(worker.most, limit - taken))
                key, mails = claim(size=size, only_urgent=worker.only_urgent)
                if not mails:
                    key, mails = claim(size=1, alone=True)
                if not mails:
                    break
                taken += len(mails)
                if not worker.send_batch(Lease(key), mails):
                    break
    finally:
        worker.line.hang_up()
    return worker.report


class _Line:
    """One connection to the mail server, made anew when it has carried its share or been silent for too long."""

    def __init__(self) -> None:
        self.mailer = get_connection(settings.OUTGOING_EMAIL_BACKEND)
        self._carried = 0
        self._used = time.monotonic()

    def open(self) -> None:
        """Raises whatever the server's answer makes of it."""
        most = settings.MAIL_CONNECTION_MESSAGES
        if (most and self._carried >= most) or (self._carried and time.monotonic() - self._used > IDLE):
            self.hang_up()
        self.mailer.open()

    def send(self, message: EmailMultiAlternatives) -> None:
        self.mailer.send_messages([message])
        self._carried += 1
        self._used = time.monotonic()

    def works(self) -> bool:
        try:
            self.open()
        except Exception:
            logger.warning("The mail server does not answer.", exc_info=True)
            return False
        return True

    def hang_up(self) -> None:
        self._carried = 0
        try:
            self.mailer.close()
        except (smtplib.SMTPException, OSError):
            logger.debug("The mail server hung up first.", exc_info=True)


class _Worker:
    """One call of `send_waiting`."""

    def __init__(self) -> None:
        self.report = SendReport()
        self.stop_at = time.monotonic() + WORK.total_seconds()
        self.line = _Line()
        self.only_urgent = False
        self.most = BATCH
        self._closed: dict[str, datetime] = {}
        self._because_of_us: Counter[str] = Counter()

    def send_batch(self, lease: Lease, mails: list[OutgoingEmail]) -> bool:
        """Send a claimed batch; False when the rest was given back because the server is down or time is over."""
        turn = pace.take_turn(lease.key, mails)
        self.report.postponed += turn.put_off
        self.only_urgent = self.only_urgent or turn.site_is_full
        letters = write(turn.go)
        try:
            return self._send_letters(lease, turn, letters)
        finally:
            settle_recipients(turn.go)
            _note_what_follows_brought(turn.go, letters)

    def _send_letters(self, lease: Lease, turn: pace.Turn, letters: dict[int, Written | Exception]) -> bool:
        refused = addresses.refused(turn.go)
        broken: list[OutgoingEmail] = []
        began = time.monotonic()
        for position, mail in enumerate(turn.go):
            now = time.monotonic()
            too_slow = now - began > HOLD and position >= LEAST_BATCH
            if now >= self.stop_at or too_slow:
                give_back(lease.key, [*broken, *turn.go[position:]], until=timezone.now())
                self.most = max(position, LEAST_BATCH)
                return now < self.stop_at
            if not lease.keep():
                return True
            letter = self._fit_to_send(lease.key, mail, letters[mail.pk], refused.get(mail.pk))
            if letter is None:
                continue
            self._wait_for_turn(turn, position)
            refusal = self._send_one(lease.key, mail, letter)
            if refusal is not None and refusal.blame is Blame.LINE and not broken:
                broken = [mail]
                self.line.hang_up()
                continue
            if refusal is not None and refusal.blame in (Blame.SITE, Blame.LINE):
                self._give_all_back(lease.key, [*broken, *turn.go[position:]], refusal)
                return False
            # Somebody answered, so the connection broke because of that one mail.
            self._try_again(lease.key, broken, "The connection broke while it was sent.")
            broken = []
            if refusal is not None:
                self._refused(lease.key, mail, refusal)
        if broken and not self.line.works():
            self._give_all_back(lease.key, broken, Refusal(Blame.SITE, "The mail server does not answer."))
            return False
        self._try_again(lease.key, broken, "The connection broke while it was sent.")
        return True

    def _fit_to_send(
        self, lease: uuid.UUID, mail: OutgoingEmail, letter: Written | Exception, why_not: str | None
    ) -> Letter | None:
        """The letter, unless something else became of the mail."""
        closed_until = self._closed.get(pace.domain_of(mail.to))
        if isinstance(letter, Exception):
            bundling.release(mail)
            _failed_try(lease, mail, f"It could not be written: {letter!r}", self.report)
        elif isinstance(letter, Nothing):
            _suppress(lease, mail, letter.why, self.report)
        elif not _wanted(mail):
            _suppress(lease, mail, "Its reader may not sign in, or it came too late.", self.report)
        elif why_not is not None:
            _suppress(lease, mail, why_not, self.report)
        elif closed_until is not None and mail.urgency != pace.URGENT:
            give_back(lease, [mail], until=closed_until)
            self.report.postponed += 1
        elif not settings.EMAIL_PROVIDER and not mail.to.rpartition("@")[0].isascii():
            # Django would send such an address as an encoded word, which is another address.
            _give_up(lease, mail, "Our mail server cannot write to an address with letters beyond ASCII.", self.report)
        else:
            return letter
        return None

    def _wait_for_turn(self, turn: pace.Turn, position: int) -> None:
        if settings.MAIL_PER_SECOND and turn.go[position].urgency != pace.URGENT:
            early = turn.start + timedelta(seconds=position / settings.MAIL_PER_SECOND) - timezone.now()
            if early > timedelta(0):
                wait(early.total_seconds())

    def _send_one(self, lease: uuid.UUID, mail: OutgoingEmail, letter: Letter) -> Refusal | None:
        """Send and stamp, or say what was said against it."""
        try:
            self.line.open()
        except Exception as error:
            self.line.hang_up()
            return of_opening(error)
        message = as_message(mail, letter, self.line.mailer)
        try:
            self.line.send(message)
        except Exception as error:
            refusal = of_sending(error, to=mail.to)
            if refusal.blame is Blame.MOMENT and not isinstance(error, smtplib.SMTPException):
                logger.exception("Mail %s could not be sent.", mail.key)
            if not _answered_at_the_end(error):
                self.line.hang_up()
            return refusal
        if (not_taken := of_status(message)) is not None:
            return not_taken
        self._because_of_us.pop(pace.domain_of(mail.to), None)
        _sent(lease, mail, letter, self.report, provider_id=_provider_id(message))
        return None

    def _refused(self, lease: uuid.UUID, mail: OutgoingEmail, refusal: Refusal) -> None:
        domain = pace.domain_of(mail.to)
        match refusal.blame:
            case Blame.DOMAIN if not _too_old(mail):
                self._closed[domain] = until = pace.slow_down(domain, said=refusal.words)
                if mail.urgency == pace.URGENT:
                    until = min(until, timezone.now() + FIRST_DELAY)
                give_back(lease, [mail], until=until, error=refusal.words)
                self.report.postponed += 1
                logger.warning("Mail to %s waits until %s: %s", domain, until, refusal.words)
            case Blame.MOMENT:
                _failed_try(lease, mail, refusal.words, self.report)
            case Blame.US:
                _give_up(lease, mail, refusal.words, self.report)
                self._note_because_of_us(domain, refusal.words)
            case Blame.ADDRESS:
                _give_up(lease, mail, refusal.words, self.report)
                bounces.note_refusal(mail=mail, said=refusal.words)
            case _:
                _give_up(lease, mail, refusal.words, self.report)

    def _note_because_of_us(self, domain: str, words: str) -> None:
        self._because_of_us[domain] += 1
        logger.error("%s refuses our mail because of where it comes from, or what it looks like: %s", domain, words)
        if self._because_of_us[domain] >= REFUSALS_BECAUSE_OF_US:
            self._closed[domain] = pace.slow_down(domain, said=words)
            self._because_of_us.pop(domain)

    def _try_again(self, lease: uuid.UUID, mails: Sequence[OutgoingEmail], error: str) -> None:
        for mail in mails:
            _failed_try(lease, mail, error, self.report)

    def _give_all_back(self, lease: uuid.UUID, mails: Sequence[OutgoingEmail], refusal: Refusal) -> None:
        """The server is away, does not let us in, or wants fewer mails: nobody loses a try."""
        logger.error("No mail can be sent now: %s", refusal.words)
        now = timezone.now()
        until = pace.slow_down(pace.SITE, said=refusal.words) if refusal.slow else now + SERVER_DOWN_DELAY
        urgent = [mail for mail in mails if mail.urgency == pace.URGENT]
        others = [mail for mail in mails if mail.urgency != pace.URGENT]
        give_back(lease, urgent, until=now + SERVER_DOWN_DELAY_URGENT, error=refusal.words)
        give_back(lease, others, until=until, error=refusal.words)
        self.report.postponed += len(mails)


def retry_delay(attempts: int) -> timedelta:
    """1, 4, 16, 64 minutes … at most a day, after `attempts` failures: up to a quarter longer, by chance."""
    return pace.jittered(min(FIRST_DELAY * 4 ** max(attempts - 1, 0), LONGEST_DELAY))


def _provider_id(message: EmailMultiAlternatives) -> str:
    """What the provider calls the message in its reports; nothing for plain SMTP, which keeps our Message-ID."""
    status = getattr(message, "anymail_status", None)
    found = getattr(status, "message_id", None)
    return found[:200] if isinstance(found, str) else ""


def _answered_at_the_end(error: Exception) -> bool:
    """Whether the connection can carry the next mail: the server answered, and did not say good-bye (421)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code != 421 for code, _reply in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code != 421


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
        letter=letter,
    )
    report.sent += 1


def _note_what_follows_brought(mails: list[OutgoingEmail], letters: dict[int, Written | Exception]) -> None:
    """For “why the last mail had it” on the page of follows."""
    sent = set(OutgoingEmail.objects.filter(pk__in=letters, state=MailState.SENT).values_list("pk", flat=True))
    Follow.objects.note_mailed(
        {
            follow: event
            for pk, letter in letters.items()
            if pk in sent and isinstance(letter, Letter)
            for follow, event in letter.brought.items()
        },
        at=timezone.now(),
    )


def _suppress(lease: uuid.UUID, mail: OutgoingEmail, why: str, report: SendReport) -> None:
    _stamp(lease, mail, state=MailState.SUPPRESSED, error=why)
    report.suppressed += 1


def _give_up(lease: uuid.UUID, mail: OutgoingEmail, error: str, report: SendReport) -> None:
    _stamp(lease, mail, state=MailState.FAILED, attempts=mail.attempts + 1, error=error, address=mail.to)
    report.failed += 1


def _failed_try(lease: uuid.UUID, mail: OutgoingEmail, error: str, report: SendReport) -> None:
    attempts = mail.attempts + 1
    if attempts >= MAX_ATTEMPTS or (attempts > FEW_ATTEMPTS and _too_old(mail)):
        _give_up(lease, mail, error, report)
        return
    until = timezone.now() + retry_delay(attempts)
    _stamp(lease, mail, state=MailState.PENDING, attempts=attempts, error=error, next_attempt_at=until)
    report.postponed += 1


def _too_old(mail: OutgoingEmail) -> bool:
    return timezone.now() - mail.created_at > LIFETIME


def _wanted(mail: OutgoingEmail) -> bool:
    """Whoever may no longer sign in gets no mail, and nobody gets what has lost its worth while it waited."""
    late = mail.worthless_after is not None and mail.worthless_after <= timezone.now()
    return not late and (mail.person is None or mail.person.is_active)
