"""A network that people follow: so many readers with five follows each, and a week in which things happen.

The same for the same number. Nobody follows evenly: few topics, councils and case studies have most of the followers
and most of the news. It goes to the tables in bulk, without the services that watch over one change at a time.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, Generic, TypeVar

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from bench import content, many
from casestudies.choices import AdoptionStatus, Outcome
from casestudies.models import Adoption, CaseStudyPage
from casestudies.models.standing import Standing
from core.models import Delivery, Event, EventTarget, Topic
from digests.models import Follow, MailPreference
from digests.stories import CONSUMER
from digests.targets import SAVED_SEARCH, Target
from discussion.models import Comment
from members.models import Membership, Organisation
from members.services import OrganisationFacts, onboard_organisation
from moderation.models import ContributionState
from places.models import Place, ProgrammeIndexPage, ProgrammePage
from search import engines, indexing
from search.saved import keep
from search.state import SearchState

EVENTS = 5_000
FOLLOWS = 5
BATCH = 5_000
TOPICS, COUNCILS, PLACES, PROGRAMMES = 240, 120, 600, 40
WORDS = ("market licence", "empty shops rent", "repair cafe", "parking fee", "library volunteers", "garden grant")
# In hundredths.
HAPPENINGS = {
    "case_study.published": 30,
    "case_study.updated": 25,
    "comment.published": 25,
    "adoption.published": 10,
    "case_study.rated": 5,
    "programme.updated": 5,
}
FOLLOWED = {"topic": 42, "organisation": 22, "place": 12, "case_study": 14, "programme": 6, SAVED_SEARCH: 4}

_One = TypeVar("_One")


class Uneven(Generic[_One]):
    """Draws the first of some things most often, the others ever more seldom."""

    def __init__(self, things: Sequence[_One], chance: random.Random) -> None:
        self.things, self.chance = things, chance
        self.weights = list(accumulate(1 / (rank + 20) for rank in range(len(things))))

    def draw(self, count: int = 1) -> list[_One]:
        return list(dict.fromkeys(self.chance.choices(self.things, cum_weights=self.weights, k=count)))


class Network:
    """What there is to follow, and what happens to it. `since` is when the week of the events begins."""

    def __init__(self, people: int, *, now: datetime) -> None:
        self.chance = random.Random(people)  # noqa: S311 - the same network each time
        self.since, self.now = now - timedelta(days=7), now
        self.events = min(EVENTS, people * 5)
        self.small = self.events < EVENTS
        self.topics = Uneven(self._topics(), self.chance)
        self.councils = Uneven(self._councils(), self.chance)
        self.places = Uneven(self._places(), self.chance)
        many.make_case_studies(self.events // 2)
        self.case_studies = Uneven(list(CaseStudyPage.objects.live().values_list("pk", flat=True)), self.chance)
        self.programmes = Uneven(self._programmes(), self.chance)
        self.searches = Uneven([keep(SearchState(text=words)).pk for words in WORDS], self.chance)
        indexing.rebuild(engines.database())
        self.touched = {pk: self._touched(pk) for pk in self.case_studies.things}

    def _topics(self) -> list[int]:
        """Two levels; who follows one of the first hears of all below it, and few do."""
        first = list(Topic.objects.filter(parent=None).values_list("pk", flat=True))
        below = Topic.objects.bulk_create(
            Topic(name=f"Topic {number}", slug=f"topic-{number}", order=number, parent_id=first[number % len(first)])
            for number in range(0 if self.small else TOPICS - len(first))
        )
        return [*self._shuffled(one.pk for one in below), *first]

    def _councils(self) -> list[int]:
        for number in range(content.COUNCILS, content.COUNCILS if self.small else COUNCILS):
            name = f"Benchford {number}"
            onboard_organisation(
                facts=OrganisationFacts(name=f"{name} Council", short_name=name, slug=f"benchford-{number}")
            )
        return self._shuffled(Organisation.objects.filter(slug__startswith="benchford-").values_list("pk", flat=True))

    def _places(self) -> list[int]:
        places = Place.objects.bulk_create(
            Place(name=f"Benchtown {number}", slug=f"benchtown-of-{number}", lat=51 + number / 500, lng=-2.0)
            for number in range(PLACES)
        )
        return [one.pk for one in places]

    def _programmes(self) -> list[int]:
        index = ProgrammeIndexPage.objects.get()
        pages = [
            index.add_child(
                instance=ProgrammePage(title=f"High streets fund {number}", summary=content.SENTENCES[number % 6])
            )
            for number in range(3 if self.small else PROGRAMMES)
        ]
        return [page.pk for page in pages]

    def _shuffled(self, things: Any) -> list[Any]:
        shuffled = list(things)
        self.chance.shuffle(shuffled)
        return shuffled

    def _touched(self, case_study: int) -> list[Target]:
        """As `casestudies.events.touches` has it: planning adds the topics above these."""
        found: list[Target] = [("organisation", pk) for pk in self.councils.draw()]
        found += [("topic", pk) for pk in self.topics.draw(2)]
        found += [("place", pk) for pk in self.places.draw()]
        if self.chance.random() < 0.2:
            found += [("programme", pk) for pk in self.programmes.draw()]
        return found


def make_readers(people: int, network: Network) -> None:
    """People with five follows each. One in twenty reads Welsh, one in four works for a council."""
    chance = network.chance
    joined = network.since - timedelta(days=30)
    for start in range(0, people, BATCH):
        numbers = range(start, min(start + BATCH, people))
        readers = User.objects.bulk_create(
            User(
                email=f"reader{number}@bench{number % 40}.example",
                name=f"Reader {number}",
                password="!",  # noqa: S106 - one that nobody can type
                language="en" if number % 20 else "cy",
            )
            for number in numbers
        )
        MailPreference.objects.bulk_create(MailPreference(person=one) for one in readers[::3])
        Membership.objects.bulk_create(
            Membership(person=one, organisation_id=network.councils.draw()[0]) for one in readers[::4]
        )
        Follow.objects.bulk_create(
            Follow(person=one, target_kind=kind, target_id=pk, created_at=joined, mailed_until=network.since)
            for one in readers
            for kind, pk in _followed(network, chance)
        )


def _followed(network: Network, chance: random.Random) -> list[Target]:
    kinds: dict[str, Uneven[int]] = {
        "topic": network.topics,
        "organisation": network.councils,
        "place": network.places,
        "case_study": network.case_studies,
        "programme": network.programmes,
        SAVED_SEARCH: network.searches,
    }
    found: dict[Target, None] = {}
    while len(found) < FOLLOWS:
        (kind,) = chance.choices(list(FOLLOWED), weights=list(FOLLOWED.values()))
        found[kind, kinds[kind].draw()[0]] = None
    return list(found)


def make_news(network: Network) -> None:
    """What happened in the week, written to the log; nobody has heard of it yet."""
    chance = network.chance
    kinds = chance.choices(list(HAPPENINGS), weights=list(HAPPENINGS.values()), k=network.events)
    authors = list(User.objects.order_by("-pk").values_list("pk", flat=True)[:200])
    new = iter(network._shuffled(network.case_studies.things))
    ratings = _rate_all()
    comments, adoptions = iter(_comments(network, kinds, authors)), iter(_adoptions(network, kinds))
    happened: list[tuple[Event, list[Target]]] = []
    for number, kind in enumerate(kinds):
        at = network.since + (network.now - network.since) * ((number + 1) / (len(kinds) + 1))
        data: dict[str, Any] = {}
        if kind == "comment.published":
            comment = next(comments)
            subject = ("comment", comment.pk)
            targets = [("case_study", comment.page_id or 0), subject]
            data = {"page_id": comment.page_id, "adoption_id": None, "reply_to_author_id": None}
        elif kind == "adoption.published":
            adoption = next(adoptions)
            subject = ("adoption", adoption.pk)
            targets = [subject, ("case_study", adoption.case_study_id), *network.touched[adoption.case_study_id]]
            data = {"status": str(adoption.status), "outcome": str(adoption.outcome), "again": False}
        elif kind == "programme.updated":
            subject = ("programme", network.programmes.draw()[0])
            targets = [subject]
        else:
            page = next(new, None) if kind == "case_study.published" else None
            subject = ("case_study", page or network.case_studies.draw()[0])
            targets = [subject, *network.touched[subject[1]]]
            data = {"audience": "public"}
            if kind == "case_study.rated":
                data = {"from": ratings[subject[1]] - 1, "to": ratings[subject[1]], "first": False}
        event = Event(kind=kind, subject_kind=subject[0], subject_id=subject[1], data=data, occurred_at=at)
        happened.append((event, targets))
    _write(happened)


def _rate_all() -> dict[int, int]:
    """Every case study has the rating that its latest event speaks of."""
    Standing.objects.update(rating=1 + F("page_id") % 4)
    return dict(Standing.objects.values_list("page", "rating"))


def _comments(network: Network, kinds: Sequence[str], authors: Sequence[int]) -> list[Comment]:
    return Comment.objects.bulk_create(
        Comment(
            page_id=network.case_studies.draw()[0],
            author_id=authors[number % len(authors)],
            body=" ".join(content.SENTENCES[(number + more) % 6] for more in range(1 + number % 4)),
            state=ContributionState.PUBLISHED,
        )
        for number in range(kinds.count("comment.published"))
    )


def _adoptions(network: Network, kinds: Sequence[str]) -> list[Adoption]:
    """Each of another council in another place."""
    found: dict[tuple[int, int, int], None] = {}
    while len(found) < kinds.count("adoption.published"):
        found[network.case_studies.draw()[0], network.councils.draw()[0], network.places.draw()[0]] = None
    outcomes = ("", Outcome.WORKED, Outcome.PARTLY_WORKED)
    return Adoption.objects.bulk_create(
        Adoption(
            case_study_id=case_study,
            organisation_id=council,
            place_id=place,
            status=AdoptionStatus.RUNNING if number % 3 else AdoptionStatus.TRYING,
            outcome=outcomes[number % 3],
            words=content.SENTENCES[number % 6],
            verified=True,
            state=ContributionState.PUBLISHED,
        )
        for number, (case_study, council, place) in enumerate(found)
    )


def _write(happened: Sequence[tuple[Event, list[Target]]]) -> None:
    Event.objects.bulk_create((event for event, _ in happened), batch_size=BATCH)
    EventTarget.objects.bulk_create(
        (
            EventTarget(event=event, kind=kind, object_id=pk)
            for event, targets in happened
            for kind, pk in dict.fromkeys(targets)
        ),
        batch_size=BATCH,
    )
    Delivery.objects.bulk_create((Delivery(consumer=CONSUMER, event=event) for event, _ in happened), batch_size=BATCH)


def make_week(people: int) -> Network:
    """All of it: the network, its readers, and a week's news that nobody has heard of."""
    network = Network(people, now=timezone.now())
    make_readers(people, network)
    make_news(network)
    return network
