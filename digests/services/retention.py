"""What is kept of mail and of those who got it, and for how long; forgotten every night, in batches, and recorded.

The law asks for a schedule that is run and recorded (`RetentionRun`: numbers only). The terms are those of GOV.UK's
email service: the address goes 28 days after somebody has stopped their last mail, the history after a year; words of
mails stay for 30 days, so that somebody can ask what a mail said. What “never twice” needs (key, Message-ID,
state, time) stays for the year. Whoever does more here than follow is never touched: a password, a passkey, a
membership, or anything that they wrote or did.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from digests.models import (
    AllowedAgain,
    DigestEvent,
    DigestRecipient,
    DigestRun,
    Follow,
    MailPace,
    MailPreference,
    MailReport,
    MailState,
    OutgoingEmail,
    RetentionRun,
    StaffDeed,
    Suppression,
    WhyNoMail,
)
from digests.services.pace import SITE

logger = logging.getLogger(__name__)

WORDS_KEPT = timedelta(days=30)
ADDRESS_KEPT = timedelta(days=28)
HISTORY_KEPT = timedelta(days=365)
BATCH = 500
# What is left after that is for the next night: each batch is done for good.
WORK = timedelta(minutes=10)
DONE = (MailState.SENT, MailState.FAILED, MailState.SUPPRESSED)
# What hangs on somebody who only follows. Anything else in the database that names a person keeps the account.
OF_FOLLOWERS = frozenset(
    (
        "account.emailaddress.user",
        "digests.allowedagain.person",
        "digests.digestrecipient.person",
        "digests.follow.person",
        "digests.followrequest.person",
        "digests.mailpreference.person",
        "digests.outgoingemail.person",
        "digests.staffdeed.person",
        "wagtailusers.userprofile.user",
    )
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`find` gives the ids of the next batch, `forget` does away with it, `due` is for counting only."""

    name: str
    due: Callable[[datetime], models.QuerySet[Any]]
    forget: Callable[[Sequence[int], datetime], int]
    find: Callable[[datetime], list[int]] | None = None

    def next_batch(self, now: datetime) -> list[int]:
        return self.find(now) if self.find else list(self.due(now).values_list("pk", flat=True)[:BATCH])


def what_is_due(*, now: datetime | None = None) -> dict[str, int]:
    """How many of each would be forgotten now."""
    now = now or timezone.now()
    return {rule.name: rule.due(now).count() for rule in RULES}


def forget_mail(*, now: datetime | None = None) -> RetentionRun:
    """Forget what is due, batch by batch. Killed or out of time, the next run goes on where this one was."""
    now = now or timezone.now()
    run = RetentionRun.objects.create()
    stop_at = time.monotonic() + WORK.total_seconds()
    for rule in RULES:
        while time.monotonic() < stop_at and _one_batch(rule, run, now):
            pass
    if time.monotonic() < stop_at:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
    logger.info("Retention run %s: %s", run.pk, run.done or "nothing was due")
    return run


def _one_batch(rule: Rule, run: RetentionRun, now: datetime) -> bool:
    """In one transaction with its record. False when nothing was left."""
    with transaction.atomic():
        ids = rule.next_batch(now)
        forgotten = rule.forget(ids, now) if ids else 0
        if forgotten:
            run.done[rule.name] = run.done.get(rule.name, 0) + forgotten
            run.save(update_fields=["done"])
    return bool(forgotten)


# --- Words --------------------------------------------------------------------------------------


def _with_words(now: datetime) -> models.QuerySet[OutgoingEmail]:
    before = now - WORDS_KEPT
    mails = OutgoingEmail.objects.filter(forgotten_at=None, created_at__lt=before, state__in=DONE)
    return mails.filter(Q(sent_at=None) | Q(sent_at__lt=before)).order_by("created_at")


def _forget_words(ids: Sequence[int], now: datetime) -> int:
    return OutgoingEmail.objects.filter(pk__in=ids).update(text="", html="", headers={}, forgotten_at=now)


# --- Addresses ----------------------------------------------------------------------------------


def _left(now: datetime) -> models.QuerySet[User]:
    """Who only ever followed, and stopped the last of it (or all mail) 28 days ago without having come back since."""
    before = now - ADDRESS_KEPT
    own = Follow.objects.filter(person=OuterRef("pk"))
    preference = MailPreference.objects.filter(person=OuterRef("pk"), stopped_at__lt=before)
    ended = Exists(own.exclude(ended_at=None)) & ~Exists(own.filter(Q(ended_at=None) | Q(ended_at__gte=before)))
    stopped = Exists(preference) & Exists(own) & ~Exists(own.filter(created_at__gte=before))
    people = User.objects.filter(ended | stopped, is_staff=False, is_superuser=False, date_joined__lt=before).filter(
        Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
        Q(last_login=None) | Q(last_login__lt=before),
    )
    for model, field in _what_names_people():
        people = people.filter(~Exists(model._base_manager.filter(**{field: OuterRef("pk")})))
    return people.order_by("pk")


def _what_names_people() -> list[tuple[type[models.Model], str]]:
    """Every column of the database that points to a person, but those of somebody who only follows."""
    found = []
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            model: type[models.Model] = relation.related_model  # type: ignore[assignment]  # a reverse one has a model
            field = relation.field.name  # type: ignore[union-attr]  # and a field
            if f"{model._meta.label_lower}.{field}" not in OF_FOLLOWERS and not model._meta.proxy:
                found.append((model, field))
    return found


def _forget_people(ids: Sequence[int], now: datetime) -> int:
    """With all that hangs on them. They are asked again under a lock: somebody may have come back a moment ago."""
    locked = list(User.objects.select_for_update().filter(pk__in=ids).values_list("pk", flat=True))
    people = _left(now).filter(pk__in=locked)
    addresses = {address.lower() for address in people.values_list("email", flat=True)}
    number = len(addresses)
    for model in (Suppression, AllowedAgain):
        model._default_manager.annotate(lower=Lower("address")).filter(lower__in=addresses).delete()
    people.order_by().delete()
    return number


def _to_strangers(now: datetime) -> models.QuerySet[OutgoingEmail]:
    """To addresses that never became an account's."""
    return OutgoingEmail.objects.filter(person=None, state__in=DONE, created_at__lt=now - ADDRESS_KEPT)


def _to_closed_accounts(now: datetime) -> models.QuerySet[OutgoingEmail]:
    mails = OutgoingEmail.objects.filter(person__is_active=False, state__in=DONE, created_at__lt=now - ADDRESS_KEPT)
    return mails.exclude(address="", error="")


def _forget_addresses(ids: Sequence[int], now: datetime) -> int:
    MailReport.objects.filter(mail__in=ids).update(words="")
    return OutgoingEmail.objects.filter(pk__in=ids).update(address="", error="")


def _of_nobody(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    people = User.objects.filter(is_active=True).annotate(lower=Lower("email")).filter(lower=OuterRef("lower"))
    return rows.annotate(lower=Lower("address")).filter(~Exists(people))


def _suppressed(now: datetime) -> models.QuerySet[Suppression]:
    """Of addresses that are no account's. That a mail was reported as unwanted is remembered for a year."""
    complaint = Q(kind=WhyNoMail.COMPLAINT)
    rows = Suppression.objects.filter(
        (~complaint & Q(since__lt=now - ADDRESS_KEPT)) | (complaint & Q(since__lt=now - HISTORY_KEPT))
    )
    return _of_nobody(rows)


def _allowed_again(now: datetime) -> models.QuerySet[AllowedAgain]:
    return _of_nobody(AllowedAgain.objects.filter(at__lt=now - ADDRESS_KEPT)).order_by()


def _looked_up(now: datetime) -> models.QuerySet[StaffDeed]:
    """What staff did with an address that is no account's; what they did about a person goes with the person."""
    rows = StaffDeed.objects.filter(person=None, at__lt=now - ADDRESS_KEPT).exclude(address="")
    return _of_nobody(rows.exclude(finished_at=None)).order_by()


def _forget_looked_up(ids: Sequence[int], now: datetime) -> int:
    return StaffDeed.objects.filter(pk__in=ids).update(address="", words="", wish={})


def _paces(now: datetime) -> models.QuerySet[MailPace]:
    """A domain may be one person's."""
    before = now - ADDRESS_KEPT
    idle = Q(sends_at=None) | Q(sends_at__lt=before)
    return MailPace.objects.exclude(domain=SITE).filter(idle, Q(closed_until=None) | Q(closed_until__lt=before))


# --- History ------------------------------------------------------------------------------------


def _oldest(rows: models.QuerySet[Any], field: str) -> Callable[[datetime], list[int]]:
    """Ids grow with time, so the first ones by id are enough to see: no index on the time is needed."""

    def find(now: datetime) -> list[int]:
        first = rows.order_by("pk").values_list("pk", field)[:BATCH]
        return [pk for pk, at in first if at < now - HISTORY_KEPT]

    return find


def _delete(model: type[models.Model]) -> Callable[[Sequence[int], datetime], int]:
    def forget(ids: Sequence[int], now: datetime) -> int:
        model._default_manager.filter(pk__in=ids).delete()
        return len(ids)

    return forget


RULES = (
    Rule(name=gettext_noop("words of mails"), due=_with_words, forget=_forget_words),
    Rule(name=gettext_noop("people who left"), due=_left, forget=_forget_people),
    Rule(name=gettext_noop("mails to addresses without an account"), due=_to_strangers, forget=_delete(OutgoingEmail)),
    Rule(name=gettext_noop("addresses of closed accounts"), due=_to_closed_accounts, forget=_forget_addresses),
    Rule(name=gettext_noop("suppressed addresses without an account"), due=_suppressed, forget=_delete(Suppression)),
    Rule(name=gettext_noop("allowed addresses without an account"), due=_allowed_again, forget=_delete(AllowedAgain)),
    Rule(name=gettext_noop("addresses in what staff did"), due=_looked_up, forget=_forget_looked_up),
    Rule(name=gettext_noop("paces of domains"), due=_paces, forget=_delete(MailPace)),
    Rule(
        name=gettext_noop("mails of more than a year ago"),
        due=lambda now: OutgoingEmail.objects.filter(created_at__lt=now - HISTORY_KEPT),
        find=_oldest(OutgoingEmail.objects.all(), "created_at"),
        forget=_delete(OutgoingEmail),
    ),
    Rule(
        name=gettext_noop("digests of more than a year ago"),
        due=lambda now: DigestRecipient.objects.filter(run__window_end__lt=now - HISTORY_KEPT),
        find=_oldest(DigestRecipient.objects.all(), "run__window_end"),
        forget=_delete(DigestRecipient),
    ),
    Rule(
        name=gettext_noop("digest runs of more than a year ago"),
        due=lambda now: DigestRun.objects.filter(window_end__lt=now - HISTORY_KEPT, recipients=None),
        forget=_delete(DigestRun),
    ),
    Rule(
        name=gettext_noop("news of more than a year ago"),
        due=lambda now: DigestEvent.objects.filter(at__lt=now - HISTORY_KEPT),
        forget=_delete(DigestEvent),
    ),
)
