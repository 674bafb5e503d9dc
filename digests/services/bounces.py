"""What is done about mail that came back, or that its reader complained about.

A report is believed only if it names the Message-ID of one mail that we sent: a number that nobody but its reader and
the servers on the way has seen. The address that is stopped is the one we wrote to, never one that the report names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from digests.addresses import allowed_since
from digests.bounces import Kind, Report, read_report
from digests.models import (
    HeardFrom,
    MailReport,
    MailState,
    OutgoingEmail,
    ReportKind,
    Suppression,
    WhyNoMail,
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """`tied` is whether it was about a mail of ours, `new` whether it was news, `stopped` whether mail ended by it."""

    kind: Kind
    tied: bool = False
    new: bool = False
    stopped: bool = False


@transaction.atomic
def take_report(*, raw: bytes) -> Taken:
    """Read one message and act on it. The same report twice counts once. Never raises because of what it holds."""
    report = read_report(raw)
    mail = _mail_of(report)
    if mail is None:
        return Taken(kind=report.kind)
    kind = _kind_for(mail, report)
    _row, new = MailReport.objects.get_or_create(
        mail=mail, kind=ReportKind(kind), defaults={"status": report.status, "words": _clean(report.words)}
    )
    stopped = new and not _stale(mail) and _stop_if_due(mail, kind, report)
    return Taken(kind=kind, tied=True, new=new, stopped=stopped)


def _mail_of(report: Report) -> OutgoingEmail | None:
    """The one mail that it names; two would be a collection of somebody's, not a report."""
    if not report.message_ids or len(report.message_ids) > 20:
        return None
    found = OutgoingEmail.objects.filter(message_id__in=report.message_ids, state=MailState.SENT).exclude(address="")
    mails = list(found.select_for_update(of=("self",))[:2])
    return mails[0] if len(mails) == 1 else None


def _kind_for(mail: OutgoingEmail, report: Report) -> Kind:
    """A mailbox that our mail was forwarded to may be gone while the one we wrote to is well."""
    elsewhere = report.recipients and mail.address.lower() not in report.recipients
    return Kind.TRANSIENT if report.kind is Kind.PERMANENT and elsewhere else report.kind


def _stop_if_due(mail: OutgoingEmail, kind: Kind, report: Report) -> bool:
    match kind:
        case Kind.PERMANENT:
            why, source = WhyNoMail.GONE, HeardFrom.REPORT
        case Kind.COMPLAINT:
            why, source = WhyNoMail.COMPLAINT, HeardFrom.FEEDBACK
        case Kind.TRANSIENT if soft_score(mail.address) >= settings.SOFT_BOUNCE_LIMIT:
            why, source = WhyNoMail.SOFT, HeardFrom.REPORT
        case _:
            return False
    words = _clean(" ".join(part for part in (report.status, report.words) if part))[:300]
    rows = [Suppression(address=mail.address.lower(), kind=why, source=source, reason=words, mail=mail)]
    before = Suppression.objects.filter(address__iexact=mail.address).exists()
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    return not before


def soft_score(address: str, *, now: datetime | None = None) -> float:
    """How often mail to this address came back for a passing reason: once a day at most, half as much a month later."""
    now = now or timezone.now()
    life = timedelta(days=settings.SOFT_BOUNCE_HALF_LIFE_DAYS)
    start = now - 10 * life
    trusted = allowed_since(address) or start
    reports = MailReport.objects.filter(
        mail__address__iexact=address, mail__sent_at__gte=trusted, kind=ReportKind.TRANSIENT, at__gt=start
    )
    days = {timezone.localdate(at): at for at in reports.order_by("at").values_list("at", flat=True)}
    return float(sum(0.5 ** (max(now - at, timedelta(0)) / life) for at in days.values()))


def _stale(mail: OutgoingEmail) -> bool:
    """Sent before somebody showed that the address works."""
    trusted = allowed_since(mail.address)
    return bool(trusted and mail.sent_at and mail.sent_at < trusted)


def _clean(words: str) -> str:
    """Without what a database or a page cannot hold."""
    return "".join(letter for letter in words if letter.isprintable())[:300]
