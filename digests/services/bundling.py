"""Notices to one person that come within ten minutes go as one mail.

The first goes at once. What comes while it is on its way, or within ten minutes after it left, waits until those are
over, and then goes in one message: the oldest of them is the `carrier`, and the others share its fate. What goes
together is settled when a worker first takes it, in the transaction that leases it, and stays: a message that may have
been in flight when its worker died goes out again as it was, under the same Message-ID.

Two workers at once: who bundles for a person holds the person's row, and nobody waits for a row here. A worker that
cannot have one leaves that person's notices for the next round. `docs/decisions/0027-notices-in-one-mail.md` says why.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet

from accounts.models import User
from digests.models import MailState, OutgoingEmail
from digests.models.mail import NOTICES

if TYPE_CHECKING:
    from digests.rendering import Letter

LOOK_AGAIN = timedelta(minutes=1)
MOST = 20
# What is read of a due mail: its id, kind, person and carrier.
Due = tuple[int, str, int | None, int | None]


def take(due: Collection[Due], *, now: datetime) -> list[int]:
    """Which of these due mails to lease; within the transaction that does so.

    Notices that must wait are put off, and those that go along in another are tied to it.
    """
    fresh = {
        pk: person for pk, kind, person, carrier in due if kind in NOTICES and person is not None and carrier != pk
    }
    ids = [pk for pk, *_rest in due if pk not in fresh]
    if not fresh:
        return ids
    people = _held(set(fresh.values()))
    until = _busy_until(people, now=now)
    _put_off({pk: until[person] for pk, person in fresh.items() if person in until})
    return ids + _tie_together(people - set(until), fresh=fresh, now=now)


def _wait() -> timedelta:
    return timedelta(minutes=settings.NOTICES_TOGETHER_MINUTES)


def _held(people: Collection[int]) -> set[int]:
    """Those of these people whose notices are ours to bundle until the transaction ends."""
    rows = User.objects.filter(pk__in=people).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, no_key=True)
    return set(rows.values_list("pk", flat=True))


def _busy_until(people: Collection[int], *, now: datetime) -> Mapping[int, datetime]:
    """When those people may be written to again who were a moment ago, or are being written to.

    A mail that failed once does not hold up the others.
    """
    if not settings.NOTICES_TOGETHER_MINUTES:
        return {}
    on_its_way = Q(carrier=F("pk")) & (Q(state=MailState.SENDING) | Q(state=MailState.PENDING, attempts=0))
    rows = OutgoingEmail.objects.filter(person__in=people, kind__in=NOTICES).filter(
        on_its_way | Q(state=MailState.SENT, sent_at__gt=now - _wait())
    )
    until: dict[int, datetime] = {}
    for person, sent_at, next_attempt_at in rows.values_list("person", "sent_at", "next_attempt_at"):
        moment = sent_at + _wait() if sent_at else max(now, next_attempt_at) + LOOK_AGAIN
        until[person] = max(moment, until.get(person, moment))
    return until


def _put_off(until: Mapping[int, datetime]) -> None:
    OutgoingEmail.objects.bulk_update(
        [OutgoingEmail(pk=pk, next_attempt_at=moment) for pk, moment in until.items()], ["next_attempt_at"]
    )


def _tie_together(people: Collection[int], *, fresh: Mapping[int, int], now: datetime) -> list[int]:
    """One carrier for each of these people, the oldest of all that waits for them; what is too much waits on."""
    waiting = OutgoingEmail.objects.filter(person__in=people, kind__in=NOTICES).filter(
        Q(pk__in=list(fresh)) | Q(state=MailState.PENDING, carrier=None, attempts=0)
    )
    of_person: dict[int, list[OutgoingEmail]] = defaultdict(list)
    for mail in (
        _free(waiting).only("person", "carrier").order_by(F("carrier").desc(nulls_last=True), "created_at", "pk")
    ):
        if mail.person_id is not None:
            of_person[mail.person_id].append(mail)
    tied: list[OutgoingEmail] = []
    later: dict[int, datetime] = {}
    for mails in of_person.values():
        # What was tied to one that was given up may be why: it goes alone.
        most = 1 if mails[0].carrier_id is not None else MOST
        for mail in mails[:most]:
            mail.carrier_id = mails[0].pk
            tied.append(mail)
        later.update((mail.pk, now + _wait()) for mail in mails[most:])
    _put_off(later)
    OutgoingEmail.objects.bulk_update(tied, ["carrier"])
    return [mails[0].pk for mails in of_person.values()]


def _free(mails: "QuerySet[OutgoingEmail]") -> "QuerySet[OutgoingEmail]":
    if connection.features.has_select_for_update_skip_locked:
        return mails.select_for_update(skip_locked=True)
    return mails


def settle(mail: OutgoingEmail, *, state: str, letter: "Letter | None", **values: object) -> None:
    """What became of the carrier became of what went along; in the transaction that stamps the carrier.

    What could not be told any more is marked so, and what could not be written is tried by itself.
    """
    along = OutgoingEmail.objects.along_with(mail)
    if state != MailState.SENT or letter is None:
        along.update(state=state, error=values.get("error", ""))
        return
    for pk, why in letter.left_out.items():
        along.filter(pk=pk).update(state=MailState.SUPPRESSED, error=why)
    for pk, error in letter.broken.items():
        along.filter(pk=pk).update(carrier=None, attempts=F("attempts") + 1, error=error)
    apart = [*letter.left_out, *letter.broken]
    along.exclude(pk__in=apart).update(
        state=MailState.SENT,
        sent_at=values["sent_at"],
        address=values["address"],
        subject=letter.subject,
        error="",
    )


def release(mail: OutgoingEmail) -> None:
    """The carrier cannot be written: what was to go along goes without it."""
    OutgoingEmail.objects.along_with(mail).filter(state=MailState.PENDING).update(carrier=None)
