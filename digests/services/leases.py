"""Who holds which waiting mail, and what became of it: the only place where mails change hands.

A worker leases a batch and renews the lease while it works. One that is killed stamps nothing: its mails are taken
over when the lease ends. A mail that was taken over twice is handled alone from then on, and one that has cost five
workers is set aside: if it is what kills them, it no longer takes its neighbours with it.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from digests.models import DigestRecipient, MailState, OutgoingEmail, RecipientState
from digests.models.mail import NOTICES, OutgoingEmailQuerySet
from digests.rendering import Letter
from digests.sealing import erased
from digests.services import bundling
from digests.services.pace import URGENT

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
RENEW_AFTER = timedelta(minutes=1)
# Workers lost with the mail in their hands: from so many on alone, and after so many not again.
ALONE_AFTER = 2
MOST_CLAIMS = 5
MOST_LOOKS = 10


class Lease:
    """The hold on a batch. `keep` before each mail: one statement a minute."""

    def __init__(self, key: uuid.UUID) -> None:
        self.key = key
        self._renewed = timezone.now()

    def keep(self) -> bool:
        """False when others have taken over: this worker was slower than its lease, and must not send any more."""
        now = timezone.now()
        if now - self._renewed < RENEW_AFTER:
            return True
        self._renewed = now
        return bool(OutgoingEmail.objects.filter(lease=self.key).update(leased_until=now + LEASE))


def claim(
    *, size: int, now: datetime | None = None, only_urgent: bool = False, alone: bool = False
) -> tuple[uuid.UUID, list[OutgoingEmail]]:
    """Lease the most urgent due mails; two workers never hold the same one.

    `alone` takes one of those that other workers were lost with.
    """
    now = now or timezone.now()
    lease = uuid.uuid4()
    with transaction.atomic():
        wanted = OutgoingEmail.objects.filter(urgency=URGENT) if only_urgent else OutgoingEmail.objects.all()
        wanted = wanted.filter(claims__gte=ALONE_AFTER) if alone else wanted.filter(claims__lt=ALONE_AFTER)
        ids: list[int] = []
        for _look in range(MOST_LOOKS):
            # Notices that have to wait for others may be all that there is at first sight.
            found = _most_urgent(wanted, now=now, size=1 if alone else size)
            ids = bundling.take(found, now=now)
            if ids or not found:
                break
        OutgoingEmail.objects.filter(pk__in=ids).update(
            state=MailState.SENDING, lease=lease, leased_until=now + LEASE, claims=F("claims") + 1
        )
    if not ids:
        return lease, []
    mails = OutgoingEmail.objects.filter(lease=lease).select_related("person").order_by("urgency", "pk")
    return lease, list(mails)


def _most_urgent(wanted: OutgoingEmailQuerySet, *, now: datetime, size: int) -> list[bundling.Due]:
    """Locked for this transaction, where the database can."""
    rows: list[tuple[Any, ...]] = []
    order = ("urgency", "next_attempt_at", "pk")
    for due in wanted.due(now):
        first = due.order_by(*order).values_list(*order, "kind", "person", "carrier")
        if connection.features.has_select_for_update_skip_locked:
            first = first.select_for_update(skip_locked=True)
        rows += first[:size]
    return [(pk, kind, person, carrier) for _urgency, _at, pk, kind, person, carrier in sorted(rows)[:size]]


def stamp(lease: uuid.UUID, mail: OutgoingEmail, *, letter: Letter | None = None, **values: Any) -> None:
    """Only the holder of the lease may say what became of a mail. What is over keeps no secrets.

    What goes along with it shares its fate, in one transaction; `letter` says what was left out of the message.
    """
    over = values["state"] != MailState.PENDING
    if over:
        values |= erased(mail)
    with transaction.atomic() if over and mail.kind in NOTICES else nullcontext():
        stamped = _change_held(
            lease, mail, {"lease": None, "leased_until": None, "claims": 0, "booked": False, **values}
        )
        if stamped and over and mail.kind in NOTICES:
            bundling.settle(mail, letter=letter, **values)
    if not stamped:
        logger.warning("Mail %s was taken over by another worker while this one held it.", mail.key)


def _change_held(lease: uuid.UUID, mail: OutgoingEmail, values: Mapping[str, Any]) -> bool:
    """As `filter(pk=…, lease=…).update(…)`, which takes longer to make its statement than the database to do it."""
    quoted = connection.ops.quote_name
    by_name = {one.name: one for one in OutgoingEmail._meta.concrete_fields}
    fields = [by_name[name] for name in (*values, "id", "lease")]
    columns = [f"{quoted(str(one.column))} = %s" for one in fields]
    given = zip(fields, (*values.values(), mail.pk, lease), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(OutgoingEmail._meta.db_table)} SET {', '.join(columns[:-2])} "  # noqa: S608 - our own names
            f"WHERE {' AND '.join(columns[-2:])}",
            [one.get_db_prep_save(value, connection) for one, value in given],
        )
        return bool(cursor.rowcount)


def give_back(lease: uuid.UUID, mails: Sequence[OutgoingEmail], *, until: datetime, error: str = "") -> None:
    """Unsent mails wait again, and the wait is not counted as a failed try."""
    if mails:
        OutgoingEmail.objects.filter(pk__in=[mail.pk for mail in mails], lease=lease).update(
            state=MailState.PENDING,
            lease=None,
            leased_until=None,
            claims=0,
            next_attempt_at=until,
            **({"error": error} if error else {}),
        )


def set_aside(*, now: datetime | None = None) -> int:
    """Fail the mails that each cost several workers; return how many."""
    now = now or timezone.now()
    lost = OutgoingEmail.objects.filter(state=MailState.SENDING, leased_until__lte=now, claims__gte=MOST_CLAIMS)
    mails = list(lost[:100])
    for mail in mails:
        logger.error("Mail %s is set aside: %s workers were lost while they held it.", mail.key, mail.claims)
        words = f"{mail.claims} workers in a row were lost while they held it, the last times with nothing else."
        held = OutgoingEmail.objects.filter(pk=mail.pk, lease=mail.lease)
        held.update(
            state=MailState.FAILED, lease=None, leased_until=None, claims=0, booked=False, error=words, **erased(mail)
        )
    if mails:
        settle_recipients(mails)
    return len(mails)


def settle_recipients(mails: Sequence[OutgoingEmail] | None = None) -> int:
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
