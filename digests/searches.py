"""What the searches that people follow bring: which case studies, and who may be told of them.

A search is asked once a run, whoever follows it: once as everybody, and once more as a member if something in the
run is for members only. `docs/decisions/0019-followed-searches.md` says why a run asks, and which engine.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from casestudies.choices import Audience
from casestudies.models import CaseStudyPage
from core.models import Delivery, Event
from digests.models import Follow, Reach, SearchMatch
from digests.targets import SAVED_SEARCH, Target
from search import engines, indexing, saved
from search.documents import document_key
from search.events import DATABASE_CONSUMER
from search.models import SavedSearch

PUBLISHED, UPDATED, UNPUBLISHED = "case_study.published", "case_study.updated", "case_study.unpublished"
MEANWHILE = 200


@dataclass
class Findable:
    """Events with which a case study could be found for the first time. `opened`: by those who are no members."""

    case_study: dict[int, int] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)

    def events_of(self) -> Mapping[int, list[int]]:
        """Case study → events."""
        found = defaultdict(list)
        for event, case_study in self.case_study.items():
            found[case_study].append(event)
        return found


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
    ready: Callable[[Collection[int]], None] = lambda _case_studies: None,
) -> list[SearchMatch]:
    """What these searches bring, without keeping it; `ready` hears first which case studies will be looked for."""
    findable = _findable(events) if searches else Findable()
    if not findable.case_study:
        return []
    case_studies = set(findable.case_study.values())
    ready(case_studies)
    keys = [document_key("case_study", pk) for pk in sorted(case_studies)]
    for_members = CaseStudyPage.objects.filter(pk__in=case_studies, audience=Audience.MEMBERS).exists()
    known = _told_openly(searches, findable)
    rows: list[SearchMatch] = []
    for number, search in enumerate(SavedSearch.objects.filter(pk__in=searches).order_by("pk").iterator(), start=1):
        reach = _reach(search, keys, members=for_members)
        rows += [
            SearchMatch(search=search, event_id=event, reach=told)
            for case_study, events_of in findable.events_of().items()
            if (found := reach.get(case_study))
            for event in events_of
            if (told := _told(found, opened=event in findable.opened, known=(search.pk, case_study) in known))
        ]
        if number % MEANWHILE == 0:
            meanwhile()
    return rows


def _told(found: Reach, *, opened: bool, known: bool) -> Reach | None:
    if not opened:
        return found
    # It was news to members when it was published; others who were told of it by its open part know it too.
    return None if known or found == Reach.MEMBERS else Reach.OTHERS


def _findable(events: Mapping[int, str]) -> Findable:
    """First publications, and later ones of what had been withdrawn or was for members only until then."""
    own = {pk for pk, kind in events.items() if kind in {PUBLISHED, UPDATED}}
    subjects = dict(Event.objects.filter(pk__in=own).values_list("pk", "subject_id")) if own else {}
    found = Findable({pk: subjects[pk] for pk in own if events[pk] == PUBLISHED and pk in subjects})
    updated = {pk for pk in subjects if events[pk] == UPDATED}
    if not updated:
        return found
    history = Event.objects.filter(
        kind__in=[PUBLISHED, UPDATED, UNPUBLISHED],
        subject_kind="case_study",
        subject_id__in={subjects[pk] for pk in updated},
    )
    before: dict[int, tuple[str, str]] = {}
    for pk, subject, kind, data in history.order_by("pk").values_list("pk", "subject_id", "kind", "data"):
        audience = data.get("audience", "")
        was_kind, was_audience = before.get(subject, ("", ""))
        if pk in updated:
            if was_kind == UNPUBLISHED:
                found.case_study[pk] = subject
            elif (was_audience, audience) == (Audience.MEMBERS, Audience.PUBLIC):
                found.case_study[pk] = subject
                found.opened.add(pk)
        before[subject] = kind, audience
    return found


def _bring_up_to_date(case_studies: Collection[int]) -> None:
    """Whatever has not reached the index yet is written now, so that no search is asked too early."""
    late = Delivery.objects.filter(
        consumer=DATABASE_CONSUMER, event__subject_kind="case_study", event__subject_id__in=case_studies
    )
    waiting = sorted(set(late.values_list("event__subject_id", flat=True)))
    if waiting:
        indexing.refresh(engines.database(), [document_key("case_study", pk) for pk in waiting])


def _reach(search: SavedSearch, keys: list[str], *, members: bool) -> dict[int, Reach]:
    """Case study → whom this search may tell of it."""
    found = {
        hit.object_id: Reach.EVERYBODY if hit.audience == Audience.PUBLIC else Reach.OPEN_PART
        for hit in saved.among(search, keys, members=False)
    }
    if members:
        for hit in saved.among(search, keys, members=True):
            found.setdefault(hit.object_id, Reach.MEMBERS)
    return found


def _told_openly(searches: Collection[int], findable: Findable) -> set[tuple[int, int]]:
    """(search, case study) of what everybody who followed the search has been told of before it was opened to all."""
    if not findable.opened:
        return set()
    before = SearchMatch.objects.filter(
        search__in=searches,
        event__subject_kind="case_study",
        event__subject_id__in={findable.case_study[event] for event in findable.opened},
        reach=Reach.OPEN_PART,
    )
    return set(before.values_list("search", "event__subject_id"))


class Telling:
    """Whether a followed search may tell a reader of an event now; two queries for a whole batch of mails.

    `found` are matches that were not kept, for a look at a run before it is one.
    """

    def __init__(self, follows: Iterable[Follow], events: Iterable[Event], found: Iterable[SearchMatch] = ()) -> None:
        searches = {one.target_id for one in follows if one.target_kind == SAVED_SEARCH}
        self._reach: dict[tuple[int, int], str] = {}
        self._for_members: set[int] = set()
        if not searches:
            return
        subjects = {event.pk: event.subject_id for event in events if event.subject_kind == "case_study"}
        matches = SearchMatch.objects.filter(search__in=searches, event__in=subjects)
        self._reach = {
            (search, event): reach for search, event, reach in matches.values_list("search", "event", "reach")
        }
        self._reach.update({(one.search_id, one.event_id): one.reach for one in found})
        pages = CaseStudyPage.objects.filter(pk__in=set(subjects.values()), audience=Audience.MEMBERS)
        closed = set(pages.values_list("pk", flat=True))
        self._for_members = {event for event, page in subjects.items() if page in closed}

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
