"""What readers ask: a page in one request, or in two where it finds little (docs/decisions/0020)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from search.engines.base import (
    EngineUnavailable,
    Hit,
    IndexMissing,
    Located,
    QueryRefused,
    SearchQuery,
    SearchResults,
    Suggestion,
)
from search.engines.elastic import errors, questions
from search.engines.elastic.further import Further
from search.text import Words, tidy

SEARCH_SECONDS = 2.0
# For all the points of a map, of which so many come in one answer (Elasticsearch gives no more than 10,000).
LOCATED_SECONDS, LOCATED = 10.0, 10_000


class Asking:
    """Readers' questions to the index behind an alias, and the client's errors as ours."""

    def __init__(self, client: Elasticsearch, alias: str, *, has_key: bool) -> None:
        self._client, self._alias, self._has_key = client, alias, has_key

    def search(self, query: SearchQuery) -> SearchResults:
        """An error in the second request is one of the whole: half an answer would say that there is no more."""
        words = query.words
        if query.text and not words:
            return SearchResults()
        first = self._ask(questions.search_body(query, words, any_word=bool(query.relaxed)))
        if query.relaxed is not None:
            return replace(questions.results(query, first), relaxed=query.relaxed)
        further = Further(query, words, first)
        return further.results(self._ask_all(further.bodies.values()) if further.bodies else [])

    def located(self, query: SearchQuery, *, results: SearchResults | None = None) -> list[Located]:
        """As many requests as there are ten thousands of documents."""
        words = query.words
        if query.text and not words:
            return []
        any_word = self._any_word(query, words)
        found: list[Located] = []
        after: list[Any] | None = None
        while True:
            body = questions.located_body(query, words, any_word=any_word, limit=LOCATED, after=after)
            hits = self._ask(body, seconds=LOCATED_SECONDS)["hits"]["hits"]
            found += questions.located(hits, query)
            if len(hits) < LOCATED:
                return found
            after = hits[-1]["sort"]

    def named(self, keys: Sequence[str]) -> dict[str, Suggestion]:
        if not keys:
            return {}
        with self._errors():
            stored = ["kind", "title", "url", "card"]
            docs = self._client.mget(index=self._alias, ids=list(keys), source_includes=stored)["docs"]
            for one in docs:
                self._raise_missing(one)
        return {one["_id"]: questions.suggestion(one["_source"]) for one in docs if one["found"]}

    def _any_word(self, query: SearchQuery, words: Words) -> bool:
        """Whether whatever has any of the words will do, where no earlier answer says so."""
        if query.relaxed is None and len(words.wanted) > 1:
            return questions.total(self._ask(questions.count_body(query, words))) < query.least
        return bool(query.relaxed)

    def suggest(self, text: str, *, size: int = 8) -> list[Suggestion]:
        """Where no title has words that begin so, those that nearly do."""
        if not (typed := tidy(text)[:200]):
            return []
        return questions.suggestions(self._ask(questions.suggest_body(typed, size=size)))

    def similar(self, key: str, *, kind: str, size: int = 4, text: str = "") -> list[Hit]:
        """By its tags and topics too, which the index has; so `text` is not needed."""
        wanted = ["title", "summary", "tags", "facet.topic"]
        with self._errors():
            answer = self._client.mget(index=self._alias, ids=[key], source_includes=wanted)
            (own,) = answer["docs"]
            self._raise_missing(own)
        if not own["found"]:
            return []
        body = questions.similar_body(own["_source"], key=key, kind=kind, size=size)
        return [questions.hit(one) for one in self._ask(body)["hits"]["hits"]]

    def _ask(self, body: dict[str, Any], *, seconds: float = SEARCH_SECONDS) -> Any:
        client = self._client if seconds == SEARCH_SECONDS else self._client.options(request_timeout=seconds)
        with self._answers():
            answer = client.search(index=self._alias, body=body, allow_partial_search_results=False)
        self._raise_timed_out(answer.body)
        return answer

    def _ask_all(self, bodies: Collection[dict[str, Any]]) -> list[Any]:
        """Several questions in one request. One that is not answered is an error of the whole."""
        header = {"allow_partial_search_results": False}
        with self._answers():
            answers = self._client.msearch(
                index=self._alias, searches=[part for body in bodies for part in (header, body)]
            )["responses"]
        for answer in answers:
            if "error" in answer:
                self._raise_for(answer)
            self._raise_timed_out(answer)
        return list(answers)

    def _raise_for(self, answer: Mapping[str, Any]) -> None:
        """The error of one of several answers as the same one of a single answer."""
        status, kind = answer.get("status"), answer["error"].get("type", "")
        if status == 404:
            raise IndexMissing(f"There is no index {self._alias}.")
        if status in {400, 413}:
            raise QueryRefused(f"Elasticsearch refuses the question: {kind}")
        raise EngineUnavailable(f"Elasticsearch answers {status}: {kind}")

    def _raise_timed_out(self, answer: Mapping[str, Any]) -> None:
        if answer["timed_out"]:
            raise EngineUnavailable("Elasticsearch ran out of time.")

    @contextmanager
    def _answers(self) -> Iterator[None]:
        try:
            with self._errors():
                yield
        except BadRequestError as error:
            raise QueryRefused(f"Elasticsearch refuses the question: {error.error}") from error

    def _raise_missing(self, answer: Mapping[str, Any]) -> None:
        if answer.get("error", {}).get("type") == "index_not_found_exception":
            raise IndexMissing(f"There is no index {self._alias}.")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """The client's errors as ours. A request that the server calls wrong is a fault of ours, and stays one."""
        try:
            yield
        except NotFoundError as error:
            raise IndexMissing(f"There is no index {self._alias}.") from error
        except TransportError as error:
            raise errors.unreached(error) from error
        except ApiError as error:
            if error.status_code in {400, 413}:
                raise
            raise errors.refused(error, has_key=self._has_key) from error
