"""Adding to a record, replying, changing and withdrawing. Whether an entry is published at once is moderation's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.plain_text import tidy
from moderation import services as moderation
from moderation.models import ContributionState, Report
from moderation.policy import ReasonCode, Verdict
from places.errors import NotAllowed, RecordError, TooLate
from places.models import Place, ProgrammePage, RecordEntry, RecordPhoto, RecordVersion, Side
from places.models.record import GONE
from places.permissions import (
    can_add_entry,
    can_edit_entry,
    can_reply,
    can_withdraw_entry,
    councils_spoken_for,
    reply_side,
    sides_of,
    speaks_with_authority,
)
from places.photos import forget_photos
from places.record.words import checked_alt, checked_lesson, checked_source, checked_when, checked_words

if TYPE_CHECKING:
    from core.models import Topic
    from members.models import Organisation

SAME_AGAIN = timedelta(hours=1)
NAME_LENGTH = 120
KEPT_IN_VERSIONS = ("words", "when", "lesson", "source_url")


@dataclass(frozen=True, kw_only=True)
class EntryFacts:
    """What somebody says, as typed. `photo` is the one that the entry shall have; `alt` says what it shows."""

    words: str
    when: str = ""
    lesson: str = ""
    source_url: str = ""
    topic: "Topic | None" = None
    programme: ProgrammePage | None = None
    photo: RecordPhoto | None = None
    alt: str = ""


@transaction.atomic
def add_entry(
    *,
    place: Place,
    facts: EntryFacts,
    by: User,
    side: str = Side.RESIDENT,
    organisation: "Organisation | None" = None,
    name: str = "",
) -> tuple[RecordEntry, Verdict | None]:
    """Write down what changed. The same words again within an hour (a button pressed twice) are the entry that is
    there, and no verdict; if a moderator took that away, they are a new one, which the policy holds as a repetition.

    `side` is one of `sides_of`; `organisation` the council that speaks, needed where the person belongs to several of
    the place. `name` becomes the person's name if they have none yet. Raises `NotAllowed` and `RecordError`.
    """
    if not can_add_entry(by, place) or side not in sides_of(by, place):
        raise NotAllowed(_("You cannot add to this record."))
    told = _checked(facts, place)
    if side == Side.EDITORS and not told["source_url"]:
        raise RecordError(_("Give the public source that you write from."), "source_url")
    _one_at_a_time(by)
    again = RecordEntry.objects.filter(author=by, place=place, answers=None, words=told["words"])
    again = again.filter(created_at__gte=timezone.now() - SAME_AGAIN)
    if found := again.exclude(state__in=GONE).first():
        if facts.photo is not None and facts.photo.entry_id is None:
            forget_photos([facts.photo])
        return found, None
    _keep_name(by, name)
    entry = RecordEntry.objects.create(
        place=place,
        side=side,
        organisation=_council(by, place, organisation) if side == Side.COUNCIL else None,
        author=by,
        state=ContributionState.DRAFT,
        **told,
    )
    _attach(entry, facts)
    return entry, _submit(entry, by)


@transaction.atomic
def reply_to_entry(
    *, entry: RecordEntry, words: str, source_url: str = "", by: User, name: str = ""
) -> tuple[RecordEntry, Verdict | None]:
    """The one reply of a side to an entry of the other. Repeating it is the reply that is there. Raises `NotAllowed`
    and `RecordError`.
    """
    _one_at_a_time(by)
    entry = RecordEntry.objects.select_related("place", "organisation").get(pk=entry.pk)
    side = reply_side(by, entry)
    told = {"words": checked_words(words), "source_url": checked_source(source_url)}
    standing = entry.replies.exclude(state=ContributionState.REMOVED).filter(side=side).first() if side else None
    if standing is not None and standing.author_id == by.pk and standing.words == told["words"]:
        return standing, None
    if side is None or not can_reply(by, entry):
        raise NotAllowed(_("There is one reply for each side, and somebody has written it already."))
    _keep_name(by, name)
    try:
        with transaction.atomic():
            reply = RecordEntry.objects.create(
                place=entry.place,
                answers=entry,
                side=side,
                organisation=_council(by, entry.place, None) if side == Side.COUNCIL else None,
                author=by,
                state=ContributionState.DRAFT,
                **told,
            )
    except IntegrityError as error:  # a colleague was faster
        raise NotAllowed(_("There is one reply for each side, and somebody has written it already.")) from error
    return reply, _submit(reply, by)


@transaction.atomic
def edit_entry(*, entry: RecordEntry, facts: EntryFacts, by: User) -> Verdict:
    """Change one's own; the policy judges it again, and moderators see what it said. Raises `NotAllowed`, `TooLate`
    and `RecordError`.
    """
    locked = _locked(entry)
    if locked.author_id != by.pk:
        raise NotAllowed(_("Only its author may change an entry."))
    if not can_edit_entry(by, locked):
        raise TooLate(_("An entry can be changed for 15 minutes. You can withdraw it and write a new one."))
    told = _checked(facts, locked.place, is_reply=locked.is_reply)
    if locked.side == Side.EDITORS and not told["source_url"]:
        raise RecordError(_("Give the public source that you write from."), "source_url")
    before = {name: getattr(locked, name) for name in KEPT_IN_VERSIONS}
    if any(before[name] != told.get(name, before[name]) for name in KEPT_IN_VERSIONS):
        RecordVersion.objects.create(entry=locked, **before)
    for name, value in told.items():
        setattr(locked, name, value)
    if locked.state == ContributionState.PUBLISHED:
        locked.edited_at = timezone.now()
    locked.save(update_fields=[*told, "edited_at"])
    if not locked.is_reply:
        _keep_reported_photo(locked, facts)
        _attach(locked, facts)
    verdict = _submit(locked, by)
    entry.refresh_from_db()
    return verdict


@transaction.atomic
def withdraw_entry(*, entry: RecordEntry, by: User) -> None:
    """Take it back. Words and photo go too; if somebody has reported it and no moderator has looked, a year later
    (`retention_rules`). Where there is a reply, the page says that something stood here. Repeating it does nothing.
    Raises `NotAllowed`.
    """
    locked = _locked(entry)
    if locked.state == ContributionState.REMOVED and locked.author_id == by.pk:
        return
    if not can_withdraw_entry(by, locked):
        raise NotAllowed(_("Only its author may withdraw an entry."))
    reported = Report.objects.waiting().about(locked).exists()
    moderation.remove_own(contribution=locked, by=by, shared=locked.author_id != by.pk)
    if not reported:
        forget_words([locked.pk])
    entry.refresh_from_db()


@transaction.atomic
def forget_words(numbers: Sequence[int]) -> int:
    """What removed entries said, with their versions and photos. Returns how many still said something."""
    said = RecordEntry.objects.filter(pk__in=numbers, state=ContributionState.REMOVED).exclude(words="")
    gone = list(said.values_list("pk", flat=True))
    RecordEntry.objects.filter(pk__in=gone).update(words="", lesson="", source_url="")
    RecordVersion.objects.filter(entry__in=gone).delete()
    forget_photos(RecordPhoto.objects.filter(entry__in=gone))
    return len(gone)


def _submit(entry: RecordEntry, by: User) -> Verdict:
    """What somebody says for a council without being one of its authors, a moderator looks at first."""
    doubt = entry.side == Side.COUNCIL and not speaks_with_authority(by, entry)
    return moderation.submit(contribution=entry, by=by, hold_because=[ReasonCode.NOT_OF_ORGANISATION] if doubt else [])


def _checked(facts: EntryFacts, place: Place, *, is_reply: bool = False) -> dict[str, object]:
    told: dict[str, object] = {
        "words": checked_words(facts.words),
        "source_url": checked_source(facts.source_url),
    }
    if is_reply:
        return told
    programme = facts.programme
    if programme is not None and not ProgrammePage.objects.live().filter(pk=programme.pk).exists():
        programme = None
    return {
        **told,
        "when": checked_when(facts.when),
        "lesson": checked_lesson(facts.lesson),
        "topic": facts.topic,
        "programme": programme,
    }


def _attach(entry: RecordEntry, facts: EntryFacts) -> None:
    """Give the entry the photo that it shall have, and forget the one that it had."""
    photo = facts.photo
    if photo is not None and (photo.entry_id not in {None, entry.pk} or photo.by_id not in {None, entry.author_id}):
        raise NotAllowed(_("This photo belongs to something else."))
    alt = checked_alt(facts.alt) if photo is not None else ""
    others = RecordPhoto.objects.filter(entry=entry)
    forget_photos(others.exclude(pk=photo.pk) if photo is not None else others)
    if photo is not None:
        RecordPhoto.objects.filter(pk=photo.pk).update(entry=entry, alt=alt)


def _keep_reported_photo(entry: RecordEntry, facts: EntryFacts) -> None:
    """Of words a version is kept, of a photo none: what somebody has reported stays until a moderator has looked."""
    standing = entry.picture
    if standing is None or not Report.objects.waiting().about(entry).exists():
        return
    same = facts.photo is not None and facts.photo.pk == standing.pk
    if not same or checked_alt(facts.alt) != standing.alt:
        raise RecordError(_("The photo and what it shows cannot be changed until a moderator has looked."), "photo")


def _council(by: User, place: Place, chosen: "Organisation | None") -> "Organisation":
    own = councils_spoken_for(by, place)
    if chosen is not None and chosen not in own:
        raise RecordError(_("Choose a council that you belong to."), "organisation")
    return chosen or own[0]


def _keep_name(by: User, name: str) -> None:
    """The name that the person gives with the first thing they write."""
    if by.name:
        return
    by.name = " ".join(tidy(name).split())[:NAME_LENGTH]
    if not by.name:
        raise RecordError(_("Tell us the name that others will see with what you write."), "name")
    by.save(update_fields=["name"])


def _one_at_a_time(by: User) -> None:
    """What one person sends twice at once is looked at one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _locked(entry: RecordEntry) -> RecordEntry:
    locked = RecordEntry.objects.select_for_update().get(pk=entry.pk)
    return RecordEntry.objects.select_related("place", "organisation").get(pk=locked.pk)
