"""What a person follows, as their page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Event
from digests import stories, targets, tokens
from digests.models import Cadence, Follow, MailPreference
from digests.models.follows import DEFAULT_CADENCE
from digests.targets import TargetCard
from search.models import SavedSearch
from search.saved import key_of
from search.state import SearchState

SHOWN_AFTER_END = timedelta(days=90)
MOST_ENDED = 20


@dataclass(frozen=True, kw_only=True)
class FollowRow:
    """`card` is None when what it follows is gone; `last` says why the last mail had it, `last_url` leads there."""

    follow: Follow
    kind: str
    card: TargetCard | None
    last: str = ""
    last_url: str = ""


@dataclass(frozen=True, kw_only=True)
class MailState:
    """`cadence` is the person's default, `send_hour` when their digests come (None: at 8), `notices` which kinds of
    notice they want; `paused_until` lies ahead.
    """

    cadence: str
    send_hour: int | None
    notices: dict[str, bool]
    stopped: bool
    paused_until: date | None = None


def followed_by(person: User) -> QuerySet[Follow]:
    """Newest first."""
    return Follow.objects.of(person).order_by("-created_at", "-pk")


def rows_of(person: User, follows: Sequence[Follow]) -> list[FollowRow]:
    """These follows as the page shows them, in a number of queries that does not grow with them."""
    cards = targets.load(one.target for one in follows)
    events = Event.objects.filter(pk__in=[one.last_event_id for one in follows if one.last_event_id])
    insider = bool(stories.readers_of_members_text([person.pk]))
    told = {pk: one for pk, one in stories.load(events).items() if insider or not one.members_only}
    rows = []
    for one in follows:
        story = told.get(one.last_event_id or 0)
        rows.append(
            FollowRow(
                follow=one,
                kind=str(targets.label_of(one.target_kind)),
                card=cards.get(one.target),
                last=_last(story) if story else "",
                last_url=story.url if story else "",
            )
        )
    return rows


@dataclass(frozen=True, kw_only=True)
class EndedRow:
    """`card` is None when it can not be followed again; then `name` is what kind of thing it was."""

    follow: Follow
    name: str
    card: TargetCard | None


def ended_by(person: User) -> list[EndedRow]:
    """What they followed until lately and do not follow now, latest first, each once; three queries and the cards'."""
    since = timezone.now() - SHOWN_AFTER_END
    again = Follow.objects.of(person).filter(target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"))
    ended = Follow.objects.filter(~Exists(again), person=person, ended_at__gte=since).order_by("-ended_at", "-pk")
    latest: dict[targets.Target, Follow] = {}
    for one in ended[: MOST_ENDED * 3]:
        latest.setdefault(one.target, one)
    shown = list(latest.values())[:MOST_ENDED]
    cards = targets.load(one.target for one in shown)
    rows = []
    for one in shown:
        card = cards.get(one.target)
        name = card.title if card else str(targets.label_of(one.target_kind))
        rows.append(EndedRow(follow=one, name=name, card=card))
    return rows


def mail_state(person: User) -> MailState:
    preference = MailPreference.objects.filter(person=person).first()
    until = preference.paused_until if preference else None
    return MailState(
        cadence=preference.cadence if preference else DEFAULT_CADENCE,
        send_hour=preference.send_hour if preference else None,
        notices={name: wants(preference, name) for name in tokens.NOTICES},
        stopped=bool(preference and preference.stopped_at),
        paused_until=until if until and until > timezone.localdate() else None,
    )


def wants(preference: MailPreference | None, notice: str) -> bool:
    """Whoever has said nothing is told."""
    return preference is None or bool(getattr(preference, notice))


def is_following(person: User, target: targets.Target) -> bool:
    return Follow.objects.of(person).filter(target_kind=target[0], target_id=target[1]).exists()


def followed_search(person: User, state: SearchState) -> int | None:
    """The number of the saved search that asks this, if the person follows it; one query."""
    own = Follow.objects.of(person).filter(target_kind=targets.SAVED_SEARCH).values("target_id")
    return SavedSearch.objects.filter(key=key_of(state), pk__in=own).values_list("pk", flat=True).first()


def cadence_name(cadence: str, *, send_hour: int | None = None) -> str:
    """“Every day at 8”, or at the hour that the person wishes."""
    at = {"hour": f"{send_hour}:00"}
    if send_hour is not None and cadence == Cadence.DAILY:
        return _("Every day at %(hour)s") % at
    if send_hour is not None and cadence == Cadence.WEEKLY:
        return _("Every Tuesday at %(hour)s") % at
    return str(Cadence(cadence).label)


def cadence_names(send_hour: int | None = None) -> list[tuple[str, str]]:
    """All there are, as choices of a form."""
    return [(cadence, cadence_name(cadence, send_hour=send_hour)) for cadence in Cadence]


def _last(story: stories.Story) -> str:
    if story.voice:
        return _("%(who)s commented on “%(title)s”") % {"who": story.voice, "title": story.title}
    return f"{story.change}: {story.title}" if story.change else story.title
