"""What the searches that people follow bring: which case studies, briefings, asks, opportunities and entries of places'
records, and who may be told of them.

A search is asked once a run, whoever follows it: once as everybody, and once more as a member if something in the
run is for members only. `docs/decisions/0019-followed-searches.md` says why a run asks, and which engine.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from casestudies.choices import Audience
from casestudies.models import CaseStudyPage
from core.models import Delivery, Event
from digests import ask_news, briefing_news, opportunity_news, record_news
from digests.models import Follow, Reach, SearchMatch
from digests.targets import SAVED_SEARCH, Target
from search import engines, indexing, saved
from search.documents import document_key
from search.events import DATABASE_CONSUMER
from search.models import SavedSearch

PUBLISHED, UPDATED = "case_study.published", "case_study.updated"
CASE_STUDY, BRIEFING, ASK = "case_study", "briefing", "ask"
OPPORTUNITY, RECORD = "opportunity", "record"
FINDABLE = (CASE_STUDY, BRIEFING, ASK, OPPORTUNITY, RECORD)
# First publication → what is published by it; later ones of the same are told as they are by `_add_updated`.
PAGES = {PUBLISHED: CASE_STUDY, briefing_news.PUBLISHED: BRIEFING}
# Published again after it was held, or shown again: no news.
CONTRIBUTIONS = {ask_news.PUBLISHED: ASK, record_news.PUBLISHED: RECORD}
LATER = {UPDATED: CASE_STUDY, briefing_news.UPDATED: BRIEFING}
MEANWHILE = 200


@dataclass
class Findable:
    """Events with which a thing could be found for the first time. `opened`: by those who are no members."""

    subject: dict[int, Target] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)

    def events_of(self) -> Mapping[Target, list[int]]:
        """What can be found → events."""
        found = defaultdict(list)
        for event, subject in self.subject.items():
            found[subject].append(event)
        return found

    def for_members(self) -> bool:
        """Whether there is anything that members find by more than others do."""
        return bool(_closed(self.subject.values()))


def match(
    events: Mapping[int, str], *, searches: Collection[int], meanwhile: Callable[[], object]
) -> dict[Target, list[int]]:
    """The events, of these (id → kind), that each of these saved searches brings; asked of the engine and kept.

    `meanwhile` is called now and then, for a caller whose lease must not run out.
    """
    rows = find(events, searches=searches, meanwhile=meanwhile, ready=_bring_up_to_date)
    SearchMatch.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["search", "event"], update_fields=["reach"], batch_size=1000
    )
    return brought_by(rows)


def brought_by(rows: Iterable[SearchMatch]) -> dict[Target, list[int]]:
    brought: dict[Target, list[int]] = defaultdict(list)
    for row in rows:
        brought[SAVED_SEARCH, row.search_id].append(row.event_id)
    return brought


def find(
    events: Mapping[int, str],
    *,
    searches: Collection[int],
    meanwhile: Callable[[], object] = lambda: None,
    ready: Callable[[Collection[Target]], None] = lambda _subjects: None,
) -> list[SearchMatch]:
    """What these searches bring, without keeping it; `ready` hears first what will be looked for."""
    findable = _findable(events) if searches else Findable()
    if not findable.subject:
        return []
    events_of = findable.events_of()
    ready(events_of.keys())
    keys = [document_key(*subject) for subject in sorted(events_of)]
    for_members = findable.for_members()
    known = _told_openly(searches, findable)
    rows: list[SearchMatch] = []
    for number, search in enumerate(SavedSearch.objects.filter(pk__in=searches).order_by("pk").iterator(), start=1):
        reach = _reach(search, keys, members=for_members)
        rows += [
            SearchMatch(search=search, event_id=event, reach=told)
            for subject, own in events_of.items()
            if (found := reach.get(subject))
            for event in own
            if (told := _told(found, opened=event in findable.opened, known=(search.pk, subject) in known))
        ]
        if number % MEANWHILE == 0:
            meanwhile()
    return rows


def _told(found: Reach, *, opened: bool, known: bool) -> Reach | None:
    if not opened:
        return found
    # It was news to members when it was published; others who were told of it by its open part know it too.
    return None if known or found == Reach.MEMBERS else Reach.OTHERS


def _closed(subjects: Iterable[Target]) -> set[Target]:
    """Those of these of which a part is for members now: every briefing, and case studies whose audience is members."""
    named = set(subjects)
    case_studies = {pk for kind, pk in named if kind == CASE_STUDY}
    closed = {one for one in named if one[0] == BRIEFING}
    if case_studies:
        pages = CaseStudyPage.objects.filter(pk__in=case_studies, audience=Audience.MEMBERS)
        closed |= {(CASE_STUDY, pk) for pk in pages.values_list("pk", flat=True)}
    return closed


def _findable(events: Mapping[int, str]) -> Findable:
    """First publications, and later ones of a page that was withdrawn or for members only until then."""
    wanted = {*PAGES, *CONTRIBUTIONS, *LATER, opportunity_news.OPENED}
    own = {pk for pk, kind in events.items() if kind in wanted}
    subjects = dict(Event.objects.filter(pk__in=own).values_list("pk", "subject_id")) if own else {}
    found = Findable({pk: (PAGES[events[pk]], subject) for pk, subject in subjects.items() if events[pk] in PAGES})
    # An opportunity is news when it opens, and again when it opens anew.
    found.subject.update({pk: (OPPORTUNITY, subjects[pk]) for pk in subjects if events[pk] == opportunity_news.OPENED})
    for kind, name in CONTRIBUTIONS.items():
        _add_firsts(found, kind, name, {pk: subject for pk, subject in subjects.items() if events[pk] == kind})
    for kind, name in LATER.items():
        _add_updated(found, name, {pk: subject for pk, subject in subjects.items() if events[pk] == kind})
    return found


def _add_firsts(found: Findable, kind: str, name: str, published: Mapping[int, int]) -> None:
    """What people write is news once: not again when it was held after a change, nor when it is shown again."""
    if not published:
        return
    ever = Event.objects.filter(
        kind=kind, subject_kind=name, subject_id__in=set(published.values()), pk__lte=max(published)
    )
    first: dict[int, int] = {}
    for pk, subject in ever.order_by("pk").values_list("pk", "subject_id"):
        first.setdefault(subject, pk)
    found.subject.update({pk: (name, subject) for pk, subject in published.items() if first.get(subject) == pk})


def _add_updated(found: Findable, name: str, updated: Mapping[int, int]) -> None:
    if not updated:
        return
    unpublished = f"{name}.unpublished"
    history = Event.objects.filter(
        kind__in=[f"{name}.published", f"{name}.updated", unpublished],
        subject_kind=name,
        subject_id__in=set(updated.values()),
    )
    before: dict[int, tuple[str, str]] = {}
    for pk, subject, kind, data in history.order_by("pk").values_list("pk", "subject_id", "kind", "data"):
        audience = data.get("audience", "")
        was_kind, was_audience = before.get(subject, ("", ""))
        if pk in updated:
            if was_kind == unpublished:
                found.subject[pk] = (name, subject)
            elif (was_audience, audience) == (Audience.MEMBERS, Audience.PUBLIC):
                found.subject[pk] = (name, subject)
                found.opened.add(pk)
        before[subject] = kind, audience


def _bring_up_to_date(subjects: Collection[Target]) -> None:
    """Whatever has not reached the index yet is written now, so that no search is asked too early."""
    late = Delivery.objects.filter(
        consumer=DATABASE_CONSUMER,
        event__subject_kind__in=FINDABLE,
        event__subject_id__in={pk for _kind, pk in subjects},
    )
    waiting = set(late.values_list("event__subject_kind", "event__subject_id")) & set(subjects)
    if waiting:
        indexing.refresh(engines.database(), [document_key(*subject) for subject in sorted(waiting)])


def _reach(search: SavedSearch, keys: list[str], *, members: bool) -> dict[Target, Reach]:
    """What this search found → whom it may tell of it."""
    found = {
        (hit.kind, hit.object_id): Reach.EVERYBODY if hit.audience == Audience.PUBLIC else Reach.OPEN_PART
        for hit in saved.among(search, keys, members=False)
    }
    if members:
        for hit in saved.among(search, keys, members=True):
            found.setdefault((hit.kind, hit.object_id), Reach.MEMBERS)
    return found


def _told_openly(searches: Collection[int], findable: Findable) -> set[tuple[int, Target]]:
    """(search, case study) of what everybody who followed the search has been told of before it was opened to all."""
    if not findable.opened:
        return set()
    before = SearchMatch.objects.filter(
        search__in=searches,
        event__subject_kind=CASE_STUDY,
        event__subject_id__in={findable.subject[event][1] for event in findable.opened},
        reach=Reach.OPEN_PART,
    )
    return {(search, (CASE_STUDY, pk)) for search, pk in before.values_list("search", "event__subject_id")}


class Telling:
    """Whether a followed search may tell a reader of an event now; two queries for a whole batch of mails.

    `asked` are the follows that it has to be asked of; `found` are matches that were not kept, for a look at a run
    before it is one.
    """

    def __init__(self, follows: Iterable[Follow], events: Iterable[Event], found: Iterable[SearchMatch] = ()) -> None:
        asked = {one.pk: one.target_id for one in follows if one.target_kind == SAVED_SEARCH}
        self.asked = frozenset(asked)
        searches = set(asked.values())
        self._reach: dict[tuple[int, int], str] = {}
        self._for_members: set[int] = set()
        if not searches:
            return
        subjects = {event.pk: (event.subject_kind, event.subject_id) for event in events}
        findable = [pk for pk, (kind, _subject) in subjects.items() if kind in FINDABLE]
        matches = SearchMatch.objects.filter(search__in=searches, event__in=findable)
        self._reach = {
            (search, event): reach for search, event, reach in matches.values_list("search", "event", "reach")
        }
        self._reach.update({(one.search_id, one.event_id): one.reach for one in found})
        closed = _closed(subjects.values())
        self._for_members = {event for event, subject in subjects.items() if subject in closed}

    def may(self, follow: Follow, event: Event, *, insider: bool) -> bool:
        """What was found by a text that is for members now is news for members, whoever could read it then."""
        if follow.target_kind != SAVED_SEARCH:
            return True
        reach = self._reach.get((follow.target_id, event.pk))
        if reach is None:
            return False
        if insider:
            return reach != Reach.OTHERS
        return reach == Reach.OPEN_PART or (reach != Reach.MEMBERS and event.pk not in self._for_members)
