"""What stands around a batch of case studies: councils, topics, places, tags, and the texts of their rows.

Each is read once for the whole batch, and what many case studies say alike is put in words once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Model

from casestudies.models import CaseStudyPage, CaseStudyTag
from casestudies.models.parts import CaseStudyPlace
from core.models import Topic
from members.models import OrganisationPage
from search.documents.base import Term, Terms
from search.documents.terms import council_facets, page_paths, topic_names, topic_terms

# The name of a page's rows → their texts, in the rows' order.
RowTexts = Mapping[str, Sequence[str]]


class _CouncilRow(NamedTuple):
    path: str
    url_path: str
    slug: str
    name: str
    short_name: str
    tier: str
    region: str


@dataclass(frozen=True)
class CouncilAround:
    slug: str
    short_name: str
    url: str
    names: tuple[str, ...]
    facets: Terms


class PlaceAround(NamedTuple):
    name: str
    slug: str
    lat: float
    lng: float


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """`councils` by the path of their page, all the rest by the case study's number."""

    councils: Mapping[str, CouncilAround]
    places: Mapping[int, Sequence[PlaceAround]]
    tags: Mapping[int, Sequence[str]]
    texts: Mapping[int, RowTexts]
    _topic_ids: Mapping[int, Sequence[int]]
    _topics: Mapping[int, Topic]
    _said: dict[tuple[int, ...], tuple[tuple[Term, ...], list[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Sequence[Any], *, rows: Mapping[str, Sequence[str]]) -> "Surroundings":
        """`rows` says which relations of a page have texts, and in which fields."""
        ids = [page.pk for page in pages]
        topic_ids = _topic_ids(ids)
        wanted = {number for own in topic_ids.values() for number in own}
        return cls(
            councils=_councils(set(map(council_path, pages))),
            places=_places(ids),
            tags=_tags(ids),
            texts=_texts(ids, rows),
            _topic_ids=topic_ids,
            _topics={topic.pk: topic for topic in Topic.objects.with_parents().filter(pk__in=wanted)},
        )

    def topics(self, page_id: int) -> tuple[tuple[Term, ...], list[str]]:
        """The terms of the case study's topics, and their names."""
        own = tuple(self._topic_ids.get(page_id, ()))
        if own not in self._said:
            topics = [self._topics[number] for number in own if number in self._topics]
            self._said[own] = topic_terms(topics), topic_names(topics)
        return self._said[own]


def council_path(page: Any) -> str:
    """The path of the page above."""
    return str(page.path[: -CaseStudyPage.steplen])


def _councils(paths: Iterable[str]) -> dict[str, CouncilAround]:
    path_of = page_paths()
    fields = ("slug", "name", "short_name", "tier", "region")
    found = OrganisationPage.objects.filter(path__in=paths).values_list(
        "path", "url_path", *(f"organisation__{name}" for name in fields)
    )
    return {
        row.path: CouncilAround(
            slug=row.slug,
            short_name=row.short_name,
            url=path_of(row.url_path),
            names=(row.name, row.short_name, row.region),
            facets=council_facets([row]),
        )
        for row in (_CouncilRow(*values) for values in found)
    }


def _topic_ids(ids: Sequence[int]) -> dict[int, list[int]]:
    through = CaseStudyPage.topics.through.objects.filter(casestudypage__in=ids)
    found: dict[int, list[int]] = defaultdict(list)
    for page_id, topic_id in through.order_by("topic__order", "topic__name").values_list(
        "casestudypage_id", "topic_id"
    ):
        found[page_id].append(topic_id)
    return found


def _places(ids: Sequence[int]) -> dict[int, list[PlaceAround]]:
    found: dict[int, list[PlaceAround]] = defaultdict(list)
    rows = CaseStudyPlace.objects.filter(page__in=ids).order_by("sort_order", "pk")
    for page_id, *values in rows.values_list("page_id", "place__name", "place__slug", "place__lat", "place__lng"):
        found[page_id].append(PlaceAround(*values))
    return found


def _tags(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = CaseStudyTag.objects.filter(content_object__in=ids).order_by("pk")
    for page_id, name in rows.values_list("content_object_id", "tag__name"):
        found[page_id].append(name)
    return found


def _texts(ids: Sequence[int], rows: Mapping[str, Sequence[str]]) -> dict[int, dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, fields in rows.items():
        model: type[Model] = CaseStudyPage._meta.get_field(name).related_model
        own = model._default_manager.filter(page__in=ids).order_by("sort_order", "pk")
        for page_id, *texts in own.values_list("page_id", *fields):
            found[page_id][name] += texts
    return found
