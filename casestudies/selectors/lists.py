"""Case studies by topic, programme, place and council, and the figures above each list.

Facts about a case study (its topic, place, programme and outcome) are told to those who may read it: lists by a fact,
and counts, go over `visible_to(user)`. Only a council's own list also names what it keeps for members, by title and
summary.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.db.models.functions import Coalesce, Length, Substr

from casestudies.choices import Audience, Outcome
from casestudies.models import CaseStudyPage, CaseStudyPlace, Measure
from casestudies.querysets import CaseStudyQuerySet
from core.models import Topic
from members.models import OrganisationPage
from members.selectors import organisation_pages_above
from places.models import ProgrammePage


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The figures of a set of case studies: how many, how they ended, what they are about."""

    total: int
    outcomes: list[tuple[Outcome, int]]
    topics: list[tuple[Topic, int]]


def in_topic(topic: Topic, *, user: Any) -> CaseStudyQuerySet:
    """Those of a topic, its second level included."""
    tagged = CaseStudyPage.topics.through.objects.filter(Q(topic=topic) | Q(topic__parent=topic))
    return CaseStudyPage.objects.visible_to(user).filter(pk__in=tagged.values("casestudypage")).newest()


def in_programme(programme: Any, *, user: Any) -> CaseStudyQuerySet:
    # A programme that is only being written, in a preview, has no number and no case studies.
    return CaseStudyPage.objects.visible_to(user).filter(programme=programme.pk or 0).newest()


def at_place(place: Any, *, user: Any) -> CaseStudyQuerySet:
    there = CaseStudyPlace.objects.filter(place=place)
    return CaseStudyPage.objects.visible_to(user).filter(pk__in=there.values("page")).newest()


def by_organisation(page: OrganisationPage) -> CaseStudyQuerySet:
    """Those beneath an organisation's page, what it keeps for members included."""
    return CaseStudyPage.objects.listed().child_of(page).newest()


def outcome_counts(case_studies: CaseStudyQuerySet) -> list[tuple[Outcome, int]]:
    """How many ended each way, every outcome named, in the order of the convention."""
    counted = dict(case_studies.order_by().values_list("outcome").annotate(n=Count("pk", distinct=True)))
    return [(outcome, counted.get(outcome.value, 0)) for outcome in Outcome]


def overview(case_studies: CaseStudyQuerySet, *, topics: bool = False) -> Overview:
    """One query, and one more for the topics (first level, most frequent first), where there are any."""
    if topics:
        return _overview_with_topics(case_studies)
    counted = dict(case_studies.order_by().values_list("outcome").annotate(n=Count("pk", distinct=True)))
    return Overview(
        total=sum(counted.values()),
        outcomes=[(outcome, counted.get(outcome.value, 0)) for outcome in Outcome],
        topics=[],
    )


def _overview_with_topics(case_studies: CaseStudyQuerySet) -> Overview:
    """Of one organisation's: a row for each of its case studies and topics is not much to count here."""
    rows = set(case_studies.order_by().values_list("pk", "outcome", Coalesce("topics__parent", "topics")))
    outcomes = Counter({pk: outcome for pk, outcome, _topic in rows}.values())
    counted = Counter(topic for _pk, _outcome, topic in rows if topic is not None)
    found = Topic.objects.filter(pk__in=counted) if counted else []
    return Overview(
        total=sum(outcomes.values()),
        outcomes=[(outcome, outcomes[outcome.value]) for outcome in Outcome],
        topics=sorted(((topic, counted[topic.pk]) for topic in found), key=lambda pair: -pair[1]),
    )


def programmes_directory(index: Any, *, user: Any) -> list[ProgrammePage]:
    """The live programmes beneath an index by title, each with `n` and its `outcomes`; two queries."""
    readable = CaseStudyPage.objects.visible_to(user).filter(programme__isnull=False).order_by()
    counted: dict[int, dict[str, int]] = {}
    for programme, outcome, n in readable.values_list("programme", "outcome").annotate(n=Count("pk")):
        counted.setdefault(programme, {})[outcome] = n
    found = list(ProgrammePage.objects.live().child_of(index).order_by("title"))
    for page in found:
        page.outcomes = counted.get(page.pk, {})
        page.n = sum(page.outcomes.values())
    return found


def topics_with_counts(*, user: Any) -> list[tuple[Topic, int]]:
    """The first level, each with how many case studies it and its second level hold; two queries."""
    counted = _counts_of_first_level(user)
    return [(topic, counted.get(topic.pk, 0)) for topic in Topic.objects.top_level()]


def _counts_of_first_level(user: Any) -> dict[int, int]:
    through = CaseStudyPage.topics.through.objects.filter(
        casestudypage__in=CaseStudyPage.objects.visible_to(user).values("pk")
    )
    top = Coalesce("topic__parent", "topic")
    return dict(through.annotate(top=top).values_list("top").annotate(n=Count("casestudypage", distinct=True)))


def topic_tree(*, user: Any) -> list[tuple[Topic, int, list[tuple[Topic, int]]]]:
    """Both levels, each with how many case studies it holds, in the editors' order; three queries."""
    both = _counts_of_first_level(user)
    through = CaseStudyPage.topics.through.objects.filter(
        casestudypage__in=CaseStudyPage.objects.visible_to(user).values("pk")
    )
    own = dict(through.values_list("topic").annotate(n=Count("casestudypage", distinct=True)))
    topics = list(Topic.objects.all())
    below: dict[int, list[tuple[Topic, int]]] = {}
    for topic in topics:
        if topic.parent_id:
            below.setdefault(topic.parent_id, []).append((topic, own.get(topic.pk, 0)))
    return [(topic, both.get(topic.pk, 0), below.get(topic.pk, [])) for topic in topics if not topic.parent_id]


def children_of(topic: Topic, *, user: Any) -> list[tuple[Topic, int]]:
    """The topics of the second level beneath one, each with how many case studies it holds; two queries."""
    counted = dict(
        CaseStudyPage.topics.through.objects.filter(
            topic__parent=topic, casestudypage__in=CaseStudyPage.objects.visible_to(user).values("pk")
        )
        .values_list("topic")
        .annotate(n=Count("casestudypage", distinct=True))
    )
    return [(child, counted.get(child.pk, 0)) for child in topic.children.all()]


def with_organisations(case_studies: Iterable[CaseStudyPage]) -> list[CaseStudyPage]:
    """The same pages, each with `organisation_page` (or None): one query for all of them."""
    pages = list(case_studies)
    above = organisation_pages_above(pages)
    for page in pages:
        page.organisation_page = above.get(page.path)
    return pages


@dataclass(frozen=True, kw_only=True)
class Latest:
    """What the home page picks out, newest first."""

    worked: list[CaseStudyPage]
    did_not: list[CaseStudyPage]
    measured: list[tuple[CaseStudyPage, Measure]]


def latest(*, limit: int = 3) -> Latest:
    """Of what everybody may read: those that worked, those that did not or only in part, and those with a figure
    before and after (each with its first such figure). Six queries.
    """
    public = (
        CaseStudyPage.objects.live()
        .filter(audience=Audience.PUBLIC)
        .without_texts()
        .select_related("standing")
        .newest()
    )
    worked = list(public.filter(outcome=Outcome.WORKED)[:limit])
    did_not = list(public.filter(outcome__in=[Outcome.DID_NOT_WORK, Outcome.PARTLY_WORKED])[:limit])
    figures = Measure.objects.filter(before__isnull=False)
    measured = list(public.filter(pk__in=figures.values("page"))[:limit])
    cards = with_organisations([*worked, *did_not])
    prefetch_related_objects(cards, Prefetch("case_study_places", CaseStudyPlace.objects.select_related("place")))
    first: dict[int, Measure] = {}
    for measure in figures.filter(page__in=[page.pk for page in measured]):
        first.setdefault(measure.page_id, measure)
    return Latest(worked=worked, did_not=did_not, measured=[(page, first[page.pk]) for page in measured])


def network_in_numbers() -> dict[str, int]:
    """Of what everybody may read: how many, how many measured, how many councils, how many ended each way."""
    public = CaseStudyPage.objects.live().filter(audience=Audience.PUBLIC).order_by()
    numbers: dict[str, int] = public.aggregate(
        case_studies=Count("pk", distinct=True),
        councils=Count(Substr("path", 1, Length("path") - CaseStudyPage.steplen), distinct=True),
        measured=Count("pk", distinct=True, filter=Q(measures__before__isnull=False)),
        worked=Count("pk", distinct=True, filter=Q(outcome=Outcome.WORKED)),
        partly_worked=Count("pk", distinct=True, filter=Q(outcome=Outcome.PARTLY_WORKED)),
        did_not_work=Count("pk", distinct=True, filter=Q(outcome=Outcome.DID_NOT_WORK)),
    )
    numbers["not_fully"] = numbers["partly_worked"] + numbers["did_not_work"]
    return numbers
