"""What the next run would do: who would get what, and why, without a row.

The same functions decide as in a run (`load_news`, `wanted_by`) and write as in a mail (`digests_of`), so that the
answer is the run's own. What searches have found is asked of the engine and kept nowhere; what the index has not
heard of yet is not found, while a run would see to that first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db.models import Max
from django.utils import timezone, translation

from accounts.models import User
from core.models import Delivery
from digests import searches, stories, windows
from digests.models import Cadence, DigestRecipient, DigestRun, RecipientState, SearchMatch
from digests.rendering.digest import Digest, digests_of, letter
from digests.rendering.letters import Letter
from digests.services.planning import BATCH, News, items_of, load_news, waiting_follows, wanted_by
from digests.targets import Target

SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing in a mail: what it is, and why this reader gets it. Titles only; the rest may be for members."""

    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Would:
    """What one person would get. Without a `subject` there is no mail, and `why` says why."""

    person: User
    subject: str = ""
    lines: Sequence[Line] = ()
    more: int = 0
    why: str = ""


@dataclass(kw_only=True)
class Rehearsal:
    """`people` would be looked at and `mails` be planned; `shown` are the first of them. `unheard` events are still on
    their way to the digests; `cut` says that there are more people than were looked at.
    """

    run: DigestRun
    people: int = 0
    mails: int = 0
    unheard: int = 0
    cut: bool = False
    shown: list[Would] = field(default_factory=list)


def rehearse(
    *,
    cadence: str,
    at: datetime | None = None,
    person: User | None = None,
    shown: int = SHOWN,
    most: int | None = None,
) -> Rehearsal | None:
    """The next run of a cadence as of `at`; None if that has been planned already. At most so many people, if said."""
    run = next_run(cadence, at=at or timezone.now())
    if run is None:
        return None
    found: list[SearchMatch] = []

    def match(kinds: dict[int, str], ids: set[int]) -> dict[Target, list[int]]:
        found.extend(searches.find(kinds, searches=ids))
        return searches.brought_by(found)

    unheard = Delivery.objects.filter(consumer=stories.CONSUMER).count()
    told = Rehearsal(run=run, unheard=unheard)
    planned: list[DigestRecipient] = []
    for recipient in _recipients(run, load_news(run, match=match), person=person):
        if most is not None and told.people >= most:
            told.cut = True
            break
        told.people += 1
        told.mails += bool(recipient.items)
        if recipient.items and len(planned) < shown:
            planned.append(recipient)
    told.shown = _as_written(planned, found)
    return told


def next_run(cadence: str, *, at: datetime) -> DigestRun | None:
    """The run that a planner would make or finish next at this moment, not stored if it is not there yet.

    Of several the first that has somebody to look at; None if all there could be has been planned.
    """
    runs = _coming(cadence, at)
    return next((run for run in runs if waiting_follows(run).exists()), runs[-1] if runs else None)


def _coming(cadence: str, at: datetime) -> list[DigestRun]:
    """Those that are half done, those that are due, and the one whose window is still open."""
    there = DigestRun.objects.filter(cadence=cadence)
    since = windows.caught_up_since(at)
    latest = there.aggregate(end=Max("window_end"))["end"]
    half_done = there.filter(planned_at=None, window_end__gt=since, window_end__lte=at).order_by("window_end")
    if cadence == Cadence.IMMEDIATELY:
        started = max(latest or at - windows.CATCH_UP, at - windows.CATCH_UP)
        return [*half_done, *_run(cadence, started, at)]
    made = set(there.filter(window_end__gt=since).values_list("window_start", "window_end"))
    due = [one for one in windows.due_windows(cadence, at) if (one.start, one.end) not in made]
    if at > timezone.now():
        # Those that end before a day to come will have been planned by then.
        due = due[-1:]
    opened = windows.window_ending_by(cadence, at).end
    still_open = _run(cadence, max(latest or opened, opened), windows.next_end(cadence, at))
    return [*half_done, *(run for one in due for run in _run(cadence, one.start, one.end)), *still_open]


def _run(cadence: str, start: datetime, end: datetime) -> list[DigestRun]:
    return [DigestRun(cadence=cadence, window_start=start, window_end=end)] if start < end else []


def _recipients(run: DigestRun, news: News, *, person: User | None) -> Iterator[DigestRecipient]:
    """Everybody whom the run would look at, in its order, with what it would take into account for them."""
    cursor = run.cursor
    while True:
        waiting = waiting_follows(run).filter(person__gt=cursor)
        if person:
            waiting = waiting.filter(person=person)
        people = list(waiting.order_by("person").values_list("person", flat=True).distinct()[:BATCH])
        if not people:
            return
        batch = waiting.filter(person__lte=people[-1])
        wanted = wanted_by(run, news, batch.values_list("pk", "person", "target_kind", "target_id", "mailed_until"))
        for pk in people:
            items = items_of(wanted.get(pk, {}))
            state = RecipientState.PLANNED if items else RecipientState.NOTHING
            yield DigestRecipient(run=run, person_id=pk, state=state, items=items)
        cursor = people[-1]


def _as_written(planned: Sequence[DigestRecipient], found: Sequence[SearchMatch]) -> list[Would]:
    people = User.objects.select_related("mail_preference").in_bulk([one.person_id for one in planned])
    for recipient in planned:
        recipient.person = people[recipient.person_id]
    would = {digest.recipient.person_id: _would(digest) for digest in digests_of(planned, found=found)}
    return [would[one.person_id] for one in planned if one.person_id in would]


def _would(digest: Digest) -> Would:
    person = digest.recipient.person
    written = letter(digest)
    if not isinstance(written, Letter):
        return Would(person=person, why=written.why)
    with translation.override(person.language):
        lines = [Line(title=entry.title, reason=entry.reason) for entry in islice(digest.entries, SHOWN)]
    return Would(person=person, subject=written.subject, lines=lines, more=max(len(digest.entries) - SHOWN, 0))
