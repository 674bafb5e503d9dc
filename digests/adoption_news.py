"""What readers hear of adoptions and of evidence ratings: the words, and the stories of digests."""

from collections.abc import Collection, Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from casestudies.choices import AdoptionStatus, Outcome, WrittenBy
from casestudies.models import MAX_RATING, Adoption, Standing
from casestudies.models.adoptions import KNOWN_OUTCOMES
from core.models import Event
from digests.stories import Story, case_study_cards

PUBLISHED, CHANGED, MOVED = "adoption.published", "adoption.changed", "adoption.status_changed"
ADOPTION_KINDS = frozenset({PUBLISHED, CHANGED, MOVED})
RATED = "case_study.rated"


def sentence(adoption: Adoption, *, with_reasons: bool = True) -> str:
    """“Luton is trying this”, “Stopped in Luton: money, people”, “It worked in Luton”."""
    who, where = adoption.organisation.short_name, _where(adoption)
    status, outcome = AdoptionStatus(adoption.status), adoption.outcome
    verdict = (
        {
            Outcome.WORKED: _("it worked"),
            Outcome.PARTLY_WORKED: _("it partly worked"),
            Outcome.DID_NOT_WORK: _("it did not work"),
        }.get(Outcome(outcome))
        if outcome in KNOWN_OUTCOMES
        else None
    )
    if status == AdoptionStatus.STOPPED:
        words = _("Stopped in %(where)s") % {"where": where}
        words = f"{words}; {verdict}" if verdict else words
    elif verdict:
        words = _("%(verdict)s in %(where)s") % {"verdict": _capital(verdict), "where": where}
    else:
        return {
            AdoptionStatus.INTERESTED: _("%(who)s is interested in this"),
            AdoptionStatus.PLANNING: _("%(who)s is planning this"),
            AdoptionStatus.TRYING: _("%(who)s is trying this"),
            AdoptionStatus.RUNNING: _("%(who)s is running this"),
        }[status] % {"who": who}
    reasons = [label[:1].lower() + label[1:] for label in adoption.reason_labels]
    return f"{words}: {', '.join(reasons)}" if reasons and with_reasons else words


def source_of(adoption: Adoption) -> str:
    """Whose word it is, where it is not the adopting organisation's own."""
    if adoption.verified:
        return ""
    if adoption.written_by == WrittenBy.EDITORS:
        return _("written up by the network’s editors from a public source")
    return _("not yet confirmed by %(who)s") % {"who": adoption.organisation.short_name}


def outcome_moved(events: Iterable[Event]) -> set[int]:
    """Those of these events with which the outcome of an adoption became another, in one query.

    The log itself says so: each event carries the outcome at its time.
    """
    events = [event for event in events if event.kind in ADOPTION_KINDS]
    history = Event.objects.filter(
        kind__in=ADOPTION_KINDS, subject_kind="adoption", subject_id__in={event.subject_id for event in events}
    )
    before: dict[int, str] = {}
    moved = set()
    for pk, adoption, data in history.order_by("pk").values_list("pk", "subject_id", "data"):
        outcome = data.get("outcome", "")
        if outcome != before.get(adoption, ""):
            moved.add(pk)
        before[adoption] = outcome
    return moved & {event.pk for event in events}


def known(outcome: str) -> str:
    """The outcome if it is one, else nothing."""
    return outcome if outcome in KNOWN_OUTCOMES else ""


def load_adoptions(events: Sequence[Event]) -> dict[int, Story]:
    """New adoptions, and those that moved on or came to an outcome, as they stand now."""
    adoptions = published({event.subject_id for event in events}, around=("organisation", "place"))
    cards = case_study_cards({one.case_study_id for one in adoptions.values()})
    moved = outcome_moved(events)
    told = {}
    for event in events:
        adoption = adoptions.get(event.subject_id)
        card = cards.get(adoption.case_study_id) if adoption else None
        if adoption is None or card is None or not (event.kind == MOVED or tells_at_once(event, moved)):
            continue
        words = sentence(adoption)
        source = source_of(adoption)
        told[event.pk] = Story(
            **card,
            about=("adoption", adoption.pk),
            note=f"{words} ({source})" if source else words,
            note_url=reverse("adoption", args=[adoption.pk]),
            outcome_known=adoption.outcome in KNOWN_OUTCOMES,
        )
    return told


def load_ratings(events: Sequence[Event]) -> dict[int, Story]:
    """A rating that moved after the first; nothing of one that has moved on since, which a later event tells."""
    ids = {event.subject_id for event in events}
    cards = case_study_cards(ids)
    now = dict(Standing.objects.filter(page__in=ids).values_list("page", "rating"))
    return {
        event.pk: Story(
            **cards[event.subject_id],
            about=("rating", event.subject_id),
            note=_("Evidence rating now %(to)s of %(most)s; it was %(was)s")
            % {"to": event.data["to"], "most": MAX_RATING, "was": event.data["from"]},
        )
        for event in events
        if event.subject_id in cards
        and not event.data.get("first")
        and event.data.get("from") is not None
        and event.data["from"] != event.data["to"] == now.get(event.subject_id)
    }


def load_endings(events: Sequence[Event]) -> dict[int, Story]:
    """What its author said has ended, and still says."""
    ids = {event.subject_id for event in events}
    cards = case_study_cards(ids)
    ended = {one.page_id: one for one in Standing.objects.filter(page__in=ids).exclude(ended="")}
    told = {}
    for event in events:
        standing = ended.get(event.subject_id)
        if standing and event.subject_id in cards:
            words = _("It has ended, says its author")
            reasons = [label[:1].lower() + label[1:] for label in standing.ended_labels]
            told[event.pk] = Story(
                **cards[event.subject_id],
                about=("ending", event.subject_id),
                note=f"{words}: {', '.join(reasons)}" if reasons else words,
            )
    return told


_AROUND = ("organisation", "place", "case_study")


def published(ids: Collection[int], *, around: Sequence[str] = _AROUND) -> dict[int, Adoption]:
    """Those that readers may know of now, with what the words need; a case study is long, and rarely part of that."""
    found = Adoption.objects.published().filter(pk__in=ids)
    return {one.pk: one for one in found.select_related(*around)}


def tells_at_once(event: Event, moved: set[int]) -> bool:
    """A new adoption, or one whose outcome has just become known; not one that a moderator shows again."""
    if event.kind == PUBLISHED and not event.data.get("again") and not event.data.get("restored"):
        return True
    return event.pk in moved and bool(known(event.data.get("outcome", "")))


def _where(adoption: Adoption) -> str:
    who = adoption.organisation.short_name
    place = adoption.place.name if adoption.place else ""
    return f"{place} ({who})" if place and place.casefold() != who.casefold() else who


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
