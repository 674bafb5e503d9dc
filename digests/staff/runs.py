"""Digest runs as staff see them: how many mails in which state, how long it took, and what is wrong with it."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.models import Event
from digests import stories
from digests.models import DigestRecipient, DigestRun, MailState, RecipientState
from digests.windows import LONDON

logger = logging.getLogger(__name__)

PAGE_SIZE = 20
MOST_EVENTS = 100
PATIENCE = timedelta(minutes=10)
SILENCE = timedelta(minutes=15)
OVER = timedelta(days=1)
REMEMBERED = 86_400

PLANNING, SENDING, FINISHED = "planning", "sending", "finished"
STATES = {
    PLANNING: gettext_lazy("Being planned"),
    SENDING: gettext_lazy("Being sent"),
    FINISHED: gettext_lazy("Finished"),
}


@dataclass(kw_only=True)
class RunRow:
    """A run with what became of its mails. `people` counts everybody who was looked at, with news or without."""

    run: DigestRun
    people: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    first_sent: datetime | None = None
    last_sent: datetime | None = None

    @property
    def mails(self) -> int:
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        return self.counts[MailState.SENT]

    @property
    def suppressed(self) -> int:
        return self.counts[MailState.SUPPRESSED]

    @property
    def failed(self) -> int:
        return self.counts[MailState.FAILED]

    @property
    def waiting(self) -> int:
        return self.counts[MailState.PENDING] + self.counts[MailState.SENDING]

    @property
    def window(self) -> tuple[datetime, datetime]:
        """In Europe/London, whatever zone the reader's pages are in."""
        return self.run.window_start.astimezone(LONDON), self.run.window_end.astimezone(LONDON)

    @property
    def planned_in(self) -> timedelta | None:
        if self.run.planned_at is None or self.run.planning_began_at is None:
            return None
        return self.run.planned_at - self.run.planning_began_at

    @property
    def sent_in(self) -> timedelta | None:
        return self.last_sent - self.first_sent if self.first_sent and self.last_sent else None

    @property
    def per_minute(self) -> int | None:
        """Mails a minute between the first and the last; None where there are too few to say."""
        seconds = self.sent_in.total_seconds() if self.sent_in else 0
        return round((self.sent - 1) * 60 / seconds) if self.sent > 1 and seconds >= 1 else None

    @property
    def state(self) -> str:
        if self.run.planned_at is None:
            return PLANNING
        return SENDING if self.waiting else FINISHED

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])


def runs(*, cadence: str = "", state: str = "") -> "QuerySet[DigestRun]":
    """The latest first. Which of them still have mail to send is asked of the recipients that wait."""
    found = DigestRun.objects.order_by("-window_end", "-pk")
    if cadence:
        found = found.filter(cadence=cadence)
    waiting = Exists(DigestRecipient.objects.filter(run=OuterRef("pk"), state=RecipientState.PLANNED))
    match state:
        case "planning":
            return found.filter(planned_at=None)
        case "sending":
            return found.exclude(planned_at=None).filter(waiting)
        case "finished":
            return found.exclude(planned_at=None).exclude(waiting)
    return found


def rows(page: Sequence[DigestRun]) -> list[RunRow]:
    """What became of the mails of these runs, in two queries, however many runs and mails.

    Counting a weekly run of a hundred thousand takes a while, and one that is over stays as it is: its numbers are
    remembered for a day, unless staff change something of it. Without the cache they are counted.
    """
    kept = _remembered(page)
    found = {run.pk: kept.get(run.pk) or RunRow(run=run, people=run.people) for run in page}
    for run in page:
        found[run.pk].run = run
    fresh = [pk for pk in found if pk not in kept]
    mails = DigestRecipient.objects.filter(run__in=fresh, email__isnull=False).values("run", "email__state")
    for one in mails.annotate(n=Count("pk"), first=Min("email__sent_at"), last=Max("email__sent_at")).order_by():
        row = found[one["run"]]
        row.counts[one["email__state"]] += one["n"]
        row.first_sent = min((at for at in (row.first_sent, one["first"]) if at), default=None)
        row.last_sent = max((at for at in (row.last_sent, one["last"]) if at), default=None)
    unplanned = [run.pk for run in page if run.planned_at is None]
    if unplanned:
        so_far = DigestRecipient.objects.filter(run__in=unplanned).values_list("run").annotate(n=Count("pk"))
        for pk, people in so_far.order_by():
            found[pk].people = people
    _remember([found[pk] for pk in fresh])
    return list(found.values())


def _key(run: int) -> str:
    return f"digests.run.{run}"


def _remembered(page: Sequence[DigestRun]) -> dict[int, RunRow]:
    try:
        kept = caches["shared"].get_many([_key(run.pk) for run in page])
    except Exception as error:  # whatever a cache raises that is away: then it is counted
        logger.warning("The shared cache is away; the mails of runs are counted: %s", error)
        return {}
    # A number may have been another run's, before the database was restored.
    made = {run.pk: (run.created_at, run.planned_at) for run in page}
    return {row.run.pk: row for row in kept.values() if made[row.run.pk] == (row.run.created_at, row.run.planned_at)}


def _remember(counted: Sequence[RunRow]) -> None:
    before = timezone.now() - OVER
    over = {_key(row.run.pk): row for row in counted if row.state == FINISHED and row.run.window_end < before}
    if not over:
        return
    try:
        caches["shared"].set_many(over, timeout=REMEMBERED)
    except Exception as error:  # as above
        logger.warning("The shared cache is away; the mails of runs are counted each time: %s", error)


def forget(run_ids: Collection[int]) -> None:
    """Something of these runs was changed; the caller's transaction may still fail, which costs a count."""
    try:
        caches["shared"].delete_many([_key(run) for run in run_ids])
    except Exception as error:  # as above
        logger.warning("The shared cache is away; numbers of runs may be a day old: %s", error)


def worries(row: RunRow, *, now: datetime) -> list[str]:
    """What is slow, stuck or failed, in words; nothing when all is well."""
    run, said = row.run, []
    began = run.planning_began_at or run.created_at
    if run.planned_at is None and now - began > PATIENCE:
        held = run.leased_until is not None and run.leased_until > now
        said.append(
            _("Planning has gone on for %(time)s. A worker is at it.") % {"time": spoken(now - began)}
            if held
            else _("Planning began %(time)s ago and nobody is at it. The next worker goes on where it stopped.")
            % {"time": spoken(now - began)}
        )
    if row.planned_in and row.planned_in > PATIENCE:
        said.append(_("Planning took %(time)s.") % {"time": spoken(row.planned_in)})
    last_sign = max((at for at in (row.last_sent, run.planned_at) if at), default=None)
    if row.waiting and last_sign and now - last_sign > SILENCE:
        said.append(
            ngettext(
                "%(n)s mail waits, and none has left for %(time)s. Is a worker running, and the mail server there?",
                "%(n)s mails wait, and none has left for %(time)s. Is a worker running, and the mail server there?",
                row.waiting,
            )
            % {"n": row.waiting, "time": spoken(now - last_sign)}
        )
    if row.failed:
        said.append(
            ngettext(
                "%(n)s mail failed: see why, then have it tried again or set it aside.",
                "%(n)s mails failed: see why, then have them tried again or set them aside.",
                row.failed,
            )
            % {"n": row.failed}
        )
    return said


def spoken(time: timedelta) -> str:
    """“3 hours”, “12 minutes”, “40 seconds”: the largest unit is enough."""
    seconds = max(round(time.total_seconds()), 0)
    if seconds >= 172_800:
        return ngettext("%(n)s day", "%(n)s days", seconds // 86400) % {"n": seconds // 86400}
    if seconds >= 3600:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds >= 60:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}


@dataclass(frozen=True, kw_only=True)
class Carried:
    """An event of a run: what it was, where it leads, and in how many people's mail the run put it."""

    words: str
    url: str
    people: int


def carried(run: DigestRun) -> list[Carried]:
    """What was in it, most widely told first, counted by the database. Titles only: the rest may be for members."""
    counts = _people_by_event(run)
    events = Event.objects.in_bulk(counts)
    told = stories.load(events.values())
    return [
        Carried(words=_in_words(told.get(pk)), url=told[pk].url if pk in told else "", people=people)
        for pk, people in counts.items()
    ]


def _in_words(story: stories.Story | None) -> str:
    if story is None:
        return _("Something that readers can no longer see")
    if story.voice:
        return _("A comment on “%(title)s”") % {"title": story.title}
    what = story.change or story.note
    return f"{story.title} ({what})" if what else story.title


def _people_by_event(run: DigestRun) -> dict[int, int]:
    """Event id → people, of the hundred that most people got."""
    table = connection.ops.quote_name(DigestRecipient._meta.db_table)
    if connection.vendor == "postgresql":
        event = "one::bigint"
        source = "jsonb_array_elements(items) AS item, jsonb_array_elements_text(item -> 1) AS one"
    else:
        event, source = "one.value", "json_each(items) AS item, json_each(item.value, '$[1]') AS one"
    sql = (
        f"SELECT {event} AS event, COUNT(DISTINCT person_id) AS people FROM {table}, {source} "  # noqa: S608 - our own
        "WHERE run_id = %s GROUP BY 1 ORDER BY people DESC, event DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [run.pk, MOST_EVENTS])
        found: list[tuple[Any, Any]] = cursor.fetchall()
    return {int(event): int(people) for event, people in found}
