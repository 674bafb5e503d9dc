"""How fast mail goes: to each domain, and from the whole site, over all workers.

The rows of `MailPace` are the memory, locked for the moment of a decision about a whole batch. Each mail moves the
clock of its domain on by its share of a minute. What finds the clock too far ahead waits: it is booked for a moment of
its own, once, so that a hundred thousand mails to one domain are laid out over the hours and stand in nobody's way.
Urgent mail is counted but never waits. Where no limit is set and no server has asked for less, this costs one look.
"""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from digests.models import MailPace, MailState, OutgoingEmail

SITE = "*"
ANY = "*"
URGENT = 0
# From here on a mail may be laid out over hours; what is more urgent waits for minutes at most.
PATIENT = 5
# So far the clock of a domain may be ahead: what a minute allows is not spread more finely than beat rings.
AHEAD = timedelta(seconds=40)
AHEAD_SOONER = timedelta(seconds=60)
# Turns are given out a little slower than mails may go, so that what cannot wait finds room among them.
BOOKED_SHARE = 0.95
# A worker waits so long for the site's turn; if it takes longer, beat rings again.
SHORT_WAIT = timedelta(seconds=10)
HOUR = timedelta(hours=1)
FIRST_BREATHER = timedelta(minutes=1)
LONGEST_BREATHER = timedelta(hours=1)
# After a breather, mails a minute; half of it after each further one, until an hour has passed without.
PACE_AFTER_BREATHER = 300
LEAST_PACE = 5


@dataclass
class Turn:
    """What may go now, and from when on; the rest was put off."""

    go: list[OutgoingEmail]
    start: datetime
    put_off: int = 0
    site_is_full: bool = False


@dataclass
class _Later:
    """Mails that wait, with the moment of each."""

    lease: uuid.UUID
    mails: list[OutgoingEmail] = field(default_factory=list)

    def add(self, mail: OutgoingEmail, until: datetime, *, booked: bool) -> None:
        mail.next_attempt_at, mail.booked = until, booked
        self.mails.append(mail)

    def write(self) -> None:
        ours = OutgoingEmail.objects.filter(lease=self.lease)
        ours.bulk_update(self.mails, ["next_attempt_at", "booked"])
        ours.filter(pk__in=[mail.pk for mail in self.mails]).update(
            state=MailState.PENDING, lease=None, leased_until=None, claims=0
        )


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def batch_size(most: int) -> int:
    """A batch takes some five seconds of the site's pace, so that what is urgent is never far behind."""
    return max(1, min(most, int(settings.MAIL_PER_SECOND * 5))) if settings.MAIL_PER_SECOND else most


def take_turn(lease: uuid.UUID, mails: Sequence[OutgoingEmail], *, now: datetime | None = None) -> Turn:
    """Decide for a claimed batch which mails may go now, and put the others off. No try is counted for waiting."""
    now = now or timezone.now()
    domains = {domain_of(mail.to) for mail in mails}
    rows = {row.domain: row for row in MailPace.objects.filter(domain__in=[*domains, SITE])}
    slow = {domain for domain in domains if per_minute(domain, rows.get(domain), now) or _closed(rows.get(domain), now)}
    site = {SITE} if _site_is_limited(rows.get(SITE), now) else set()
    if not slow and not site:
        return Turn(list(mails), now)
    with transaction.atomic():
        rows = _locked(slow | site)
        later = _Later(lease)
        go = [mail for mail in mails if _may_go(mail, rows.get(domain_of(mail.to)), later, now)]
        turn = _from_site(rows[SITE], go, later, now) if site else Turn(go, now)
        MailPace.objects.bulk_update(rows.values(), ["sends_at", "books_at", "hours"])
        if later.mails:
            later.write()
    turn.put_off = len(later.mails)
    return turn


def slow_down(domain: str, *, said: str, now: datetime | None = None) -> datetime:
    """A server asked for less: nothing goes to this domain for a while, longer each time. Returns until when."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _locked({domain})[domain]
        if row.closed_until is None or row.closed_until <= now:  # else another worker has heard it a moment ago
            row.strikes = min(_strikes(row, now) + 1, 10)
            pause = min(FIRST_BREATHER * 2 ** (row.strikes - 1), LONGEST_BREATHER)
            row.closed_until, row.struck_at, row.said = now + jittered(pause), now, said[:300]
            row.books_at = max(row.books_at or now, row.closed_until)
            row.save()
        assert row.closed_until is not None  # noqa: S101 - said to the type checker; the branch above sets it
        return row.closed_until


def jittered(pause: timedelta) -> timedelta:
    """Up to a quarter longer, so that what failed together does not come back together."""
    return pause * (1 + secrets.randbelow(1000) / 4000)


def per_minute(domain: str, row: MailPace | None, now: datetime) -> float:
    """How many mails a minute this domain gets; 0 is any number."""
    limits: dict[str, float] = settings.MAIL_PER_MINUTE_PER_DOMAIN
    limit = limits.get(domain, limits.get(ANY, 0)) if domain != SITE else 0
    strikes = _strikes(row, now) if row else 0
    if not strikes:
        return limit
    learned = max(PACE_AFTER_BREATHER / 2 ** (strikes - 1), LEAST_PACE)
    return min(limit, learned) if limit else learned


def _strikes(row: MailPace, now: datetime) -> int:
    """One is forgiven for each hour in which none came."""
    if row.struck_at is None:
        return 0
    return max(row.strikes - int(max(now - (row.closed_until or now), timedelta(0)) / HOUR), 0)


def _closed(row: MailPace | None, now: datetime) -> bool:
    return bool(row and row.closed_until and row.closed_until > now)


def _site_is_limited(row: MailPace | None, now: datetime) -> bool:
    return bool(settings.MAIL_PER_SECOND or settings.MAIL_PER_DAY) or _closed(row, now)


def _locked(domains: Iterable[str]) -> dict[str, MailPace]:
    """The rows of these domains, made if need be, in an order that all workers keep."""
    names = sorted(domains)
    rows = {row.domain: row for row in MailPace.objects.select_for_update().filter(domain__in=names).order_by("domain")}
    if len(rows) < len(names):
        MailPace.objects.bulk_create([MailPace(domain=one) for one in names if one not in rows], ignore_conflicts=True)
        locked = MailPace.objects.select_for_update().filter(domain__in=names).order_by("domain")
        rows = {row.domain: row for row in locked}
    return rows


def _may_go(mail: OutgoingEmail, row: MailPace | None, later: _Later, now: datetime) -> bool:
    if row is None:
        return True
    pace = per_minute(row.domain, row, now)
    share = timedelta(minutes=1 / pace) if pace else timedelta(0)
    clock = max(row.sends_at or now, now)
    if mail.urgency != URGENT:
        patient = mail.urgency >= PATIENT
        if row.closed_until is not None and row.closed_until > now:
            if patient:
                _book(mail, row, later, share, row.closed_until)
            else:
                later.add(mail, row.closed_until, booked=False)
            return False
        others_wait = patient and not mail.booked and row.books_at is not None and row.books_at > now
        too_far = clock > now and clock + share > now + (AHEAD if patient else AHEAD_SOONER)
        if patient and (others_wait or too_far):
            _book(mail, row, later, share, clock)
            return False
        if too_far:
            later.add(mail, now + jittered(clock - now), booked=False)
            return False
    row.sends_at = clock + share
    return True


def _book(mail: OutgoingEmail, row: MailPace, later: _Later, share: timedelta, earliest: datetime) -> None:
    turn = max(row.books_at or earliest, earliest)
    row.books_at = turn + share / BOOKED_SHARE
    later.add(mail, turn, booked=True)


def _from_site(row: MailPace, mails: list[OutgoingEmail], later: _Later, now: datetime) -> Turn:
    """The site's own share: so many a second, so many in any 24 hours (digests leave a twentieth for the others)."""
    turn = Turn([], now)
    if settings.MAIL_PER_SECOND:
        turn.start = max(row.sends_at or now, now)
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    row.hours = {
        hour: sent for hour, sent in row.hours.items() if datetime.fromisoformat(hour) >= this_hour - 24 * HOUR
    }
    used = sum(row.hours.values())
    for mail in mails:
        wait = _site_wait(row, mail, turn, used + len(turn.go), now)
        if wait is None or mail.urgency == URGENT:
            turn.go.append(mail)
        else:
            turn.site_is_full = True
            later.add(mail, wait, booked=mail.booked)
    if settings.MAIL_PER_SECOND:
        row.sends_at = turn.start + timedelta(seconds=len(turn.go) / settings.MAIL_PER_SECOND)
    if settings.MAIL_PER_DAY and turn.go:
        hour = this_hour.isoformat()
        row.hours[hour] = row.hours.get(hour, 0) + len(turn.go)
    return turn


def _site_wait(row: MailPace, mail: OutgoingEmail, turn: Turn, used: int, now: datetime) -> datetime | None:
    """Until when the site has no room for this mail; `None` if it has."""
    if _closed(row, now):
        return row.closed_until
    if settings.MAIL_PER_SECOND and turn.start - now > SHORT_WAIT:
        return turn.start
    if settings.MAIL_PER_DAY:
        most = settings.MAIL_PER_DAY * (0.95 if mail.urgency >= PATIENT else 1)
        if used >= most:
            # When the oldest hour that counts is a day old; a day's worth comes free in parts.
            return max((datetime.fromisoformat(min(row.hours)) + 25 * HOUR) if row.hours else now, now + HOUR / 4)
    return None
