"""What is known about an address that gets no mail: why, since when, what came of the last test, what waits for it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from digests.models import AllowedAgain, MailKind, MailState, OutgoingEmail, ReportKind, Suppression, WhyNoMail
from digests.models.mail import SEALED_KINDS

# What a mail that was not sent for this reason carries as its error; it goes out if the address works in time.
NO_MAIL_THERE = "Nothing is sent to this address."
KEPT = timedelta(days=7)
# One is about the address itself, and worthless a day later; of the others nothing is left that could be sent.
_NOT_REVIVED = (MailKind.ADDRESS, *SEALED_KINDS)


@dataclass(frozen=True, kw_only=True)
class AddressTest:
    """The last test of an address: when it left, whether it came back and with which words, or still waits."""

    at: datetime
    today: bool
    waiting: bool
    refused: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class AddressState:
    """Why an address gets no mail, what came of the last test, and how many mails wait for its repair."""

    problem: Suppression
    complaint: bool
    test: AddressTest | None
    held: int


def address_state(person: User) -> AddressState | None:
    """None, in one query, for an address that works."""
    problem = problem_of(person)
    if problem is None:
        return None
    test = last_test(person)
    return AddressState(
        problem=problem,
        complaint=problem.kind == WhyNoMail.COMPLAINT,
        test=_outcome_of(test) if test else None,
        held=held_back(person).count(),
    )


def _outcome_of(mail: OutgoingEmail) -> AddressTest:
    bad = {ReportKind.PERMANENT, ReportKind.TRANSIENT}
    came_back = next((one for one in mail.reports.all() if one.kind in bad), None)
    late = any(one.kind == ReportKind.DELAYED for one in mail.reports.all())
    return AddressTest(
        at=mail.sent_at or mail.created_at,
        today=timezone.localdate(mail.created_at) == timezone.localdate(),
        waiting=mail.state in {MailState.PENDING, MailState.SENDING} or (late and came_back is None),
        refused=came_back is not None or mail.state == MailState.FAILED,
        words=came_back.words if came_back else mail.error[:300],
    )


def problem_of(person: User) -> Suppression | None:
    found = Suppression.objects.annotate(lower=Lower("address")).filter(lower=person.email.lower())
    return found.select_related("mail").first()


def allowed_since(address: str) -> datetime | None:
    """When somebody last showed that this address works; what is reported about older mail does not count."""
    found = AllowedAgain.objects.annotate(lower=Lower("address")).filter(lower=address.lower())
    return found.order_by("-at").values_list("at", flat=True).first()


def return_path(mail: OutgoingEmail) -> str:
    """`bounces+<number>@…`: where reports about this mail go, by which it is known even if they name nothing of it.

    The number is the random part of its Message-ID, so it is no easier to guess, and needs no signature. Empty without
    a `BOUNCE_ADDRESS`: then reports go to where the mail comes from.
    """
    name, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{mail.message_id[1:33]}@{domain}" if name else ""


def held_back(person: User, *, now: datetime | None = None) -> QuerySet[OutgoingEmail]:
    """Mails that were not sent because of the address, and would be sent if it worked now."""
    now = now or timezone.now()
    return (
        OutgoingEmail.objects.filter(
            person=person, state=MailState.SUPPRESSED, error=NO_MAIL_THERE, created_at__gt=now - KEPT
        )
        .exclude(kind__in=_NOT_REVIVED)
        .exclude(worthless_after__lte=now)
    )


def last_test(person: User) -> OutgoingEmail | None:
    """The last test of the address that the person has now."""
    own = OutgoingEmail.objects.filter(person=person, kind=MailKind.ADDRESS, key__endswith=_own_tests(person))
    return own.order_by("-pk").prefetch_related("reports").first()


def test_key(person: User) -> str:
    """One for each day and address."""
    return f"address:{timezone.localdate().isoformat()}{_own_tests(person)}"


def _own_tests(person: User) -> str:
    return f":{person.pk}:{hashlib.sha256(person.email.lower().encode()).hexdigest()[:12]}"
