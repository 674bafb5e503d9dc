"""The engine: a read alias over one index, writes to every index that is in use or being made."""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, helpers

from search.documents import SearchDocument
from search.engines.base import (
    PAGE_SIZE,
    EngineUnavailable,
    Hit,
    IndexingFailed,
    IndexMissing,
    MapPoint,
    QueryRefused,
    RebuildRunning,
    SearchQuery,
    SearchResults,
    Suggestion,
)
from search.engines.breaker import CircuitBreaker
from search.engines.elastic import mapping, questions, spelling
from search.text import tidy

SEARCH_SECONDS = 2.0
WRITE_SECONDS = 30.0
# A rebuild that has been going on for longer is taken for dead.
LONGEST_REBUILD = timedelta(hours=1)
# With fewer results than this, words may be misspelled.
LITTLE = 5
_NEEDS_REBUILD = {"strict_dynamic_mapping_exception"}


class ElasticsearchEngine:
    """`name` is the read alias. Indices are called `<name>-<time>-<random>`, one in use, at times one being made."""

    name = "elasticsearch"

    def __init__(
        self,
        *,
        addresses: Sequence[str],
        name: str,
        api_key: str = "",
        ca_certs: str = "",
        shards: int = 1,
        replicas: int = 0,
    ) -> None:
        options: dict[str, Any] = {"api_key": api_key} if api_key else {}
        if ca_certs:
            options["ca_certs"] = ca_certs
        self._client = Elasticsearch(
            list(addresses), request_timeout=SEARCH_SECONDS, max_retries=0, retry_on_timeout=False, **options
        )
        self._alias = name
        self._building = f"{name}-building"
        self._shards, self._replicas = shards, replicas
        self.breaker = CircuitBreaker()

    @classmethod
    def from_settings(cls) -> "ElasticsearchEngine":
        return cls(
            addresses=[one.strip() for one in settings.ELASTICSEARCH_URL.split(",") if one.strip()],
            name=settings.ELASTICSEARCH_INDEX,
            api_key=settings.ELASTICSEARCH_API_KEY,
            ca_certs=settings.ELASTICSEARCH_CA_CERTS,
            shards=settings.ELASTICSEARCH_SHARDS,
            replicas=settings.ELASTICSEARCH_REPLICAS,
        )

    # Asking

    def search(self, query: SearchQuery) -> SearchResults:
        words = query.words
        if query.text and not words:
            return SearchResults()
        answer = self._ask(questions.search_body(query, words, any_word=False))
        enough = questions.total(answer)
        correction = self._correction(query, answer) if enough < LITTLE else ""
        relaxed = False
        if enough < _least(query) and len(words.wanted) > 1:
            wider = self._ask(questions.search_body(query, words, any_word=True))
            if relaxed := questions.total(wider) > enough:
                answer = wider
        return questions.results(answer, query, relaxed=relaxed, correction=correction)

    def _correction(self, query: SearchQuery, answer: Mapping[str, Any]) -> str:
        """Verified: the words of what was deleted, or became members', linger in the index for a while."""
        spelled = spelling.read(answer.get("suggest", {}), query)
        if not spelled:
            return ""
        again = replace(query, text=spelled)
        found = questions.total(self._ask(questions.count_body(again, again.words)))
        return spelled if found > questions.total(answer) else ""

    def points(self, query: SearchQuery, *, limit: int) -> list[MapPoint]:
        words = query.words
        if query.text and not words:
            return []
        any_word = False
        if len(words.wanted) > 1:
            any_word = questions.total(self._ask(questions.count_body(query, words))) < _least(query)
        answer = self._ask(questions.points_body(query, words, any_word=any_word, limit=limit))
        return questions.map_points(answer, query, limit=limit)

    def suggest(self, text: str, *, size: int = 8) -> list[Suggestion]:
        """Where no title has words that begin so, those that nearly do."""
        if not (typed := tidy(text)[:200]):
            return []
        found = self._ask(questions.suggest_body(typed, size=size))["hits"]["hits"]
        if not found:
            found = self._ask(questions.suggest_body(typed, size=size, misspelled=True))["hits"]["hits"]
        return [
            Suggestion(kind=one["_source"]["kind"], title=one["_source"]["title"], url=one["_source"]["url"])
            for one in found
        ]

    def similar(self, key: str, *, kind: str, size: int = 4) -> list[Hit]:
        wanted = ["title", "summary", "tags", "facet.topic"]
        with self._errors():
            answer = self._client.mget(index=self._alias, ids=[key], source_includes=wanted)
            (own,) = answer["docs"]
            self._raise_missing(own)
        if not own["found"]:
            return []
        body = questions.similar_body(own["_source"], key=key, kind=kind, size=size)
        return [questions.hit(one) for one in self._ask(body)["hits"]["hits"]]

    def digests(self, keys: Sequence[str]) -> dict[str, str]:
        if not keys:
            return {}
        with self._errors():
            client = self._client.options(request_timeout=WRITE_SECONDS)
            docs = client.mget(index=self._alias, ids=list(keys), source_includes=["digest"])["docs"]
            for one in docs:
                self._raise_missing(one)
        return {one["_id"]: one["_source"]["digest"] for one in docs if one["found"]}

    def keys(self, *, batch: int = 1000) -> Iterator[list[str]]:
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {"size": batch, "sort": [{"key": "asc"}], "_source": False}
            if after:
                body["search_after"] = after
            hits = self._ask(body, seconds=WRITE_SECONDS)["hits"]["hits"]
            if not hits:
                return
            yield [one["_id"] for one in hits]
            after = hits[-1]["sort"]

    def health(self) -> Mapping[str, Any]:
        with self._errors():
            cluster = self._client.cluster.health()
            documents = self._client.count(index=self._alias)["count"]
        return {"state": "ok", "cluster": cluster["status"], "documents": documents}

    # Writing

    def index(self, documents: Sequence[SearchDocument], *, version: int) -> None:
        self._write(
            [
                {"_op_type": "index", "_id": one.key, "version": version, "_source": mapping.source(one)}
                for one in documents
            ]
        )

    def remove(self, keys: Sequence[str], *, version: int) -> None:
        self._write([{"_op_type": "delete", "_id": key, "version": version} for key in dict.fromkeys(keys)])

    def _write(self, actions: Sequence[dict[str, Any]]) -> None:
        """To every index in use or being made. What is stale there is dropped by its version."""
        targets = self._targets()
        if not targets:
            raise IndexMissing(f"There is no index {self._alias}.")
        for target in targets:
            self._bulk(target, actions)

    def _targets(self) -> list[str]:
        with self._errors():
            try:
                client = self._client.options(request_timeout=WRITE_SECONDS)
                held: Mapping[str, Any] = client.indices.get_alias(name=[self._alias, self._building]).body
            except NotFoundError as error:
                # One of the two is not there; the answer holds the other.
                held = error.body if isinstance(error.body, dict) else {}
        return sorted(name for name in held if self._is_ours(name))

    def _bulk(self, target: str, actions: Iterable[Mapping[str, Any]]) -> None:
        with self._errors():
            outcomes = helpers.streaming_bulk(
                self._client.options(request_timeout=WRITE_SECONDS),
                ({**one, "_index": target, "version_type": "external_gte"} for one in actions),
                chunk_size=500,
                max_retries=4,
                initial_backoff=0.5,
                raise_on_error=False,
            )
            failed = [self._refused(item) for accepted, item in outcomes if not accepted]
        reasons = [reason for reason in failed if reason]
        if reasons:
            raise IndexingFailed("; ".join(reasons[:5]))

    @staticmethod
    def _refused(item: Mapping[str, Any]) -> str:
        """Why one document was refused; nothing when it was stale, or gone already."""
        ((verb, answer),) = item.items()
        status, error = answer.get("status"), answer.get("error") or {}
        if status == 409 or (status == 404 and verb == "delete" and not error):
            return ""
        kind = error.get("type", "") if isinstance(error, Mapping) else str(error)
        if kind == "index_not_found_exception":
            raise IndexMissing(f"{answer.get('_index')} is gone.")
        if kind == "cluster_block_exception" or status == 429 or kind in _NEEDS_REBUILD:
            raise EngineUnavailable(f"Elasticsearch takes no writes now: {kind} {error.get('reason', '')}")
        return f"{answer.get('_id')}: {kind} {error.get('reason', '') if isinstance(error, Mapping) else ''}"

    # Making the index

    def create(self) -> str:
        """An empty index behind the read alias, for the first start."""
        return self._make({self._alias: {}})

    def is_current(self) -> bool:
        """Whether the index is there and of this version's make."""
        with self._errors():
            try:
                held = self._client.indices.get_mapping(index=self._alias)
            except NotFoundError:
                return False
        made = {one["mappings"].get("_meta", {}).get("fingerprint") for one in held.values()}
        return made == {mapping.fingerprint()}

    def rebuild(self, batches: Iterable[tuple[int, Sequence[SearchDocument]]], *, version: int) -> int:
        """Fill a new index, then move the alias to it. Events write to both meanwhile, so that none is lost."""
        self._clear_the_site(refuse=True)
        fresh = self._make({self._building: {}})
        total = 0
        try:
            for at, documents in batches:
                actions = [
                    {"_op_type": "index", "_id": one.key, "version": at, "_source": mapping.source(one)}
                    for one in documents
                ]
                self._bulk(fresh, actions)
                total += len(documents)
            self._put_in_place(fresh)
        except BaseException:
            with self._errors():
                self._client.indices.delete(index=fresh, ignore_unavailable=True)
            raise
        return total

    def clean_up(self) -> None:
        self._clear_the_site(refuse=False)

    def _clear_the_site(self, *, refuse: bool) -> None:
        """Drop what earlier rebuilds left, but not while another is going on."""
        in_use = set(self._behind(self._alias))
        building = set(self._behind(self._building))
        with self._errors():
            client = self._client.options(request_timeout=WRITE_SECONDS)
            every = set(client.indices.get(index=f"{self._alias}-*", features=["aliases"]).keys())
            for name in sorted(filter(self._is_ours, every - in_use)):
                is_young = datetime.now(UTC) - self._made_at(name) < LONGEST_REBUILD
                if name in building and is_young and refuse:
                    raise RebuildRunning(f"{name} is being filled.")
                if not is_young or refuse:
                    client.indices.delete(index=name, ignore_unavailable=True)

    def _make(self, aliases: dict[str, Any]) -> str:
        name = f"{self._alias}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        with self._errors():
            self._client.options(request_timeout=WRITE_SECONDS).indices.create(
                index=name, aliases=aliases, **mapping.index_body(shards=self._shards, replicas=self._replicas)
            )
        return name

    def _put_in_place(self, fresh: str) -> None:
        """One step: who searches has the old index before it and the new one after it.

        The old one stays, without an alias, until the next rebuild or check: a write on its way to it is harmless.
        """
        moves: list[dict[str, Any]] = [
            {"remove": {"index": name, "alias": self._alias}} for name in self._behind(self._alias)
        ]
        moves.append({"remove": {"index": fresh, "alias": self._building}})
        moves.append({"add": {"index": fresh, "alias": self._alias}})
        with self._errors():
            client = self._client.options(request_timeout=WRITE_SECONDS)
            client.indices.refresh(index=fresh)
            client.indices.update_aliases(actions=moves)

    def _behind(self, alias: str) -> list[str]:
        with self._errors():
            try:
                return list(self._client.indices.get_alias(name=alias).keys())
            except NotFoundError:
                return []

    def _is_ours(self, name: str) -> bool:
        return re.fullmatch(rf"{re.escape(self._alias)}-\d{{14}}-[0-9a-f]{{6}}", name) is not None

    def _made_at(self, name: str) -> datetime:
        return datetime.strptime(name.rsplit("-", 2)[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def refresh(self) -> None:
        """Make what was written findable now instead of within a second."""
        with self._errors():
            self._client.options(request_timeout=WRITE_SECONDS).indices.refresh(index=self._alias)

    def destroy(self) -> None:
        """Remove every index of this name."""
        with self._errors():
            client = self._client.options(request_timeout=WRITE_SECONDS)
            for name in filter(self._is_ours, client.indices.get(index=f"{self._alias}-*").keys()):
                client.indices.delete(index=name)

    # Errors

    def _ask(self, body: dict[str, Any], *, seconds: float = SEARCH_SECONDS) -> Any:
        client = self._client.options(request_timeout=seconds)
        try:
            with self._errors():
                answer = client.search(index=self._alias, body=body, allow_partial_search_results=False)
        except BadRequestError as error:
            raise QueryRefused(f"Elasticsearch refuses the question: {error.error}") from error
        if answer["timed_out"]:
            raise EngineUnavailable("Elasticsearch ran out of time.")
        return answer

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
            raise EngineUnavailable(f"Elasticsearch does not answer: {error}") from error
        except ApiError as error:
            if error.status_code in {400, 413}:
                raise
            raise EngineUnavailable(f"Elasticsearch answers {error.status_code}: {error.error}") from error


def _least(query: SearchQuery) -> int:
    """With so many results none has fewer of the words than it needs; it does not depend on the number of the page."""
    return max(PAGE_SIZE, query.size)
