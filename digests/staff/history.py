"""One person's mail: what they follow, how they want it, what went out, what came back, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core.models import EventTarget
from digests import stories, targets
from digests.models import (
    Cadence,
    DigestEvent,
    DigestRecipient,
    DigestRun,
    Follow,
    MailPreference,
    MailReport,
    OutgoingEmail,
    SearchMatch,
    Suppression,
)
from digests.models.follows import DEFAULT_CADENCE
from digests.staff import mails
from digests.staff.explaining import Facts, explain
from digests.windows import LONDON

LATEST = 25
BACK = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class FollowLine:
    follow: Follow
    kind: str
    title: str
    how_often: str


@dataclass(frozen=True, kw_only=True)
class RunLine:
    run: DigestRun
    why: str


@dataclass(frozen=True, kw_only=True)
class History:
    person: User
    follows: list[FollowLine]
    ended: list[FollowLine]
    preference: MailPreference
    suppression: Suppression | None
    mails: Sequence[OutgoingEmail]
    reports: Sequence[MailReport]
    runs: list[RunLine]


def found_by(address: str) -> User | None:
    return User.objects.filter(email__iexact=address.strip()).first()


def of(person: User, *, day: date | None = None) -> History:
    """A number of queries that grows with the runs that are explained, and with nothing else."""
    lines = _follow_lines(person)
    runs = list(_runs(person, day))
    known = Known(person, runs)
    preference = MailPreference.objects.filter(person=person).first() or MailPreference(person=person)
    return History(
        person=person,
        follows=[line for line in lines if line.follow.ended_at is None],
        ended=[line for line in lines if line.follow.ended_at is not None],
        preference=preference,
        suppression=Suppression.objects.filter(address__iexact=person.email).first(),
        mails=list(OutgoingEmail.objects.filter(person=person).defer(*mails.UNREAD).order_by("-pk")[:LATEST]),
        reports=list(MailReport.objects.filter(mail__person=person).order_by("-at")[:LATEST]),
        runs=[RunLine(run=run, why=why(person, run, known=known)) for run in runs],
    )


def _follow_lines(person: User) -> list[FollowLine]:
    follows = list(Follow.objects.filter(person=person).with_cadence().order_by("-created_at", "-pk"))
    cards = targets.load(one.target for one in follows)
    return [
        FollowLine(
            follow=one,
            kind=str(targets.label_of(one.target_kind)),
            title=card.title if (card := cards.get(one.target)) else "",
            how_often=str(Cadence(one.how_often).label),  # type: ignore[attr-defined]  # annotated
        )
        for one in follows
    ]


def _runs(person: User, day: date | None) -> "QuerySet[DigestRun]":
    """Those that ended on this day; else the latest. Of the many of every five minutes only those that concern them."""
    runs = DigestRun.objects.order_by("-window_end", "-pk")
    if day:
        start = datetime.combine(day, time(0), tzinfo=LONDON)
        end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=LONDON)
        runs = runs.filter(window_end__gte=start, window_end__lt=end)
        theirs = DigestRecipient.objects.filter(person=person).values("run")
        return runs.exclude(cadence=Cadence.IMMEDIATELY) | runs.filter(pk__in=theirs)
    recent = runs.filter(window_end__gt=timezone.now() - BACK)
    theirs = DigestRecipient.objects.filter(person=person).values("run")
    return (recent.exclude(cadence=Cadence.IMMEDIATELY) | recent.filter(pk__in=theirs))[:LATEST]


class Known:
    """What is read once for all runs of one person: how they want their mail, what they follow, what each run made."""

    def __init__(self, person: User, runs: Sequence[DigestRun]) -> None:
        self.preference = MailPreference.objects.filter(person=person).first()
        self.follows = list(Follow.objects.filter(person=person).with_cadence())
        stored = [run.pk for run in runs if run.pk]
        rows = DigestRecipient.objects.filter(person=person, run__in=stored).select_related("email")
        self.recipients = {one.run_id: one for one in rows.defer(*(f"email__{name}" for name in mails.UNREAD))}


def why(person: User, run: DigestRun, *, state: str = "", known: Known | None = None) -> str:
    """Why they got a mail of this run, or none. What they changed since is not known, so it is told as it is now.

    Of a run that is not stored, `state` is what they would have in it.
    """
    return explain(facts_of(person, run, state=state, known=known or Known(person, [run])))


def facts_of(person: User, run: DigestRun, *, state: str, known: Known) -> Facts:
    recipient = known.recipients.get(run.pk)
    mail = recipient.email if recipient else None
    preference, follows = known.preference, known.follows
    during = [one for one in follows if one.created_at < run.window_end and not _ended_by(one, run.window_end)]
    theirs = [one for one in during if one.how_often == run.cadence]  # type: ignore[attr-defined]  # annotated
    touched, own, told = (0, 0, 0) if mail else _news(person, run, theirs)
    return Facts(
        planned=run.pk is None or run.planned_at is not None or run.cursor >= person.pk,
        state=recipient.state if recipient else state,
        mail_state=mail.state if mail else "",
        error=mail.error if mail else "",
        sent_at=mail.sent_at if mail else None,
        active=person.is_active,
        stopped_at=preference.stopped_at if preference else None,
        paused_until=preference.paused_until if preference else None,
        decided_at=run.planned_at or timezone.now(),
        immediate=run.cadence == Cadence.IMMEDIATELY,
        follows=len(theirs),
        covered=sum(one.mailed_until >= run.window_end for one in theirs) if not recipient else 0,
        elsewhere=sorted({str(Cadence(one.how_often).label) for one in during} - {str(Cadence(run.cadence).label)}),  # type: ignore[attr-defined]  # annotated
        ended=sum(_ended_by(one, run.window_end) for one in follows),
        later=sum(one.created_at >= run.window_end for one in follows),
        touched=touched,
        own=own,
        told=told,
    )


def cadence_of(preference: MailPreference) -> str:
    return str(Cadence(preference.cadence or DEFAULT_CADENCE).label)


def _ended_by(follow: Follow, moment: datetime) -> bool:
    return follow.ended_at is not None and follow.ended_at <= moment


def _news(person: User, run: DigestRun, follows: Sequence[Follow]) -> tuple[int, int, int]:
    """Events of the run's window that these follows bring: how many, how many their own, how many told."""
    if not follows:
        return 0, 0, 0
    within = DigestEvent.objects.filter(at__gte=run.window_start, at__lt=run.window_end)
    things = {one.target for one in follows}
    touching = EventTarget.objects.filter(
        event__in=within.values("event"),
        kind__in={kind for kind, _pk in things},
        object_id__in={pk for _k, pk in things},
    )
    rows = touching.values_list("event", "kind", "object_id", "event__kind", "event__actor")
    found = {
        event: actor for event, kind, pk, what, actor in rows if (kind, pk) in things and kind in stories.through(what)
    }
    searches = {pk for kind, pk in things if kind == targets.SAVED_SEARCH}
    if searches:
        matches = SearchMatch.objects.filter(search__in=searches, event__in=within.values("event"))
        found.update(matches.values_list("event", "event__actor"))
    own = {event for event, actor in found.items() if actor == person.pk}
    others = DigestRecipient.objects.filter(person=person, run__window_end__gt=run.window_start).exclude(run=run.pk)
    elsewhere = {
        event for items in others.values_list("items", flat=True) for _follow, events in items for event in events
    }
    return len(found), len(own), len((set(found) - own) & elsewhere)
