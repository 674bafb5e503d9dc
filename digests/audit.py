"""Invariants of follows, runs and mails: what breaks them, and how it is mended.

A follow that can never bring anything is a fault, or it is somebody's wish or state that may change again: somebody
who switched to “no mail”, whose account is blocked or whose address does not work may come back, so those are counted
and never ended. A kind that is not known may be known again after the next deployment, so that is left alone too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from digests import stories, targets
from digests.models import (
    Cadence,
    DigestRecipient,
    DigestRun,
    EndedReason,
    Follow,
    MailState,
    OutgoingEmail,
    RecipientState,
    Suppression,
)
from digests.services.planning import plan_run
from digests.services.sending import settle_recipients
from digests.targets import COUNCILS_LIKE, SAVED_SEARCH
from search.models import SavedSearch
from search.saved import state_of, why_not

OVERDUE = timedelta(hours=12)
BATCH = 1000


@dataclass(frozen=True)
class Finding:
    """`by_kind`: how many of them follow which kind of thing. `mends`: `repair` sees to it. No `fault`: it is told, and
    needs nobody.
    """

    what: str
    count: int
    by_kind: Mapping[str, int] = field(default_factory=dict)
    mends: bool = True
    fault: bool = True

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.by_kind.items()))
        return f"{self.count} {self.what}" + (f" ({kinds})" if kinds else "")


def examine(*, now: datetime | None = None) -> list[Finding]:
    now = now or timezone.now()
    found = [
        _of_kinds("follows of something that is gone", Counter(kind for kind, ids in _gone() for _id in ids)),
        _of_kinds("follows of a kind that is not known", _by_kind(_unknown()), mends=False),
        _of_kinds("follows of a kind that no news comes through", _by_kind(_mute()), mends=False),
        _of_kinds("follows of a search that nobody can ask any more", _by_kind(_senseless()), mends=False),
        Finding("digest runs that were not planned to the end", _unplanned(now).count()),
        Finding("recipients whose mail is done and who were not told", _untold().count()),
        Finding("recipients whose mail is missing", _without_mail().count()),
        Finding("mails that wait for more than 12 hours", _stuck(now).count()),
        Finding("mails that failed", OutgoingEmail.objects.filter(state=MailState.FAILED).count(), mends=False),
        _of_kinds("follows that are switched to “no mail”", _by_kind(_switched_off()), mends=False, fault=False),
        _of_kinds("follows of people who may not sign in", _by_kind(_of_blocked_people()), mends=False, fault=False),
        _of_kinds("follows of people who stopped all mail", _by_kind(_stopped()), mends=False, fault=False),
        _of_kinds("follows of people whose address gets no mail", _by_kind(_unreachable()), mends=False, fault=False),
    ]
    return [one for one in found if one.count]


def repair(*, now: datetime | None = None) -> int:
    """Mend what can be mended safely; return how many things were changed. Failed mails need somebody to read why."""
    now = now or timezone.now()
    changed = 0
    for _kind, ids in _gone():
        changed += Follow.objects.filter(pk__in=ids).update(ended_at=now, ended_reason=EndedReason.GONE)
    changed += sum(plan_run(run) for run in _unplanned(now))
    changed += settle_recipients()
    changed += _without_mail().update(state=RecipientState.GAVE_UP)
    return changed + _stuck(now).update(
        state=MailState.PENDING, lease=None, leased_until=None, attempts=0, claims=0, booked=False, next_attempt_at=now
    )


def _of_kinds(what: str, kinds: Mapping[str, int], *, mends: bool = True, fault: bool = True) -> Finding:
    return Finding(what, sum(kinds.values()), dict(kinds), mends=mends, fault=fault)


def _by_kind(follows: "QuerySet[Follow]") -> dict[str, int]:
    return dict(follows.order_by().values("target_kind").annotate(n=Count("pk")).values_list("target_kind", "n"))


def _gone() -> Iterator[tuple[str, list[int]]]:
    """Kind and ids of active follows whose target readers can no longer reach, in batches of one kind."""
    rows = Follow.objects.active().filter(target_kind__in=targets.kinds()).order_by("target_kind", "pk")
    found = rows.values_list("target_kind", "pk", "target_id").iterator(chunk_size=BATCH)
    for kind, of_kind in groupby(found, key=lambda row: row[0]):
        follows = [(pk, target) for _kind, pk, target in of_kind]
        for start in range(0, len(follows), BATCH):
            part = follows[start : start + BATCH]
            there = targets.load((kind, target) for _pk, target in part)
            if gone := [pk for pk, target in part if (kind, target) not in there]:
                yield kind, gone


def _unknown() -> "QuerySet[Follow]":
    return Follow.objects.active().exclude(target_kind__in=targets.kinds())


def _mute() -> "QuerySet[Follow]":
    """Of kinds that can be followed and that no story names; searches and likenesses find their news themselves."""
    telling = {kind for event in stories.event_kinds() for kind in stories.through(event)} | {
        SAVED_SEARCH,
        COUNCILS_LIKE,
    }
    return Follow.objects.active().filter(target_kind__in=set(targets.kinds()) - telling)


def _senseless() -> "QuerySet[Follow]":
    """The rules of what a search is have changed since it was saved."""
    followed = Follow.objects.active().filter(target_kind=SAVED_SEARCH)
    searches = SavedSearch.objects.filter(pk__in=followed.values("target_id")).iterator(chunk_size=BATCH)
    return followed.filter(target_id__in=[one.pk for one in searches if why_not(state_of(one))])


def _switched_off() -> "QuerySet[Follow]":
    return Follow.objects.active().with_cadence().filter(how_often=Cadence.OFF)  # type: ignore[misc]  # annotated


def _of_blocked_people() -> "QuerySet[Follow]":
    return Follow.objects.active().filter(person__is_active=False)


def _stopped() -> "QuerySet[Follow]":
    return Follow.objects.active().filter(person__mail_preference__stopped_at__isnull=False)


def _unreachable() -> "QuerySet[Follow]":
    dead = Suppression.objects.values(lower=Lower("address"))
    return Follow.objects.active().annotate(address=Lower("person__email")).filter(address__in=dead)


def _unplanned(now: datetime) -> "QuerySet[DigestRun]":
    return DigestRun.objects.filter(planned_at=None, created_at__lt=now - OVERDUE)


def _untold() -> "QuerySet[DigestRecipient]":
    done = [MailState.SENT, MailState.FAILED, MailState.SUPPRESSED]
    return DigestRecipient.objects.filter(state=RecipientState.PLANNED, email__state__in=done)


def _without_mail() -> "QuerySet[DigestRecipient]":
    return DigestRecipient.objects.filter(state=RecipientState.PLANNED, email=None)


def _stuck(now: datetime) -> "QuerySet[OutgoingEmail]":
    """Due for long, and in nobody's hands: what a worker holds at this moment is on its way, however late."""
    held = Q(state=MailState.SENDING, leased_until__gt=now)
    return OutgoingEmail.objects.unfinished().filter(next_attempt_at__lt=now - OVERDUE).exclude(held)
