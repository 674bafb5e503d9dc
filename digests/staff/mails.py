"""The outbox as staff see it: lists, what stands still, and having mail tried again or set aside.

What is in a mail is never shown here: a digest may hold what is for members, and a mail about signing in holds a code.
A list answers fast however many mails there are: bodies are not read, pages go by number rather than by offset, and
counting stops at ten thousand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from digests.models import (
    Deed,
    DigestRecipient,
    MailPace,
    MailState,
    OutgoingEmail,
    RecipientState,
    StaffDeed,
)
from digests.models.mail import SEALED_KINDS, OutgoingEmailQuerySet
from digests.staff import runs
from digests.windows import LONDON

PAGE_SIZE = 50
MOST_COUNTED = 10_000
STUCK = "stuck"
STUCK_AFTER = timedelta(hours=12)
BATCH = 1000
UNREAD = ("text", "html", "payload", "headers")
# What a signed link or its Message-ID would give away: `value:time:signature` (`django.core.signing`).
_SIGNED = re.compile(r"[\w.%=-]+(?::|%3A)[0-9A-Za-z]{4,8}(?::|%3A)[\w-]{43}")

Wish = dict[str, Any]


def mails(wish: Wish, *, now: datetime | None = None) -> OutgoingEmailQuerySet:
    """The mails that a filter asks for. `wish` is JSON: state, kind, domain, since, until, q, run; empty is any."""
    now = now or timezone.now()
    found = OutgoingEmail.objects.all()
    if (state := wish.get("state")) == STUCK:
        found = stuck(found, now=now)
    elif state:
        found = found.filter(state=state)
    if kind := wish.get("kind"):
        found = found.filter(kind=kind)
    if domain := wish.get("domain"):
        end = f"@{domain.lstrip('@')}"
        people = User.objects.filter(email__iendswith=end).values("pk")
        found = found.filter(Q(address__iendswith=end) | Q(address="", person__in=people))
    if since := wish.get("since"):
        found = found.filter(created_at__gte=_midnight(since))
    if until := wish.get("until"):
        found = found.filter(created_at__lt=_midnight(until) + timedelta(days=1))
    if run := wish.get("run"):
        found = found.filter(digest_recipient__run=run)
    if text := wish.get("q"):
        found = _searched(found, text)
    return found


def stuck(found: OutgoingEmailQuerySet, *, now: datetime) -> OutgoingEmailQuerySet:
    """What should have left twelve hours ago. A mail that waits for its hour has not been tried and is not due."""
    waits_its_turn = Q(attempts=0, error="", next_attempt_at__gt=now, state=MailState.PENDING)
    return found.unfinished().filter(created_at__lt=now - STUCK_AFTER).exclude(waits_its_turn)


def _searched(found: OutgoingEmailQuerySet, text: str) -> OutgoingEmailQuerySet:
    """An address, whoever has it today and wherever mail went to it; else the beginning of a key."""
    if "@" not in text:
        return found.filter(key__startswith=text)
    people = list(User.objects.filter(email__iexact=text).values_list("pk", flat=True))
    return found.annotate(lower=Lower("address")).filter(Q(person__in=people) | Q(lower=text.lower()))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(0), tzinfo=LONDON)


@dataclass(frozen=True, kw_only=True)
class MailPage:
    """`older` and `newer` are where the neighbouring pages begin; `count` is at most one more than is counted."""

    rows: Sequence[OutgoingEmail]
    count: int
    newer: int | None
    older: int | None

    @property
    def too_many(self) -> bool:
        return self.count > MOST_COUNTED


def page_of(found: OutgoingEmailQuerySet, *, before: int | None = None, after: int | None = None) -> MailPage:
    """Newest first, by number: the hundred-thousandth page costs what the first does.

    Up to ten thousand are found by whatever index serves the filter, and put in order here: asked for the latest of a
    few among millions, a database walks through all of them from the newest on. Where there are more, they lie dense.
    """
    known = list(found.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
    if len(known) <= MOST_COUNTED:
        part = sorted(pk for pk in known if (before is None or pk < before) and (after is None or pk > after))
        part = part[: PAGE_SIZE + 1] if after is not None else part[::-1][: PAGE_SIZE + 1]
    else:
        near = found.filter(pk__gt=after).order_by("pk") if after is not None else found.order_by("-pk")
        near = near.filter(pk__lt=before) if before is not None and after is None else near
        part = list(near.values_list("pk", flat=True)[: PAGE_SIZE + 1])
    more, part = len(part) > PAGE_SIZE, sorted(part[:PAGE_SIZE], reverse=True)
    rows = OutgoingEmail.objects.filter(pk__in=part).select_related("person").defer(*UNREAD).order_by("-pk")
    is_newer = more if after is not None else before is not None
    is_older = bool(part) if after is not None else more
    return MailPage(
        rows=list(rows),
        count=len(known),
        newer=part[0] if part and is_newer else None,
        older=part[-1] if part and is_older else None,
    )


def counted(found: OutgoingEmailQuerySet) -> int:
    return found.order_by()[: MOST_COUNTED + 1].count()


def held_back(*, now: datetime | None = None) -> "QuerySet[MailPace]":
    """The domains that asked for less, and until when nothing goes there."""
    return MailPace.objects.filter(closed_until__gt=now or timezone.now()).order_by("domain")


def unsigned(text: str) -> str:
    """Without what would let its reader act for somebody else."""
    return _SIGNED.sub("…", text)


def shown_headers(mail: OutgoingEmail) -> list[tuple[str, str]]:
    """Of a mail that was sent, for comparing with what a mail server says."""
    return [("Message-ID", mail.message_id), *((name, unsigned(value)) for name, value in mail.headers.items())]


def in_words(mail: OutgoingEmail, *, now: datetime | None = None) -> str:
    """Why a mail is where it is, in a sentence."""
    now = now or timezone.now()
    if mail.state == MailState.SENT:
        return _("The mail server took it.")
    if mail.state == MailState.SENDING:
        alive = mail.leased_until and mail.leased_until > now
        lost = _("A worker took it and was not heard of again; another takes it over.")
        return _("A worker has it.") if alive else lost
    if mail.error or mail.state != MailState.PENDING:
        return mail.error or mail.get_state_display()
    return _("It waits for its time.") if mail.next_attempt_at > now else _("It waits for a worker.")


# --- Trying again and setting aside --------------------------------------------------------------


def may_be_retried(found: OutgoingEmailQuerySet, *, now: datetime) -> OutgoingEmailQuerySet:
    """What failed, or waits after a failed try; not what is worth nothing any more or whose content was erased."""
    waits = Q(state=MailState.PENDING) & (Q(attempts__gt=0) | ~Q(error=""))
    worth = Q(worthless_after=None) | Q(worthless_after__gt=now)
    erased = Q(kind__in=SEALED_KINDS, state=MailState.FAILED)
    return found.filter(worth, Q(state=MailState.FAILED) | waits, forgotten_at=None).exclude(erased)


def may_be_set_aside(found: OutgoingEmailQuerySet, *, now: datetime) -> OutgoingEmailQuerySet:
    """Whatever has not been sent and is in nobody's hands."""
    left = Q(state=MailState.SENDING, leased_until__lte=now)
    return found.filter(Q(state__in=[MailState.FAILED, MailState.PENDING]) | left)


def affected(what: Deed, wish: Wish, *, now: datetime | None = None) -> OutgoingEmailQuerySet:
    now = now or timezone.now()
    chosen = may_be_retried if what == Deed.RETRIED else may_be_set_aside
    return chosen(mails(wish, now=now), now=now)


@transaction.atomic
def ask_for(*, what: Deed, wish: Wish, words: str = "", by: Any) -> StaffDeed:
    """Have all mails of a filter tried again or set aside, in the background, a batch at a time.

    Only those that are there now: what fails later waits for another decision.
    """
    from digests.tasks import work_off_deeds

    latest = OutgoingEmail.objects.aggregate(pk=Max("pk"))["pk"] or 0
    deed = StaffDeed.objects.create(by=by, what=what, wish=wish, words=words[:300], cursor=latest + 1)
    work_off_deeds.apply_async_on_commit()
    return deed


@transaction.atomic
def change_one(*, what: Deed, mail: OutgoingEmail, words: str = "", by: Any) -> bool:
    """Try one mail again, or set it aside; False if that is no longer possible."""
    now = timezone.now()
    changed = _change(what, affected(what, {}, now=now).filter(pk=mail.pk), words, now=now)
    if changed:
        StaffDeed.objects.create(
            by=by, what=what, person=mail.person, address=mail.to, words=words[:300], mails=1, finished_at=now
        )
    return bool(changed)


def work_off() -> int:
    """Do what staff asked for, to its end; return how many mails were changed. Two at once share the batches."""
    changed = 0
    while (done := _work_off_batch()) is not None:
        changed += done
    return changed


@transaction.atomic
def _work_off_batch() -> int | None:
    deed = StaffDeed.objects.select_for_update().filter(finished_at=None).order_by("pk").first()
    if deed is None:
        return None
    what, now = Deed(deed.what), timezone.now()
    part = affected(what, deed.wish, now=now).filter(pk__lt=deed.cursor or 0).order_by("-pk")
    ids = list(part.values_list("pk", flat=True)[:BATCH])
    if not ids:
        deed.finished_at = now
        deed.save(update_fields=["finished_at"])
        return 0
    changed = _change(what, affected(what, {}, now=now).filter(pk__in=ids), deed.words, now=now)
    deed.cursor, deed.mails = ids[-1], deed.mails + changed
    deed.save(update_fields=["cursor", "mails"])
    return changed


def _change(what: Deed, chosen: OutgoingEmailQuerySet, words: str, *, now: datetime) -> int:
    """A mail that a worker takes meanwhile no longer fits the condition and stays the worker's."""
    ids = list(chosen.values_list("pk", flat=True))
    free: dict[str, Any] = {"lease": None, "leased_until": None}
    told = DigestRecipient.objects.filter(email__in=ids)
    runs.forget(set(told.values_list("run", flat=True)))
    if what == Deed.RETRIED:
        values = {"state": MailState.PENDING, "attempts": 0, "claims": 0, "booked": False, "next_attempt_at": now}
        changed = chosen.filter(pk__in=ids).update(**values, **free)
        told.filter(state=RecipientState.GAVE_UP).update(state=RecipientState.PLANNED)
        return changed
    changed = chosen.filter(pk__in=ids).update(state=MailState.SUPPRESSED, error=f"Set aside by staff: {words}", **free)
    told.filter(state=RecipientState.PLANNED).update(state=RecipientState.GAVE_UP)
    return changed
