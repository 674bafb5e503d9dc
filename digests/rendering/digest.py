"""A digest: everything new over all follows, each thing once, with the reasons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

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
from digests.models.mail import NOTICES
from digests.rendering.choosing import Likenesses, choose, group, likenesses
from digests.rendering.desk import Desk, current
from digests.rendering.entries import Entry, dress
from digests.rendering.letters import Letter, Nothing, Written, compose, list_headers, writes
from digests.rendering.subjects import digest_subject
from digests.searches import Telling
from digests.targets import Target, TargetCard

CAP = 20
FOLLOWS = 20
_HOW_OFTEN = {
    Cadence.IMMEDIATELY: gettext_lazy("as it happens"),
    Cadence.DAILY: gettext_lazy("once a day"),
    Cadence.WEEKLY: gettext_lazy("once a week"),
}


@dataclass(kw_only=True)
class Digest:
    """What one person is told, newest first. `matched` is the latest event that each follow brought; `first` says that
    the reader had none before; `alike` ranks what does not all fit; `desk` is what it was read from.
    """

    recipient: DigestRecipient
    entries: list[Entry]
    follows: list[tuple[Follow, TargetCard]]
    matched: dict[int, int]
    first: bool = False
    alike: Likenesses = field(default_factory=Likenesses)
    desk: Desk = field(default_factory=Desk)


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
    desk = current()
    follow_ids = {one for recipient in recipients for _event, by in recipient.items for one in by}
    follows = {one.pk: one for one in Follow.objects.wanted().filter(pk__in=follow_ids)}
    events = desk.events({event for recipient in recipients for event, _by in recipient.items})
    insiders = stories.readers_of_members_text({recipient.person_id for recipient in recipients})
    noticed = _noticed(recipients, events)
    telling = Telling(follows.values(), events.values(), found)
    firsts = _firsts(recipients)
    alike: Likenesses | None = None
    for language in sorted({recipient.person.language for recipient in recipients}):
        with translation.override(language):
            told = desk.stories(events.values())
            cards = desk.cards({_target(one) for one in follows.values()})
            reasons = {pk: (one, cards[_target(one)]) for pk, one in follows.items() if _target(one) in cards}
            if alike is None:
                alike = _alike(recipients, told)
            for recipient in recipients:
                if recipient.person.language == language:
                    digest = _digest(
                        recipient,
                        events=events,
                        told=told,
                        reasons=reasons,
                        insider=recipient.person_id in insiders,
                        noticed=noticed,
                        telling=telling,
                    )
                    digest.first = firsts.get(recipient.person_id, recipient.pk) == recipient.pk
                    digest.alike, digest.desk = alike, desk
                    yield digest


def _digest(
    recipient: DigestRecipient,
    *,
    events: dict[int, Event],
    told: dict[int, stories.Story],
    reasons: dict[int, tuple[Follow, TargetCard]],
    insider: bool,
    noticed: set[tuple[int, int]],
    telling: Telling,
) -> Digest:
    """Newest first. A thing appears once, as it is after its latest change."""
    entries: dict[Target, Entry] = {}
    used: dict[int, tuple[Follow, TargetCard]] = {}
    matched: dict[int, int] = {}
    newest_first = sorted(
        (item for item in recipient.items if item[0] in told), key=lambda item: _order(events[item[0]]), reverse=True
    )
    for event_id, by in newest_first:
        event, story = events[event_id], told[event_id]
        if (event_id, recipient.person_id) in noticed or (story.members_only and not insider):
            continue
        mine = [one for pk in by if (one := reasons.get(pk)) and telling.may(one[0], event, insider=insider)]
        if not mine:
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
        entry.events.append(event_id)
        for follow, card in mine:
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
    """(event, person) of what was told at once in a mail of its own: replies, mentions, adoptions."""
    if not events:
        return set()
    notices = OutgoingEmail.objects.filter(
        kind__in=NOTICES, person__in={recipient.person_id for recipient in recipients}
    ).exclude(state__in=[MailState.SUPPRESSED, MailState.FAILED])
    since = min(event.occurred_at for event in events.values())
    told: dict[int | None, set[str]] = {}
    for person, key in notices.filter(created_at__gte=since).values_list("person", "key"):
        told.setdefault(person, set()).add(key)
    return {
        (event_id, recipient.person_id)
        for recipient in recipients
        if recipient.person_id in told
        for event_id, _by in recipient.items
        if event_id in events and keys.of_notice(events[event_id], recipient.person_id) in told[recipient.person_id]
    }


def _order(event: Event) -> tuple[datetime, int]:
    return event.occurred_at, event.pk


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
    shown = context(digest, cap=cap)
    return compose(
        "digest",
        shown,
        headers=list_headers(name=f"digest-{digest.recipient.run.cadence}", stop_url=stop_all),
        brought=digest.matched,
        pieces=[entry.piece.html for entry in shown["entries"]],
    )


def context(digest: Digest, *, cap: int | None) -> dict[str, Any]:
    """What the templates show; `cap=None` shows everything (in the browser)."""
    recipient = digest.recipient
    chosen = choose(digest.entries, cap=cap, person=recipient.person_id, alike=digest.alike)
    groups = group(digest.entries, shown=chosen)
    shown = [entry for one in groups for entry in one.entries]
    for number, entry in enumerate(shown, start=1):
        entry.number = number
    for one in groups:
        dress(one.entries, desk=digest.desk, below_heading=bool(one.title))
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
