"""Addresses that get no mail: what may be sent there all the same, and how they get mail again.

An address that does not work is shown to work by a mail that arrives: the person asks for one, and presses its button.
Where the mail was reported as unwanted, the mailbox works and only a wish is in question, so the person who is signed
in says so. In both cases what could not be sent in the last seven days is sent after all.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from digests.addresses import NO_MAIL_THERE, held_back, problem_of, test_key
from digests.errors import DigestsError
from digests.models import (
    AllowedAgain,
    DigestRecipient,
    HowAllowed,
    MailKind,
    MailState,
    OutgoingEmail,
    RecipientState,
    Suppression,
    WhyNoMail,
)
from digests.services.outbox import Wanted, queue_mails, wake_sender

# Somebody whose mailbox bounced has to get in to repair it; a bot that asks for codes must not fill a dead mailbox.
ACCOUNT_MAIL_EVERY = timedelta(hours=1)


class NothingToRepair(DigestsError):
    message = _("Mail to your address works.")


class TestedToday(DigestsError):
    message = _("We have sent a test today. If it does not arrive, you can ask for another one tomorrow.")


class Confirmed(StrEnum):
    """What a signed link from a test led to."""

    WORKS = "works"
    UNWANTED = "unwanted"


def refused(mails: Iterable[OutgoingEmail], *, now: datetime | None = None) -> dict[int, str]:
    """Mail id → why it must not be sent now, for those that must not. Two queries however many they are."""
    mails = list(mails)
    stopped = _suppressed({mail.to.lower() for mail in mails})
    if not stopped:
        return {}
    asking = {mail.to.lower() for mail in mails if mail.kind == MailKind.ACCOUNT} & stopped.keys()
    lately = _let_in_lately(asking, now or timezone.now()) if asking else {}
    words: dict[int, str] = {}
    for mail in mails:
        kind = stopped.get(mail.to.lower())
        if kind is None or mail.kind == MailKind.ADDRESS:
            continue
        if mail.kind != MailKind.ACCOUNT:
            words[mail.pk] = NO_MAIL_THERE
        elif kind != WhyNoMail.COMPLAINT and lately.setdefault(mail.to.lower(), mail.pk) != mail.pk:
            words[mail.pk] = "This address does not work, and has been tried within the last hour."
    return words


def _suppressed(addresses: Iterable[str]) -> dict[str, str]:
    found = Suppression.objects.annotate(lower=Lower("address")).filter(lower__in=set(addresses))
    return dict(found.values_list("lower", "kind"))


def _let_in_lately(addresses: Iterable[str], now: datetime) -> dict[str, int]:
    """Address → the mail about signing in that went there within the last hour."""
    sent = OutgoingEmail.objects.filter(kind=MailKind.ACCOUNT, sent_at__gt=now - ACCOUNT_MAIL_EVERY)
    found = sent.annotate(lower=Lower("address")).filter(lower__in=addresses)
    return dict(found.values_list("lower", "pk"))


@transaction.atomic
def send_test(*, person: User) -> None:
    """One mail with a button, once a day. Raises `NothingToRepair` or `TestedToday`."""
    if problem_of(person) is None:
        raise NothingToRepair
    key = test_key(person)
    if OutgoingEmail.objects.filter(key=key).exists():
        raise TestedToday
    tomorrow = timezone.now() + timedelta(days=1)
    queue_mails([Wanted(key=key, kind=MailKind.ADDRESS, person_id=person.pk, worthless_after=tomorrow, urgency=1)])


@transaction.atomic
def confirm_by_link(*, mail: OutgoingEmail) -> Confirmed:
    """The button in a test was pressed, so the address that it went to works. Repeating it changes nothing.

    It proves that mail arrives, and not that it is wanted: after a complaint the person has to say so.
    """
    address = mail.address or mail.to
    found = Suppression.objects.annotate(lower=Lower("address")).filter(lower=address.lower()).first()
    if found is not None and found.kind == WhyNoMail.COMPLAINT:
        return Confirmed.UNWANTED
    if found is not None:
        _allow(found, how=HowAllowed.ARRIVED, person=mail.person, by=mail.person)
    return Confirmed.WORKS


@transaction.atomic
def want_mail_again(*, person: User) -> None:
    """“I want this mail”, after a complaint. Raises `NothingToRepair` for anything else."""
    found = problem_of(person)
    if found is None or found.kind != WhyNoMail.COMPLAINT:
        raise NothingToRepair
    _allow(found, how=HowAllowed.READER, person=person, by=person)


@transaction.atomic
def allow_again(*, suppression: Suppression, by: User, reason: str) -> None:
    """Somebody of the network answers for it. Whether they may is asked before."""
    person = User.objects.filter(email__iexact=suppression.address).first()
    _allow(suppression, how=HowAllowed.STAFF, person=person, by=by, reason=reason)


def _allow(
    suppression: Suppression, *, how: HowAllowed, person: User | None, by: User | None, reason: str = ""
) -> None:
    deleted, _rows = Suppression.objects.filter(pk=suppression.pk).delete()
    if not deleted:
        return
    AllowedAgain.objects.create(
        address=suppression.address.lower(),
        person=person,
        how=how,
        by=by,
        reason=reason[:300],
        kind=suppression.kind,
        words=suppression.reason,
        since=suppression.since,
    )
    if person is not None:
        revive_mail(person=person)


@transaction.atomic
def revive_mail(*, person: User) -> int:
    """What was held back for the person's address in the last seven days waits again; what is older is let go.

    What each of them may say is asked once more at the moment of sending.
    """
    if problem_of(person) is not None:
        return 0
    now = timezone.now()
    held = held_back(person, now=now)
    ids = list(held.values_list("pk", flat=True))
    OutgoingEmail.objects.filter(pk__in=ids).update(state=MailState.PENDING, next_attempt_at=now, error="")
    DigestRecipient.objects.filter(email__in=ids).update(state=RecipientState.PLANNED)
    wake_sender()
    return len(ids)
