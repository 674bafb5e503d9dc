"""Topics that come up with a search, or with another topic, more often than they do in general.

How often each comes up in general is counted every five minutes by a task and kept in the shared cache, so that a
page of results needs nothing beyond the counts that it has.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.core.cache import caches
from django.urls import reverse

from casestudies.models import CaseStudyPage
from core.models import Topic
from search import selectors
from search.asking import Asked
from search.documents import Term, document_key
from search.engines.base import FacetCount, SearchQuery
from search.facets import FACETS

logger = logging.getLogger(__name__)

MOST = 6
# Of a topic's case studies the newest are asked about.
MOST_CASE_STUDIES = 500
# One in twenty of the topics that only chance brings here would still be called related.
LEAST_SURE = 1.64
LEAST_TIMES = 2
SECONDS_KEPT = 60 * 60 * 24
_KEY = "search:how-often-topics-come-up"


@dataclass(frozen=True)
class RelatedTopic:
    title: str
    url: str


def topics(asked: Asked) -> list[RelatedTopic]:
    """For results of a search for words; whatever is filtered by is no news to the reader."""
    if not asked.state.text or not asked.results.total:
        return []
    return _named(asked.results.facets.get("topic", ()), without=asked.state.filters.get("topic", ()))


def of_topic(topic: Topic) -> list[RelatedTopic]:
    """What else its case studies are about; what it belongs to, and what belongs to it, are on its page anyway."""
    family = Topic.objects.filter(parent=topic).values_list("slug", flat=True)
    near = {topic.slug, *family, *([topic.parent.slug] if topic.parent else [])}
    pages = CaseStudyPage.objects.listed().filter(topics__slug__in=near - {topic.parent.slug if topic.parent else ""})
    ids = pages.order_by("-first_published_at", "-pk").values_list("pk", flat=True).distinct()[:MOST_CASE_STUDIES]
    keys = tuple(document_key("case_study", pk) for pk in ids)
    if len(keys) < LEAST_TIMES or not _in_general():
        return []
    found = selectors.search(SearchQuery(keys=keys, counts=("topic",), size=1)).results
    return _named(found.facets.get("topic", ()), without=near)


def count() -> None:
    """Count how often each topic comes up in everything that everybody may find."""
    found = selectors.search(SearchQuery(counts=("topic",), size=1)).results
    numbers = {one.term.value: one.count for one in found.facets.get("topic", ())}
    caches["shared"].set(_KEY, numbers, timeout=SECONDS_KEPT)


def more_than_by_chance(
    here: Mapping[str, int], in_general: Mapping[str, int], *, without: Collection[str] = ()
) -> list[str]:
    """The topics whose share of what is here lies above their share in general, the surest first.

    Shares are of the topics given, not of the results, because a case study has several. How sure: by how many
    standard deviations the number lies above what a draw without replacement would bring.
    """
    drawn, every = sum(here.values()), sum(in_general.values())
    found = []
    for slug, number in here.items():
        whole = in_general.get(slug, 0)
        if slug in without or number < LEAST_TIMES or not number <= whole < every or drawn >= every:
            continue
        expected = drawn * whole / every
        spread = sqrt(expected * (1 - whole / every) * (every - drawn) / max(every - 1, 1))
        sure = (number - expected) / spread if spread else 0.0
        if sure >= LEAST_SURE:
            found.append((-sure, slug))
    return [slug for _, slug in sorted(found)]


def _named(counts: Sequence[FacetCount], *, without: Collection[str]) -> list[RelatedTopic]:
    terms: dict[str, Term] = {one.term.value: one.term for one in counts}
    here = {one.term.value: one.count for one in counts}
    chosen = more_than_by_chance(here, _in_general(), without=without)[:MOST]
    label = FACETS["topic"].label_of
    return [RelatedTopic(title=label(terms[slug]), url=reverse("topic", args=[slug])) for slug in chosen]


def _in_general() -> Mapping[str, int]:
    """As last counted; empty until then, or without the cache."""
    try:
        numbers: Mapping[str, int] = caches["shared"].get(_KEY) or {}
    except Exception as error:  # whatever a cache raises that is away: a page without related topics
        logger.warning("The shared cache is away; no related topics are shown: %s", error)
        return {}
    return numbers
