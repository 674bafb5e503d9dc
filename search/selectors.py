"""Asking the engines: Elasticsearch where there is one, the database when it does not answer."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count

from core.models import Topic
from search import engines
from search.engines.base import (
    Engine,
    EngineUnavailable,
    Hit,
    Located,
    QueryRefused,
    SearchQuery,
    SearchResults,
    Suggestion,
)
from search.text import marked, telling_words

# Words of a text that somebody writes which are looked for, and topics that are suggested for it.
TELLING = 14
MOST_TOPICS = 2
IN_COMMON = 2
logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Found:
    """`reserve`: the engine that should have answered did not, and the database did."""

    results: SearchResults
    reserve: bool


def search(query: SearchQuery) -> Found:
    results, reserve = _ask(lambda engine: engine.search(query))
    return Found(results, reserve)


def suggest(text: str, *, size: int = 8) -> list[Suggestion]:
    return _ask(lambda engine: engine.suggest(text, size=size))[0]


def located(query: SearchQuery, results: SearchResults | None = None) -> list[Located]:
    """Where all that the search finds is, in the order of the results."""
    return _ask(lambda engine: engine.located(query, results=results))[0]


def named(keys: Sequence[str]) -> dict[str, Suggestion]:
    """What these documents are called now."""
    return _ask(lambda engine: engine.named(keys))[0]


def similar_to(page: Any, *, size: int = 4) -> list[Hit]:
    """Case studies like this one, by what everybody may read of both."""
    key, text = f"case_study:{page.pk}", f"{page.title} {page.summary}"
    return _ask(lambda engine: engine.similar(key, kind="case_study", size=size, text=text))[0]


def similar_to_text(text: str, *, kind: str, size: int = 3, topics: Sequence[str] = ()) -> list[Hit]:
    """What is most like a text that somebody writes, by what everybody may read; nothing for one without words.

    `topics` are slugs: only what is in one of them.
    """
    words = telling_words(text, limit=TELLING).literals
    if not words:
        return []
    filters = {"type": (kind,)} | ({"topic": tuple(topics)} if topics else {})
    query = SearchQuery(text=" ".join(words), filters=filters, size=size, fewest=size)
    least = min(IN_COMMON, len(words))
    return [hit for hit in search(query).results.hits if _in_common(hit) >= least]


def _in_common(hit: Hit) -> int:
    """How many of the words it shows to have, forms of one word counted once; one alone is a coincidence."""
    found = {word[:4] for text in (hit.title, hit.summary, hit.extract) for word in marked(text)}
    return len(found)


def similar_to_ask(ask: Any, *, size: int = 4) -> list[Hit]:
    """Case studies like what an ask is about."""
    key, text = f"ask:{ask.pk}", f"{ask.title} {ask.body}"
    return _ask(lambda engine: engine.similar(key, kind="case_study", size=size, text=text))[0]


def topics_like(text: str) -> list[str]:
    """Slugs of the topics of the case studies most like a text, the commonest first."""
    ids = [hit.object_id for hit in similar_to_text(text, kind="case_study")]
    topics = Topic.objects.filter(case_studies__in=ids).annotate(n=Count("pk")).order_by("-n", "order", "pk")
    return list(topics.values_list("slug", flat=True)[:MOST_TOPICS])


def _ask(question: Callable[[Engine], Answer]) -> tuple[Answer, bool]:
    first = engines.primary()
    if first is not None and first.breaker.allows():
        try:
            answer = question(first)
        except QueryRefused:
            logger.exception("The database answers a question that Elasticsearch refuses")
        except EngineUnavailable as error:
            first.breaker.failed()
            logger.warning("The database answers searches for now: %s", error)
        else:
            first.breaker.succeeded()
            return answer, False
    return question(engines.database()), first is not None
