"""Who gets which news in a run. Ids only: what the reader may see is asked when the mail is written.

A run is planned in batches of people, each one transaction of a constant number of statements that also moves the
run's cursor. A planner that dies leaves its run at the cursor; when its lease is over another goes on from there.
"""

import logging
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.delivery import deliver_all
from core.models import Delivery, EventTarget, Topic
from digests import keys, searches, similar, stories, windows
from digests.models import (
    Cadence,
    DigestEvent,
    DigestRecipient,
    DigestRun,
    Follow,
    MailKind,
    OutgoingEmail,
    RecipientState,
)
from digests.models.follows import FollowQuerySet
from digests.models.mail import new_message_id
from digests.services.sending import settle_recipients
from digests.targets import COUNCILS_LIKE, SAVED_SEARCH, Target
from digests.windows import Window

logger = logging.getLogger(__name__)

BATCH = 1000
LEASE = timedelta(minutes=5)
PATIENCE = timedelta(minutes=10)


@dataclass
class News:
    """What may go into a run: `at` of each event, in its order; those by each `actor`; and, oldest first, the events
    that touch each followable thing.
    """

    at: dict[int, datetime] = field(default_factory=dict)
    by_actor: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    touching: dict[Target, list[int]] = field(default_factory=lambda: defaultdict(list))


def plan_due_runs(*, now: datetime | None = None) -> list[DigestRun]:
    """Plan every run that is due, the missing ones of the last seven days first; return those planned here.

    Recipients whose worker died before it could tell them what became of their mail are told now.
    """
    now = now or timezone.now()
    deliver_all(only=stories.CONSUMER)
    # Another worker may still be noting events of the window: wait for it, but not for ever.
    hearing = Delivery.objects.filter(consumer=stories.CONSUMER, parked_at=None).exists()
    for cadence in (Cadence.DAILY, Cadence.WEEKLY):
        for window in windows.due_windows(cadence, now):
            if not hearing or now - window.end > PATIENCE:
                _ensure_run(cadence, window)
    if not hearing:
        _ensure_immediate_run(now)
    settle_recipients()
    unfinished = DigestRun.objects.filter(planned_at=None, window_end__gt=windows.caught_up_since(now))
    return [run for run in unfinished.order_by("window_end", "pk") if plan_run(run, now=now)]


def plan_now(*, cadence: str, now: datetime | None = None) -> DigestRun | None:
    """Plan a run of the window that is still open, up to this moment. None if one that ends now or later is there.

    It ends before what another worker is still noting: the next run begins there, and would not look back for it.
    """
    deliver_all(only=stories.CONSUMER)
    now = now or timezone.now()
    heard = Delivery.objects.filter(consumer=stories.CONSUMER, parked_at=None, event__occurred_at__gt=now - PATIENCE)
    end = min(now, heard.aggregate(oldest=Min("event__occurred_at"))["oldest"] or now)
    latest = DigestRun.objects.filter(cadence=cadence).aggregate(end=Max("window_end"))["end"]
    start = max(windows.window_ending_by(cadence, now).end, latest or windows.window_ending_by(cadence, now).end)
    if start >= end:
        return None
    run = _ensure_run(cadence, Window(start, end))
    plan_run(run, now=now)
    return run


def plan_run(run: DigestRun, *, now: datetime | None = None) -> bool:
    """Plan one run to its end; False when it is done already or in another worker's hands."""
    now = now or timezone.now()
    lease = uuid.uuid4()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    claimed = DigestRun.objects.filter(free, pk=run.pk, planned_at=None).update(
        lease=lease, leased_until=now + LEASE, planning_began_at=Coalesce("planning_began_at", timezone.now())
    )
    if not claimed:
        return False
    run.refresh_from_db()
    news = load_news(
        run, match=lambda kinds, ids: searches.match(kinds, searches=ids, meanwhile=lambda: _hold(run, lease))
    )
    while True:
        planned = _plan_batch(run, news, lease=lease)
        if planned is None:
            logger.warning("Another worker took over digest run %s.", run.pk)
            return False
        if planned < BATCH:
            break
    totals = run.recipients.aggregate(people=Count("pk"), mails=Count("email"))
    DigestRun.objects.filter(pk=run.pk, lease=lease).update(
        planned_at=timezone.now(), lease=None, leased_until=None, **totals
    )
    run.refresh_from_db()
    logger.info("Planned digest run %s: %s people, %s mails.", run, run.people, run.mails)
    return True


def _ensure_run(cadence: str, window: Window) -> DigestRun:
    """One row for one window, whoever asks; two planners at once meet the constraint."""
    return DigestRun.objects.get_or_create(cadence=cadence, window_start=window.start, window_end=window.end)[0]


def _ensure_immediate_run(now: datetime) -> None:
    """One run from where the last one ended, and only if something happened: most five minutes are empty."""
    cadence = Cadence.IMMEDIATELY
    window = windows.window_ending_by(cadence, now - windows.SETTLE)
    latest = DigestRun.objects.filter(cadence=cadence).aggregate(end=Max("window_end"))["end"]
    start = max(latest or window.end - windows.CATCH_UP, window.end - windows.CATCH_UP)
    if start < window.end and DigestEvent.objects.filter(at__gte=start, at__lt=window.end).exists():
        _ensure_run(cadence, Window(start, window.end))


def load_news(run: DigestRun, *, match: Callable[[dict[int, str], set[int]], dict[Target, list[int]]]) -> News:
    """Every event that a follow of this run may still wait for, by what it touches; read once a run.

    `match` asks the searches that people follow, each once whoever follows it: of the events (id → kind), which does
    each of these searches bring? It alone may write.
    """
    window = Window(run.window_start, run.window_end)
    waiting = waiting_follows(run)
    waiting_since = waiting.aggregate(since=Min("mailed_until"))["since"]
    news = News()
    if waiting_since is None:
        return news
    since = max(waiting_since, windows.earliest_news(window))
    kinds: dict[int, str] = {}
    rows = DigestEvent.objects.filter(at__gte=since, at__lt=run.window_end).order_by("at", "event_id")
    for pk, at, kind, actor in rows.values_list("event_id", "at", "event__kind", "event__actor_id"):
        news.at[pk], kinds[pk] = at, kind
        if actor is not None:
            news.by_actor[actor].add(pk)
    parents = dict(Topic.objects.exclude(parent=None).values_list("pk", "parent_id"))
    touched: dict[int, set[Target]] = defaultdict(set)
    within = EventTarget.objects.filter(event__in=rows.order_by().values("event"))
    for pk, kind, object_id in within.values_list("event_id", "kind", "object_id"):
        touched[pk].add((kind, object_id))
        if kind == "topic" and object_id in parents:
            # Who follows a topic of the first level follows what lies under it.
            touched[pk].add((kind, parents[object_id]))
    for pk in news.at:
        for target in touched[pk]:
            if target[0] in stories.through(kinds[pk]):
                news.touching[target].append(pk)
    # What no event names by itself: what brings it has to be asked, once for each of these.
    asked: dict[str, set[int]] = {SAVED_SEARCH: set(), COUNCILS_LIKE: set()}
    followed = waiting.filter(target_kind__in=asked).order_by().values_list("target_kind", "target_id").distinct()
    for kind, target_id in followed:
        asked[kind].add(target_id)
    news.touching.update(match(kinds, asked[SAVED_SEARCH]))
    news.touching.update(similar.match(kinds, touched, followed=asked[COUNCILS_LIKE]))
    for events in news.touching.values():
        events.sort(key=news.at.__getitem__)
    return news


def _hold(run: DigestRun, lease: uuid.UUID) -> bool:
    """Keep the lease of a run; False when it is no longer ours."""
    return bool(DigestRun.objects.filter(pk=run.pk, lease=lease).update(leased_until=timezone.now() + LEASE))


def _plan_batch(run: DigestRun, news: News, *, lease: uuid.UUID) -> int | None:
    """Plan the next people after the cursor; return how many, or None when the lease is no longer ours."""
    with transaction.atomic():
        if not _hold(run, lease):
            return None
        waiting = waiting_follows(run).filter(person__gt=run.cursor)
        hours = waiting.order_by("person").values_list("person", "person__mail_preference__send_hour")
        send_hour = dict(hours.distinct()[:BATCH])
        people = list(send_hour)
        if not people:
            return 0
        batch = waiting.filter(person__lte=people[-1])
        wanted = wanted_by(run, news, batch.values_list("pk", "person", "target_kind", "target_id", "mailed_until"))
        _write(run, send_hour, wanted)
        batch.update(mailed_until=run.window_end)
        run.cursor = people[-1]
        DigestRun.objects.filter(pk=run.pk).update(cursor=run.cursor)
    return len(people)


def waiting_follows(run: DigestRun) -> FollowQuerySet:
    """The follows whose news goes out with this run."""
    return Follow.objects.mailed(run.cadence).filter(mailed_until__lt=run.window_end)


def wanted_by(
    run: DigestRun, news: News, follows: Iterable[tuple[int, int, str, int, datetime]]
) -> dict[int, dict[int, list[int]]]:
    """Person → follow → the events that it brings, oldest first; nobody without any. Without own deeds and what an
    earlier run took for the person.
    """
    window = Window(run.window_start, run.window_end)
    floor = windows.earliest_news(window)
    wanted: dict[int, dict[int, list[int]]] = defaultdict(dict)
    earliest, happened = run.window_end, news.at
    for follow, person, kind, target, mailed_until in follows:
        # Most follows bring all that touches their thing: they share the list.
        events = news.touching.get((kind, target), [])
        since = max(mailed_until, floor)
        if events and happened[events[0]] < since:
            events = events[bisect_left(events, since, key=happened.__getitem__) :]
        if person in news.by_actor:
            events = _without(events, news.by_actor[person])
        if events:
            wanted[person][follow] = events
            earliest = min(earliest, happened[events[0]])
    if wanted:
        # Another follow of the same person, with another cadence, may have brought it already.
        before = DigestRecipient.objects.filter(person__in=list(wanted), run__window_end__gt=earliest)
        for person, items in before.exclude(run=run.pk).values_list("person", "items"):
            taken = {event for _follow, events in items for event in events}
            left = {follow: _without(events, taken) for follow, events in wanted.get(person, {}).items()}
            wanted[person] = {follow: events for follow, events in left.items() if events}
    return {person: own for person, own in wanted.items() if own}


def _without(events: list[int], those: Container[int]) -> list[int]:
    return [event for event in events if event not in those]


def items_of(wanted: dict[int, list[int]]) -> list[list[Any]]:
    """What one person's mail is made of, as a recipient's row holds it."""
    return [[follow, wanted[follow]] for follow in sorted(wanted)]


def _write(run: DigestRun, people: dict[int, int | None], wanted: dict[int, dict[int, list[int]]]) -> None:
    """A recipient for everybody (of an immediate run: for those with news), a mail for those with news.

    `people` says at which hour of the day each of them wants their mail; what comes as it happens does not wait.
    """
    busy = [person for person in people if wanted.get(person)]
    now = timezone.now()
    at_once = run.cadence == Cadence.IMMEDIATELY
    due = {hour: now if at_once else windows.hour_of_day(hour, now) for hour in set(people.values())}
    mails = OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            key=keys.of_digest(run.pk, person),
            kind=MailKind.DIGEST,
            person_id=person,
            message_id=new_message_id(),
            urgency=2 if at_once else 5,
            next_attempt_at=due[people[person]],
        )
        for person in busy
    )
    mail_of = dict(zip(busy, mails, strict=True))
    quiet = [] if at_once else [person for person in people if person not in mail_of]
    DigestRecipient.objects.bulk_create(
        DigestRecipient(
            run=run,
            person_id=person,
            state=RecipientState.PLANNED if person in mail_of else RecipientState.NOTHING,
            items=items_of(wanted[person]) if person in mail_of else [],
            email=mail_of.get(person),
        )
        for person in [*busy, *quiet]
    )
