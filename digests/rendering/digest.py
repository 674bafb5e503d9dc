"""A digest: everything new over all follows, each thing once, with the reasons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils import translation
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
from digests.models.mail import NOTICES
from digests.rendering.choosing import Likenesses, choose, group, likenesses
from digests.rendering.desk import Desk, current
from digests.rendering.entries import Entry, dress
from digests.rendering.forms import form
from digests.rendering.letters import (
    Letter,
    Nothing,
    Written,
    finished,
    inlined_whole,
    list_headers,
    same_for_all,
    squeezed,
    subject_of,
    writes,
)
from digests.rendering.subjects import digest_subject
from digests.searches import Telling
from digests.targets import SAVED_SEARCH, Target, TargetCard
from digests.templatetags.mail_text import flat, heading, numbered, wrap

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
    """The digest for its link, also for a reader who has stopped all mail since, or the follow that brought something;
    `whole` leaves out the cap.
    """
    for digest in gather([mail], stopped_too=True):
        return letter(digest, whole=whole)
    return Nothing("This digest is gone.")


def gather(mails: Sequence[OutgoingEmail], *, stopped_too: bool = False) -> Iterator[Digest]:
    """What each of these digests holds if it were read now; `stopped_too` with what follows brought that are over."""
    recipients = list(
        DigestRecipient.objects.filter(email__in=[mail.pk for mail in mails]).select_related(
            "run", "person__mail_preference"
        )
    )
    yield from digests_of(recipients, stopped_too=stopped_too)


@dataclass(frozen=True, kw_only=True)
class _News:
    """What may be told to the readers of a batch who read one language, newest first by `order`; `reasons` are their
    follows, `insiders` those who may read what is for members.
    """

    events: dict[int, Event]
    told: dict[int, stories.Story]
    order: dict[int, int]
    reasons: dict[int, tuple[Follow, TargetCard]]
    insiders: set[int]
    noticed: set[tuple[int, int]]
    telling: Telling


def digests_of(
    recipients: Sequence[DigestRecipient], *, found: Iterable[SearchMatch] = (), stopped_too: bool = False
) -> Iterator[Digest]:
    """The same for recipients that need not be stored; `found` is what searches would bring them."""
    desk = current()
    may_bring = Follow.objects.all() if stopped_too else Follow.objects.wanted()
    follows = {one.pk: one for one in may_bring.filter(pk__in=_follows_of(recipients))}
    events = desk.events(_events_of(recipients))
    insiders = stories.readers_of_members_text({recipient.person_id for recipient in recipients})
    noticed = _noticed(recipients, events)
    telling = _telling(recipients, follows, events, found)
    firsts = _firsts(recipients)
    by_language: dict[str, list[DigestRecipient]] = {}
    for recipient in recipients:
        by_language.setdefault(recipient.person.language, []).append(recipient)
    for language, own in sorted(by_language.items()):
        with translation.override(language):
            told = desk.stories(events[pk] for pk in _events_of(own) & events.keys())
            theirs = [follows[pk] for pk in _follows_of(own) & follows.keys()]
            cards = desk.cards({one.target for one in theirs})
            newest_first = sorted(told, key=lambda pk: (events[pk].occurred_at, pk), reverse=True)
            news = _News(
                events=events,
                told=told,
                order={pk: place for place, pk in enumerate(newest_first)},
                reasons={one.pk: (one, cards[one.target]) for one in theirs if one.target in cards},
                insiders=insiders,
                noticed=noticed,
                telling=telling,
            )
            alike = _alike(own, told)
        for recipient in own:
            # Nothing is handed over in this language: whoever stops asking would leave it behind, to be ended whenever
            # Python tidies up, in the middle of somebody else's mail.
            digest = _digest(recipient, news)
            digest.first = firsts.get(recipient.person_id, recipient.pk) == recipient.pk
            digest.alike, digest.desk = alike, desk
            yield digest


def _events_of(recipients: Iterable[DigestRecipient]) -> set[int]:
    return set().union(*(events for recipient in recipients for _follow, events in recipient.items))


def _follows_of(recipients: Iterable[DigestRecipient]) -> set[int]:
    return {follow for recipient in recipients for follow, _events in recipient.items}


def _telling(
    recipients: Iterable[DigestRecipient],
    follows: dict[int, Follow],
    events: dict[int, Event],
    found: Iterable[SearchMatch],
) -> Telling:
    """Asked of nothing but what searches bring."""
    asked = {pk: one for pk, one in follows.items() if one.target_kind == SAVED_SEARCH}
    brought: set[int] = set()
    if asked:
        brought.update(*(events for recipient in recipients for follow, events in recipient.items if follow in asked))
    return Telling(asked.values(), [events[pk] for pk in brought & events.keys()], found)


def _digest(recipient: DigestRecipient, news: _News) -> Digest:
    """Newest first. A thing appears once, as it is after its latest change."""
    reasons = news.reasons
    entries: dict[Target, Entry] = {}
    used: dict[int, tuple[Follow, TargetCard]] = {}
    matched: dict[int, int] = {}
    for event_id, mine in _tellable(recipient, news):
        event, story = news.events[event_id], news.told[event_id]
        entry = entries.get(story.root)
        if entry is None:
            entry = entries[story.root] = Entry(
                root=story.root,
                title=story.title,
                path=story.url,
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
        for pk in mine:
            if pk not in matched:
                matched[pk], used[pk] = event_id, reasons[pk]
            card = reasons[pk][1]
            if card not in entry.because:
                entry.because.append(card)
    return Digest(
        recipient=recipient,
        entries=list(entries.values()),
        follows=list(used.values()),
        matched=matched,
    )


def _tellable(recipient: DigestRecipient, news: _News) -> Iterator[tuple[int, list[int]]]:
    """Newest first, the events that this reader may be told, each with the follows that may tell it."""
    told, order, reasons, telling = news.told, news.order, news.reasons, news.telling
    person, insider = recipient.person_id, recipient.person_id in news.insiders
    all_of_it = _events_of([recipient])
    brought: dict[int, list[int]] = {}
    for follow, events in recipient.items:
        if follow in reasons:
            for event in events:
                if event in order:
                    brought.setdefault(event, []).append(follow)
    for event in sorted(brought, key=order.__getitem__):
        if (told[event].members_only and not insider) or (event, person) in news.noticed:
            continue
        if not told[event].unless.isdisjoint(all_of_it):
            continue
        by = brought[event]
        if telling.asked:
            happened = news.events[event]
            by = [pk for pk in by if pk not in telling.asked or telling.may(reasons[pk][0], happened, insider=insider)]
        if by:
            yield event, by


def _alike(recipients: Sequence[DigestRecipient], told: dict[int, stories.Story]) -> Likenesses:
    """Asked only if somebody has more than there is room for."""
    full = {one.person_id for one in recipients if len(_events_of([one])) > CAP}
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
        for event_id in _events_of([recipient])
        if event_id in events and keys.of_notice(events[event_id], recipient.person_id) in told[recipient.person_id]
    }


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
    values = context(digest, cap=cap)
    fixed: dict[str, Any] = {
        **same_for_all(),
        "first": digest.first,
        "how_often": str(_HOW_OFTEN[Cadence(digest.recipient.run.cadence)]),
    }
    name = f"digest-{digest.recipient.run.cadence}"
    body = form("emails/digest/body.html", _BLANKS, inline=inlined_whole, ready=("piece",), fixed=fixed)
    values["subject"] = subject_of(form("emails/digest/subject.txt", _BLANKS).fill(values))
    return Letter(
        subject=values["subject"],
        text=squeezed(form("emails/digest/body.txt", _BLANKS, fixed=fixed).fill(values)),
        html=body.fill(values),
        headers=finished(list_headers(name=name, stop_url=values["stop_all_url"])),
        brought=digest.matched,
    )


_BLANKS = (
    *("subject", "subject_line", "preheader", "manage_url", "stop_all_url", "browser_url"),
    *("title", "underlined", "piece", "piece_text", "numbered", "reason", "reason_text"),
    *("rest_url", "words", "words_text", "title_text", "stop_url"),
)


def context(digest: Digest, *, cap: int | None) -> dict[str, Any]:
    """What stands in the blanks of the templates; `cap=None` shows everything (in the browser)."""
    recipient = digest.recipient
    chosen = choose(digest.entries, cap=cap, person=recipient.person_id, alike=digest.alike)
    groups = group(digest.entries, shown=chosen)
    shown = [entry for one in groups for entry in one.entries]
    for number, entry in enumerate(shown, start=1):
        entry.number = number
    for one in groups:
        dress(one.entries, desk=digest.desk, below_heading=bool(one.title))
    browser_url = tokens.mail_link(recipient.email_id or 0)
    reason = partial(_reason, digest.desk, translation.get_language())
    return {
        "subject_line": digest_subject(digest.entries),
        "preheader": " · ".join(entry.title for entry in shown[:3]),
        "group": [
            {
                "heading": [{"title": one.title, "underlined": heading(flat(one.title))}] if one.title else [],
                "entry": [_shown(entry, reason(entry)) for entry in one.entries],
            }
            for one in groups
        ],
        "more": _more(len(digest.entries) - len(shown), f"{browser_url}?all=1"),
        "browser_url": browser_url,
        "manage_url": tokens.absolute(reverse("following")),
        "stop_all_url": tokens.stop_link(person=recipient.person_id, what=tokens.ALL),
        "follow": [
            {
                "title": card.title,
                "title_text": flat(card.title),
                "stop_url": tokens.stop_link(person=recipient.person_id, what=follow.pk),
            }
            for follow, card in digest.follows[:FOLLOWS]
        ],
        "more_follows": _more_follows(len(digest.follows) - FOLLOWS),
    }


def _reason(desk: Desk, language: str | None, entry: Entry) -> dict[str, str]:
    """Many readers get many entries for the same reasons."""

    def words() -> dict[str, str]:
        return {"reason": entry.reason, "reason_text": wrap(flat(entry.reason))}

    return desk.make(("reason", language, *((card.kind, card.pk) for card in entry.because)), words)


def _shown(entry: Entry, words: dict[str, str]) -> dict[str, Any]:
    """An entry in its place in this mail."""
    return {
        "piece": entry.piece.html if entry.piece else "",
        "piece_text": entry.piece.text if entry.piece else "",
        "numbered": numbered(flat(entry.title), entry.number),
        **words,
    }


def _more(n: int, rest_url: str) -> list[dict[str, str]]:
    if n <= 0:
        return []
    words = ngettext(
        "There is %(n)s more: see everything in a browser", "There are %(n)s more: see everything in a browser", n
    )
    words_text = ngettext(
        "There is %(n)s more. Everything in this mail, in a browser:",
        "There are %(n)s more. Everything in this mail, in a browser:",
        n,
    )
    return [{"words": words % {"n": n}, "words_text": words_text % {"n": n}, "rest_url": rest_url}]


def _more_follows(n: int) -> list[dict[str, str]]:
    return [{"words": ngettext("and %(n)s more", "and %(n)s more", n) % {"n": n}}] if n > 0 else []
