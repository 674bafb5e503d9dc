"""A digest: everything new over all follows, each thing once, with the reasons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.models import Event
from digests import keys, stories, tokens
from digests.mime import fits
from digests.models import (
    Cadence,
    DigestRecipient,
    Follow,
    MailKind,
    MailState,
    OutgoingEmail,
    RecipientState,
    SearchMatch,
)
from digests.rendering import desk
from digests.rendering.choosing import Likenesses, choose, group, likenesses
from digests.rendering.letters import Letter, Nothing, Written, compose, list_headers, writes
from digests.rendering.subjects import digest_subject
from digests.searches import Telling
from digests.targets import Target, TargetCard

_UTC = UTC
CAP = 20
FOLLOWS = 20
VOICES = 3
NOTES = 5
REASONS = 3
_HOW_OFTEN = {
    Cadence.IMMEDIATELY: gettext_lazy("as it happens"),
    Cadence.DAILY: gettext_lazy("once a day"),
    Cadence.WEEKLY: gettext_lazy("once a week"),
}


@dataclass(kw_only=True)
class Entry:
    """One case study or programme in one digest, with what happened to it. `news_at` is the latest of it.

    `noted` has the latest note about each thing beside it, each adoption once. `organisation` is whose it is, and
    `evidence` its rating. `number` is its place in the mail.
    """

    root: Target
    title: str
    url: str
    byline: str
    summary: str
    outcome: str
    news_at: datetime
    organisation: int = 0
    evidence: int = 0
    number: int = 0
    change: str = ""
    is_new: bool = False
    told: list[stories.Story] = field(default_factory=list)
    noted: dict[Target, stories.Story] = field(default_factory=dict)
    because: list[TargetCard] = field(default_factory=list)

    @property
    def notes(self) -> list[dict[str, str]]:
        return [
            {"words": story.note, "url": tokens.absolute(story.note_url) if story.note_url else ""}
            for story in list(self.noted.values())[:NOTES]
        ]

    @property
    def more_notes(self) -> int:
        return max(len(self.noted) - NOTES, 0)

    @property
    def adoptions(self) -> int:
        return sum(kind == "adoption" for kind, _pk in self.noted)

    @property
    def reason(self) -> str:
        """“You follow Empty shops and Stockport”, at most three of them by name."""
        names = [card.called for card in self.because]
        if len(names) > REASONS:
            more = len(names) - REASONS + 1
            names = [*names[: REASONS - 1], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
        return _("Because you follow %(names)s") % {"names": get_text_list(names, _("and"))}

    @property
    def facts(self) -> str:
        """Whose it is, and whether it worked."""
        return " · ".join(word for word in (self.byline, self.outcome) if word)

    @property
    def voices(self) -> list[stories.Story]:
        return self.told[:VOICES]

    @property
    def more_voices(self) -> int:
        return max(len(self.told) - VOICES, 0)


@dataclass(kw_only=True)
class Digest:
    """What one person is told, newest first. `matched` is the latest event that each follow brought; `first` says that
    the reader had none before; `alike` ranks what does not all fit.
    """

    recipient: DigestRecipient
    entries: list[Entry]
    follows: list[tuple[Follow, TargetCard]]
    matched: dict[int, int]
    first: bool = False
    alike: Likenesses = field(default_factory=Likenesses)


@writes(MailKind.DIGEST)
def write_digests(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Write a batch in a number of queries that does not depend on its size.

    A digest may wait for hours for the time of day that its reader wants: who stops all mail meanwhile gets none.
    """
    return {
        digest.recipient.email_id: Nothing("They have stopped all mail.") if _stopped(digest) else letter(digest)
        for digest in gather(mails)
        if digest.recipient.email_id
    }


def _stopped(digest: Digest) -> bool:
    preference = getattr(digest.recipient.person, "mail_preference", None)
    return bool(preference and preference.stopped_at)


def in_browser(mail: OutgoingEmail, *, whole: bool) -> Written:
    """The digest for its link, also for a reader who has stopped all mail since; `whole` leaves out the cap."""
    for digest in gather([mail]):
        return letter(digest, whole=whole)
    return Nothing("This digest is gone.")


def gather(mails: Sequence[OutgoingEmail]) -> Iterator[Digest]:
    """What each of these digests holds if it were read now."""
    recipients = list(
        DigestRecipient.objects.filter(email__in=[mail.pk for mail in mails]).select_related(
            "run", "person__mail_preference"
        )
    )
    yield from digests_of(recipients)


def digests_of(recipients: Sequence[DigestRecipient], *, found: Iterable[SearchMatch] = ()) -> Iterator[Digest]:
    """The same for recipients that need not be stored; `found` is what searches would bring them."""
    own = desk.current()
    follow_ids = {one for recipient in recipients for _event, by in recipient.items for one in by}
    follows = {one.pk: one for one in Follow.objects.wanted().filter(pk__in=follow_ids)}
    events = own.events({event for recipient in recipients for event, _by in recipient.items})
    insiders = stories.readers_of_members_text({recipient.person_id for recipient in recipients})
    noticed = _noticed(recipients, events)
    telling = Telling(follows.values(), events.values(), found)
    firsts = _firsts(recipients)
    alike: Likenesses | None = None
    for language in sorted({recipient.person.language for recipient in recipients}):
        with translation.override(language):
            told = own.stories(events.values())
            cards = own.cards({_target(one) for one in follows.values()})
            if alike is None:
                alike = _alike(recipients, told)
            for recipient in recipients:
                if recipient.person.language == language:
                    digest = _digest(
                        recipient,
                        events=events,
                        told=told,
                        follows=follows,
                        cards=cards,
                        insiders=insiders,
                        noticed=noticed,
                        telling=telling,
                    )
                    digest.first = firsts.get(recipient.person_id, recipient.pk) == recipient.pk
                    digest.alike = alike
                    yield digest


def _digest(
    recipient: DigestRecipient,
    *,
    events: dict[int, Event],
    told: dict[int, stories.Story],
    follows: dict[int, Follow],
    cards: dict[Target, TargetCard],
    insiders: set[int],
    noticed: set[tuple[int, int]],
    telling: Telling,
) -> Digest:
    """Newest first. A thing appears once, as it is after its latest change."""
    entries: dict[Target, Entry] = {}
    used: dict[int, tuple[Follow, TargetCard]] = {}
    matched: dict[int, int] = {}
    newest_first = sorted(recipient.items, key=lambda item: _order(events.get(item[0])), reverse=True)
    for event_id, by in newest_first:
        event, story = events.get(event_id), told.get(event_id)
        if event is None or story is None:
            continue
        reasons = [
            (follows[pk], card)
            for pk in by
            if pk in follows
            and (card := cards.get(_target(follows[pk])))
            and telling.may(follows[pk], event, insider=recipient.person_id in insiders)
        ]
        if not reasons:
            continue
        if (event_id, recipient.person_id) in noticed:
            continue
        if story.members_only and recipient.person_id not in insiders:
            continue
        entry = entries.get(story.root)
        if entry is None:
            entry = entries[story.root] = Entry(
                root=story.root,
                title=story.title,
                url=tokens.absolute(story.url),
                byline=story.byline,
                summary=story.summary,
                outcome=story.outcome,
                news_at=event.occurred_at,
                organisation=story.organisation,
                evidence=story.evidence,
            )
        if story.about:
            entry.noted.setdefault(story.about, story)
        elif story.voice:
            if story not in entry.told:
                entry.told.append(story)
        elif not entry.change or story.is_new:
            # The latest change is told; that the thing itself is new outweighs that it was changed since.
            entry.change, entry.is_new = story.change, entry.is_new or story.is_new
        for follow, card in reasons:
            used.setdefault(follow.pk, (follow, card))
            matched.setdefault(follow.pk, event.pk)
            if card not in entry.because:
                entry.because.append(card)
    return Digest(
        recipient=recipient,
        entries=list(entries.values()),
        follows=list(used.values()),
        matched=matched,
    )


def _alike(recipients: Sequence[DigestRecipient], told: dict[int, stories.Story]) -> Likenesses:
    """Asked only if somebody has more than there is room for."""
    full = {recipient.person_id for recipient in recipients if len(recipient.items) > CAP}
    councils = {story.organisation for story in told.values()} - {0}
    return likenesses(full, councils) if full and councils else Likenesses()


def _firsts(recipients: Sequence[DigestRecipient]) -> dict[int, int]:
    """Person → the first digest that they were sent, or are about to be: it says what this mail is."""
    people = {recipient.person_id for recipient in recipients}
    reached = DigestRecipient.objects.filter(person__in=people, state__in=[RecipientState.PLANNED, RecipientState.SENT])
    return dict(reached.order_by().values("person").annotate(first=Min("pk")).values_list("person", "first"))


def _noticed(recipients: Sequence[DigestRecipient], events: dict[int, Event]) -> set[tuple[int, int]]:
    """(event, person) of replies and adoptions that were told at once in a mail of their own."""
    keyed: dict[str, set[tuple[int, int]]] = {}
    for recipient in recipients:
        for event_id, _by in recipient.items:
            event = events.get(event_id)
            if event and (key := keys.of_notice(event, recipient.person_id)):
                keyed.setdefault(key, set()).add((event.pk, recipient.person_id))
    if not keyed:
        return set()
    notices = OutgoingEmail.objects.filter(
        kind__in=[MailKind.REPLY, MailKind.ADOPTION], person__in={recipient.person_id for recipient in recipients}
    ).exclude(state__in=[MailState.SUPPRESSED, MailState.FAILED])
    since = min(event.occurred_at for event in events.values())
    told = notices.filter(created_at__gte=since).values_list("key", flat=True)
    return {pair for key in told for pair in keyed.get(key, ())}


def _order(event: Event | None) -> tuple[datetime, int]:
    return (event.occurred_at, event.pk) if event else (datetime.min.replace(tzinfo=UTC), 0)


def _target(follow: Follow) -> Target:
    return follow.target_kind, follow.target_id


def letter(digest: Digest, *, whole: bool = False) -> Written:
    if not digest.entries:
        return Nothing("Nothing is left that may be shown.")
    with translation.override(digest.recipient.person.language):
        letter = _written(digest, cap=None if whole else CAP)
        shown = min(CAP, len(digest.entries))
        while not whole and shown > 1 and not fits(letter):
            # What is left out is behind the link to the rest.
            shown -= max(1, shown // 8)
            letter = _written(digest, cap=shown)
        return letter


def _written(digest: Digest, *, cap: int | None) -> Letter:
    stop_all = tokens.stop_link(person=digest.recipient.person_id, what=tokens.ALL)
    return compose(
        "digest",
        context(digest, cap=cap),
        headers=list_headers(name=f"digest-{digest.recipient.run.cadence}", stop_url=stop_all),
        brought=digest.matched,
    )


def context(digest: Digest, *, cap: int | None) -> dict[str, Any]:
    """What the templates show; `cap=None` shows everything (in the browser)."""
    recipient = digest.recipient
    chosen = choose(digest.entries, cap=cap, person=recipient.person_id, alike=digest.alike)
    groups = group(digest.entries, shown=chosen)
    shown = [entry for one in groups for entry in one.entries]
    for number, entry in enumerate(shown, start=1):
        entry.number = number
    mail = recipient.email_id or 0
    return {
        "subject_line": digest_subject(digest.entries),
        "preheader": " · ".join(entry.title for entry in shown[:3]),
        "first": digest.first,
        "groups": groups,
        "entries": shown,
        "more": len(digest.entries) - len(shown),
        "rest_url": tokens.mail_link(mail, all="1"),
        "browser_url": tokens.mail_link(mail),
        "manage_url": tokens.absolute(reverse("following")),
        "stop_all_url": tokens.stop_link(person=recipient.person_id, what=tokens.ALL),
        "follows": [
            {"title": card.title, "stop_url": tokens.stop_link(person=recipient.person_id, what=follow.pk)}
            for follow, card in digest.follows[:FOLLOWS]
        ],
        "more_follows": max(len(digest.follows) - FOLLOWS, 0),
        "how_often": _HOW_OFTEN[Cadence(recipient.run.cadence)],
    }
