"""The engine: a read alias over one index, writes to every index that is in use or being made."""

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from elasticsearch import Elasticsearch, NotFoundError

from search.documents import SearchDocument
from search.engines.base import (
    EngineRefuses,
    EngineUnavailable,
    IndexingFailed,
    IndexMissing,
    RebuildRunning,
)
from search.engines.breaker import CircuitBreaker
from search.engines.elastic import mapping, writing
from search.engines.elastic.asking import SEARCH_SECONDS, Asking

WRITE_SECONDS = 30.0
# Of several servers, one that does not answer is left alone so long, each time twice as long as before; what was for
# it goes to so many others.
NODE_REST_SECONDS, NODE_LONGEST_REST_SECONDS, MOST_OTHERS = 30.0, 300.0, 2
# A rebuild says so often that it is alive; after this silence it has died.
BEAT_SECONDS = 60.0
SILENCE = timedelta(minutes=5)


class ElasticsearchEngine(Asking):
    """`name` is the read alias. Indices are called `<name>-<time>-<random>`, one in use, at times one being made."""

    name = "elasticsearch"
    rebuild_batch = writing.MOST_ACTIONS

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
        if ca_certs and all(one.startswith("https:") for one in addresses):  # elsewhere the client refuses to start
            options["ca_certs"] = ca_certs
        several = len(addresses) > 1
        client = Elasticsearch(
            list(addresses),
            request_timeout=SEARCH_SECONDS,
            # What a server that is gone did not hear goes to another. One may hang: it has been put aside then, and who
            # waited gets an answer from another.
            max_retries=min(len(addresses) - 1, MOST_OTHERS),
            retry_on_timeout=several,
            dead_node_backoff_factor=NODE_REST_SECONDS,
            max_dead_node_backoff=NODE_LONGEST_REST_SECONDS,
            **options,
        )
        super().__init__(client, name, has_key=bool(api_key))
        self._building = f"{name}-building"
        self._shards, self._replicas = shards, replicas
        self.breaker = CircuitBreaker()

    @classmethod
    def from_settings(cls) -> "ElasticsearchEngine":
        return cls(
            addresses=list(dict.fromkeys(filter(None, map(str.strip, settings.ELASTICSEARCH_URL.split(","))))),
            name=settings.ELASTICSEARCH_INDEX,
            api_key="".join(settings.ELASTICSEARCH_API_KEY.split()),
            ca_certs=settings.ELASTICSEARCH_CA_CERTS,
            shards=settings.ELASTICSEARCH_SHARDS,
            replicas=settings.ELASTICSEARCH_REPLICAS,
        )

    def digests(self, keys: Sequence[str]) -> dict[str, str]:
        if not keys:
            return {}
        with self._errors():
            client = self._patient
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
            stats = self._client.indices.stats(index=self._alias, metric=["store"])
        made = [self._made_at(name) for name in stats["indices"] if self._is_ours(name)]
        if not made:
            raise EngineRefuses(self._strange)
        return {
            "state": "ok",
            "cluster": cluster["status"],
            "documents": documents,
            "bytes": stats["_all"]["total"]["store"]["size_in_bytes"],
            "made_at": max(made).isoformat(),
        }

    # Writing

    @property
    def _patient(self) -> Elasticsearch:
        """For what takes its time; what is slow may be on its way still, and is not sent again."""
        return self._client.options(request_timeout=WRITE_SECONDS, retry_on_timeout=False)

    def index(self, documents: Sequence[SearchDocument], *, version: int) -> None:
        self._write([mapping.action(one, version=version) for one in documents])

    def remove(self, keys: Sequence[str], *, version: int) -> None:
        self._write([{"_op_type": "delete", "_id": key, "version": version} for key in dict.fromkeys(keys)])

    def _write(self, actions: Sequence[dict[str, Any]]) -> None:
        """To every index in use or being made. What is stale there is dropped by its version."""
        targets = self._targets()
        if not targets:
            raise IndexMissing(f"There is no index {self._alias}.")
        refused = [reason for target in targets for reason in self._bulk(target, actions)]
        if refused:
            raise IndexingFailed("; ".join(refused[:5]))

    def _targets(self) -> list[str]:
        with self._errors():
            try:
                client = self._patient
                held: Mapping[str, Any] = client.indices.get_alias(name=[self._alias, self._building]).body
            except NotFoundError as error:
                # One of the two is not there; the answer holds the other.
                held = error.body if isinstance(error.body, dict) else {}
        return sorted(name for name in held if self._is_ours(name))

    def _bulk(self, target: str, actions: Iterable[Mapping[str, Any]]) -> list[str]:
        with self._errors():
            return writing.bulk(self._patient, target, actions)

    # Making the index

    def create(self) -> str:
        """An empty index behind the read alias, for the first start."""
        return self._make({self._alias: {}})

    def is_current(self) -> bool:
        """Whether the index is there and of this version's make, or of a later one, while servers are upgraded."""
        made = [self._made_of(one) for one in self._mappings(self._alias).values()]
        return bool(made) and all(
            one.get("version", 0) > mapping.VERSION or one.get("fingerprint") == mapping.fingerprint() for one in made
        )

    def _mappings(self, name: str) -> Mapping[str, Any]:
        with self._errors():
            try:
                return self._client.indices.get_mapping(index=name).body
            except NotFoundError:
                return {}

    @staticmethod
    def _made_of(held: Mapping[str, Any]) -> Mapping[str, Any]:
        made: Mapping[str, Any] = held["mappings"].get("_meta", {})
        return made

    def rebuild(self, batches: Iterable[tuple[int, Sequence[SearchDocument]]], *, version: int) -> int:
        """Fill a new index, then move the alias to it. Events write to both meanwhile, so that none is lost.

        What the server refuses for what it is is logged, and does not keep the others from being found.
        """
        self._clear_the_site(refuse=True)
        fresh = self._make({self._building: {}})
        total, beat_at = 0, time.monotonic()
        try:
            made = ([mapping.action(one, version=at) for one in documents] for at, documents in batches)
            with closing(
                writing.while_made(lambda actions: len(actions) - len(self._bulk(fresh, actions)), made)
            ) as sent:
                for accepted in sent:
                    total += accepted
                    if time.monotonic() - beat_at > BEAT_SECONDS:
                        self._beat(fresh)
                        beat_at = time.monotonic()
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
            client = self._patient
            every = set(client.indices.get(index=f"{self._alias}-*", features=["aliases"]).keys())
            for name in sorted(filter(self._is_ours, every - in_use)):
                is_young = datetime.now(UTC) - self._beaten_at(name) < SILENCE
                if name in building and is_young and refuse:
                    raise RebuildRunning(f"{name} is being filled.")
                if not is_young or refuse:
                    client.indices.delete(index=name, ignore_unavailable=True)

    def _beat(self, name: str) -> None:
        """Say that whoever fills this index is alive."""
        with self._errors():
            self._patient.indices.put_mapping(
                index=name, meta={**mapping.made_of(), "beat": datetime.now(UTC).isoformat()}
            )

    def _beaten_at(self, name: str) -> datetime:
        beats = [self._made_of(one).get("beat") for one in self._mappings(name).values()]
        return max([self._made_at(name), *(datetime.fromisoformat(one) for one in beats if one)])

    def _make(self, aliases: dict[str, Any]) -> str:
        name = f"{self._alias}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        with self._errors():
            client = self._patient
            if self._alias in client.indices.get(index=self._alias, ignore_unavailable=True, features=["aliases"]):
                raise EngineRefuses(self._strange)
            self._put_template(client)
            client.indices.create(index=name, aliases=aliases)
        return name

    @property
    def _strange(self) -> str:
        """An index that has our alias's name, or is behind it, may be somebody's: not ours to delete."""
        return f"{self._alias} at Elasticsearch is no index of ours: delete it, or set another ELASTICSEARCH_INDEX."

    def _put_template(self, client: Elasticsearch) -> None:
        """What every index of this name is made from; one of a later make stays."""
        template = mapping.index_template(self._alias, shards=self._shards, replicas=self._replicas)
        try:
            (held,) = client.indices.get_index_template(name=self._alias)["index_templates"]
        except NotFoundError:
            pass
        else:
            at = held["index_template"]
            if at.get("version", 0) > template["version"]:
                raise EngineUnavailable("The index is of a later version's make, and is for that version to make.")
            if at.get("_meta") == template["meta"]:
                return
        client.indices.put_index_template(name=self._alias, **template)

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
            client = self._patient
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
            self._patient.indices.refresh(index=self._alias)

    def destroy(self) -> None:
        """Remove every index of this name, and what they are made from."""
        with self._errors():
            client = self._patient
            for name in filter(self._is_ours, client.indices.get(index=f"{self._alias}-*").keys()):
                client.indices.delete(index=name)
            client.options(ignore_status=404).indices.delete_index_template(name=self._alias)
