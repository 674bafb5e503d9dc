"""What is done about mail that came back, or that its reader complained about.

A report is believed only if it names the Message-ID of one mail that we sent: a number that nobody but its reader and
the servers on the way has seen. The address that is stopped is the one we wrote to, never one that the report names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from digests.addresses import allowed_since
from digests.bounces import Kind, Report, read_report
from digests.bounces.verdicts import judge
from digests.errors import NotYet
from digests.models import (
    HeardFrom,
    MailReport,
    MailState,
    OutgoingEmail,
    ReportKind,
    Suppression,
    WhyNoMail,
)
from digests.services.follows import stop_all_mail


@dataclass(frozen=True, kw_only=True)
class Taken:
    """`tied` is whether it was about a mail of ours, `new` whether it was news, `stopped` whether mail ended by it."""

    kind: Kind
    tied: bool = False
    new: bool = False
    stopped: bool = False


@transaction.atomic
def take_report(*, raw: bytes) -> Taken:
    """Read one message and act on it. The same report twice counts once. Never raises because of what it holds.

    Raises `NotYet`: ask again in a moment.
    """
    return _take(read_report(raw))


@transaction.atomic
def take_event(*, report: Report) -> Taken:
    """The same for what a provider told us itself, over a connection that showed who it is. Raises `NotYet`."""
    return _take(report)


def _take(report: Report) -> Taken:
    mail = _mail_of(report)
    kind = _kind_for(mail, report) if mail else None
    if mail is None or kind is None:
        return Taken(kind=report.kind)
    if kind is Kind.DELIVERED and not _came_back_before(mail):
        return Taken(kind=kind, tied=True)
    _row, new = MailReport.objects.get_or_create(
        mail=mail, kind=ReportKind(kind), defaults={"status": report.status, "words": _clean(report.words)}
    )
    stopped = new and not _stale(mail) and _stop_if_due(mail, kind, report)
    return Taken(kind=kind, tied=True, new=new, stopped=stopped)


def note_refusal(*, mail: OutgoingEmail, said: str) -> None:
    """What the server answered while we were sending, by the same rules: only what blames the address stops mail."""
    kind, _status = judge(status="", words=said)
    if kind is Kind.PERMANENT:
        row = Suppression(address=mail.to.lower(), reason=_clean(said), mail=mail)
        Suppression.objects.bulk_create([row], ignore_conflicts=True)


def _mail_of(report: Report) -> OutgoingEmail | None:
    """The one mail that it names; two would be a collection of somebody's, not a report. Raises `NotYet`.

    Our own Message-ID first. A report that came to a mail's own return address, or has the number that a provider gave
    the mail, needs none.
    """
    if len(report.message_ids) > 20:
        return None
    ours = Q(message_id__in=report.message_ids)
    if not report.message_ids and report.numbers:
        ours = Q()
        for number in report.numbers:
            ours |= Q(message_id__startswith=f"<{number}@")
    elif not report.message_ids:
        ours = Q(provider_id__in=report.provider_ids - {""})
    sent = OutgoingEmail.objects.filter(ours, state=MailState.SENT).exclude(address="")
    mails = list(sent.select_for_update(of=("self",))[:2])
    if not mails and OutgoingEmail.objects.unfinished().filter(ours).exists():
        raise NotYet
    return mails[0] if len(mails) == 1 else None


def _kind_for(mail: OutgoingEmail, report: Report) -> Kind | None:
    """A mailbox that our mail was forwarded to may be gone while the one we wrote to is well.

    What another mailbox's reader wants, or gets, says nothing about ours: None.
    """
    if not report.recipients or mail.address.lower() in report.recipients:
        return report.kind
    if report.from_provider and report.kind in {Kind.COMPLAINT, Kind.OPT_OUT, Kind.DELIVERED}:
        return None
    return Kind.TRANSIENT if report.kind is Kind.PERMANENT else report.kind


def _came_back_before(mail: OutgoingEmail) -> bool:
    """That mail arrives is worth a row only where some did not."""
    return _reports_about(mail.address).exists()


def _reports_about(address: str) -> QuerySet[MailReport]:
    return MailReport.objects.annotate(to=Lower("mail__address")).filter(to=address.lower())


def _stop_if_due(mail: OutgoingEmail, kind: Kind, report: Report) -> bool:
    source = HeardFrom.PROVIDER if report.from_provider else HeardFrom.REPORT
    match kind:
        case Kind.PERMANENT:
            why = WhyNoMail.GONE
        case Kind.COMPLAINT:
            why, source = WhyNoMail.COMPLAINT, HeardFrom.PROVIDER if report.from_provider else HeardFrom.FEEDBACK
        case Kind.TRANSIENT if soft_score(mail.address) >= settings.SOFT_BOUNCE_LIMIT:
            why = WhyNoMail.SOFT
        case Kind.OPT_OUT:
            return _stop_all(mail)
        case _:
            return False
    words = _clean(" ".join(part for part in (report.status, report.words) if part))[:300]
    return _stop_address(mail, kind=why, source=source, reason=words)


def _stop_address(mail: OutgoingEmail, **facts: str) -> bool:
    """True if mail ended by it. A complaint goes before what was known: a mail that arrives does not undo it."""
    address = mail.address.lower()
    known = Suppression.objects.annotate(lower=Lower("address")).filter(lower=address)
    before = known.exists()
    if before and facts["kind"] == WhyNoMail.COMPLAINT:
        known.exclude(kind=WhyNoMail.COMPLAINT).update(mail=mail, since=timezone.now(), **facts)
    Suppression.objects.bulk_create([Suppression(address=address, mail=mail, **facts)], ignore_conflicts=True)
    return not before


def _stop_all(mail: OutgoingEmail) -> bool:
    """A wish, not a fault: the follows are kept, and the page of follows has the button to start again."""
    if mail.person is None:
        return False
    stop_all_mail(person=mail.person)
    return True


def soft_score(address: str, *, now: datetime | None = None) -> float:
    """How often mail to this address came back for a passing reason: once a day at most, half as much a month later.

    What came before a delivery does not count: the reason has passed.
    """
    now = now or timezone.now()
    life = timedelta(days=settings.SOFT_BOUNCE_HALF_LIFE_DAYS)
    start = now - 10 * life
    trusted = allowed_since(address) or start
    about = _reports_about(address).filter(mail__sent_at__gte=trusted, at__gt=start)
    delivered = about.filter(kind=ReportKind.DELIVERED).order_by("-at").values_list("at", flat=True).first()
    reports = about.filter(kind=ReportKind.TRANSIENT, at__gt=delivered or start)
    days = {timezone.localdate(at): at for at in reports.order_by("at").values_list("at", flat=True)}
    return float(sum(0.5 ** (max(now - at, timedelta(0)) / life) for at in days.values()))


def _stale(mail: OutgoingEmail) -> bool:
    """Sent before somebody showed that the address works."""
    trusted = allowed_since(mail.address)
    return bool(trusted and mail.sent_at and mail.sent_at < trusted)


def _clean(words: str) -> str:
    """Without what a database or a page cannot hold."""
    return "".join(letter for letter in words if letter.isprintable())[:300]
