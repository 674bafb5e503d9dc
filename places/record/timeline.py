"""One timeline of a place: the council's account and the residents' record, clearly apart.

What a council says in its case studies belongs to its account too. Those live in a room above, which adds its lines
when it starts: `register(lines)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects

from accounts.names import name_of
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate
from moderation.policy import taken_away_by_reports
from moderation.standing import may_contribute
from places.models import Place, RecordEntry, Side
from places.models.record import GONE
from places.permissions import can_edit_entry, can_withdraw_entry, councils_spoken_for

PAGE_SIZE = 20
OLDEST = "oldest"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Something that another room knows of the place. `when` is `YYYY` or `YYYY-MM`; `title` and `url` lead to where it
    stands, `who` says it.
    """

    when: str
    text: str
    who: str
    title: str = ""
    url: str = ""
    side: Side = Side.COUNCIL


Lines = Callable[[Place, Any], Sequence[Line]]
_lines: list[Lines] = []


def register(lines: Lines) -> None:
    """`lines(place, user)` gives what this reader may know, at a constant cost. Safe to repeat."""
    if lines not in _lines:
        _lines.append(lines)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One entry or line as a reader meets it. `entry` is None for a line; a tombstone has neither words nor name."""

    when: str
    side: Side
    who: str = ""
    entry: RecordEntry | None = None
    line: Line | None = None
    gone: bool = False
    by_moderator: bool = False
    by_reports: bool = False
    waits: bool = False
    asked: bool = False
    may_reply: bool = False
    may_edit: bool = False
    may_withdraw: bool = False
    may_report: bool = False
    may_moderate: bool = False
    replies: list["Shown"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One page of it. `counts` says how many of each side there are on all pages."""

    rows: list[Shown]
    page: Page[Any]
    counts: dict[Side, int]
    oldest_first: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def key(self) -> list[tuple[Side, int]]:
        return [(side, self.counts[side]) for side in Side if self.counts.get(side)]


def timeline(*, place: Place, user: Any, number: Any = 1, oldest_first: bool = False) -> Timeline:
    """A page of the timeline, newest first unless asked otherwise; a constant number of queries, however long it is."""
    prefetch_related_objects([place], "organisations")
    lines = [line for of in _lines for line in of(place, user)]
    entries = list(_standing(place, user).values_list("pk", "when", "created_at", "side", "state"))
    keys: list[tuple[tuple[str, float, int], int | Line]] = [
        ((when, created.timestamp(), pk), pk) for pk, when, created, _side, _state in entries
    ]
    keys += [((line.when, 0.0, position), line) for position, line in enumerate(lines)]
    keys.sort(key=lambda one: one[0], reverse=not oldest_first)
    page = Paginator([what for _key, what in keys], PAGE_SIZE).get_page(number)
    loaded = load([what for what in page.object_list if isinstance(what, int)], user)
    counts = {side: sum(line.side == side for line in lines) for side in Side}
    for _pk, _when, _created, side, state in entries:
        counts[Side(side)] += state not in GONE
    rows = []
    for what in page.object_list:
        if isinstance(what, Line):
            rows.append(Shown(when=what.when, side=what.side, who=what.who, line=what))
        elif what in loaded:  # it may have gone between the two queries
            rows.append(shown(loaded[what], place=place, user=user))
    return Timeline(rows=rows, page=page, counts=counts, oldest_first=oldest_first)


def page_number_of(entry: RecordEntry, *, user: Any) -> int:
    """On which page of the timeline, newest first, an entry stands."""
    place = entry.place
    keys = [
        (when, created.timestamp(), pk)
        for pk, when, created in _standing(place, user).values_list("pk", "when", "created_at")
    ]
    keys += [(line.when, 0.0, 0) for of in _lines for line in of(place, user)]
    own = (entry.when, entry.created_at.timestamp(), entry.pk)
    return sum(key > own for key in keys) // PAGE_SIZE + 1


def _standing(place: Place, user: Any) -> Any:
    """What stands on the timeline: what the reader may see, and, as a tombstone, what has gone and was replied to."""
    replied = RecordEntry.objects.published().filter(answers=OuterRef("pk"))
    entries = RecordEntry.objects.filter(place=place, answers=None)
    own = Q(author=user, state__in=OWN_ONLY) if user.is_authenticated else Q(pk__in=[])
    return entries.filter(Q(state=ContributionState.PUBLISHED) | own | Q(Exists(replied), state__in=GONE)).order_by()


def load(numbers: Sequence[int], user: Any) -> dict[int, RecordEntry]:
    """Entries with all that their page says, the replies that this reader may see (`shown_replies`) and the sides that
    have replied, seen or not (`sides_replied`); one query.
    """
    related = ("author", "organisation", "topic", "programme", "photo")
    of_them = Q(answers__in=numbers) & ~Q(state=ContributionState.REMOVED)
    rows = RecordEntry.objects.filter(Q(pk__in=numbers) | of_them).select_related(*related)
    found: dict[int, RecordEntry] = {}
    replies: dict[int, list[RecordEntry]] = {}
    for row in rows.order_by("created_at", "pk"):
        if row.answers_id is None:
            found[row.pk] = row
        else:
            replies.setdefault(row.answers_id, []).append(row)
    for pk, row in found.items():
        row.shown_replies = [one for one in replies.get(pk, []) if _is_shown_to(user, one)]
        row.sides_replied = {one.side for one in replies.get(pk, [])}
    return found


def _is_shown_to(user: Any, reply: RecordEntry) -> bool:
    """As `shown_to` has it: a moderator meets what waits in the queue and not here."""
    own = bool(user.is_authenticated) and reply.author_id == user.pk
    return reply.state == ContributionState.PUBLISHED or (own and reply.state in OWN_ONLY)


def shown(entry: RecordEntry, *, place: Place, user: Any) -> Shown:
    """As this reader meets it, with what they may do."""
    entry.place = place
    replies = [_shown_reply(one, entry, user) for one in entry.shown_replies]
    if entry.is_gone:
        return Shown(
            when=entry.when,
            side=Side(entry.side),
            entry=entry,
            gone=True,
            by_reports=taken_away_by_reports(entry.state_reasons),
            by_moderator=entry.state == ContributionState.HIDDEN or "decision" in entry.state_reasons,
            replies=replies,
        )
    return _facts(entry, user, replies=replies, may_reply=_may_reply(entry, user))


def _shown_reply(reply: RecordEntry, entry: RecordEntry, user: Any) -> Shown:
    reply.place, reply.answers = entry.place, entry
    return _facts(reply, user, replies=[], may_reply=False)


def _facts(entry: RecordEntry, user: Any, *, replies: list[Shown], may_reply: bool) -> Shown:
    public = entry.state == ContributionState.PUBLISHED
    own = bool(user.is_authenticated) and entry.author_id == user.pk
    return Shown(
        when=entry.when,
        side=Side(entry.side),
        who=who_wrote(entry),
        entry=entry,
        waits=entry.state == ContributionState.HELD,
        asked=entry.state == ContributionState.DRAFT,
        may_reply=may_reply,
        may_edit=own and can_edit_entry(user, entry),
        may_withdraw=bool(user.is_authenticated) and can_withdraw_entry(user, entry),
        may_report=public and not own,
        may_moderate=public and not own and can_moderate(user),
        replies=replies,
    )


def _may_reply(entry: RecordEntry, user: Any) -> bool:
    """As `permissions.can_reply`, from what is loaded. A visitor is offered what one of the sides may do."""
    if entry.state != ContributionState.PUBLISHED:
        return False
    if not user.is_authenticated:
        return bool({Side.RESIDENT, Side.COUNCIL} - {entry.side} - entry.sides_replied)
    if entry.author_id == user.pk or not may_contribute(user):
        return False
    side = Side.COUNCIL if councils_spoken_for(user, entry.place) else Side.RESIDENT
    return side != entry.side and side not in entry.sides_replied


def who_wrote(entry: RecordEntry) -> str:
    """The council for its side; the person for theirs. Who of the editors wrote is the network's."""
    if entry.side == Side.COUNCIL and entry.organisation is not None:
        return str(entry.organisation.name)
    return name_of(entry.author) if entry.side == Side.RESIDENT else ""
