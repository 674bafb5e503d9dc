"""Making the index: `search_rebuild` from real rows beside raw `parallel_bulk` of ready-made documents; and how long
after an edit of a page the search finds it, with a worker running.
"""

import itertools
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from elasticsearch import Elasticsearch, helpers

from bench import figures, many, servers
from casestudies.models import CaseStudyPage
from core import events
from network.celery import app
from search import engines, indexing
from search.engines.base import Engine, SearchQuery
from search.engines.elastic import ElasticsearchEngine, mapping
from search.events import BATCH, KINDS, index_into_elasticsearch

SIZE = 100_000
SIZES = (1_000, 10_000, 100_000)
EMBEDDED = 10_000
READY_MADE = 2_000
EDITS = 25
LONGEST = 60.0


def measure(size: int) -> dict[str, Any]:
    sizes = [one for one in SIZES if one < size] + [size]
    answer: dict[str, Any] = {"embedded": {}, "elasticsearch": {}}
    if broker := servers.redis():  # before the first message makes a connection
        app.conf.update(broker_url=broker, broker_transport_options={})
    for one in sizes:
        many.make_case_studies(one)
        if one <= EMBEDDED:
            answer["embedded"][str(one)] = figures.rate(one, lambda: _rebuild(engines.database()))
        if servers.address():
            answer["elasticsearch"][str(one)] = _server(one)
    if not servers.address():
        return {"embedded": answer["embedded"], "left_out": servers.LEFT_OUT}
    with servers.elasticsearch() as engine:
        answer["event_to_searchable"] = _edits(engine)
    answer["ratio"] = answer["elasticsearch"][str(size)]["ratio"]
    return answer


def _rebuild(engine: Engine) -> int:
    return indexing.rebuild(engine)


def _server(size: int) -> dict[str, Any]:
    """Half of the raw side before ours and half after it, so that a busy machine does not favour one."""
    with servers.elasticsearch() as engine:
        keys = itertools.islice(indexing.every_key(), READY_MADE)
        ready = [mapping.source(one) for one in indexing.build(keys)]
        before = _raw(ready, size // 2)
        memory: list[float] = []
        refused: list[str] = []
        with _asking(engine, refused):
            clock, processor = time.perf_counter(), time.process_time()
            made = indexing.rebuild(engine, progress=lambda done: memory.append(figures.held_mb()))
            clock, processor = time.perf_counter() - clock, time.process_time() - processor
        figures.expect(made >= size, f"{made} of {size}")
        after = _raw(ready, size // 2)
    raw = size // 2 * 2 / (before + after)
    return {
        "per_second": round(made / clock, 1),
        "per_cpu_second": round(made / processor, 1),
        "raw_per_second": round(raw, 1),
        "ratio": round(made / clock / raw, 2),
        "mb_after_a_tenth": memory[len(memory) // 10],
        "mb_at_the_end": memory[-1],
        "searches_refused_meanwhile": len(refused),
    }


def _raw(ready: list[dict[str, Any]], count: int) -> float:
    """Seconds to send so many documents that need no making."""
    client = Elasticsearch(servers.address(), request_timeout=60)
    name = "bench-raw"
    client.indices.delete(index=name, ignore_unavailable=True)
    client.indices.create(index=name, **mapping.index_body(shards=1, replicas=0))
    actions = (
        {"_index": name, "_id": str(number), "_source": source}
        for number, source in zip(range(count), itertools.cycle(ready), strict=False)
    )
    began = time.perf_counter()
    for accepted, item in helpers.parallel_bulk(client, actions, thread_count=4, chunk_size=500):
        figures.expect(accepted, str(item))
    seconds = time.perf_counter() - began
    client.indices.delete(index=name)
    return seconds


@contextmanager
def _asking(engine: ElasticsearchEngine, refused: list[str]) -> Iterator[None]:
    """Somebody searches twice a second all the while."""
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.5):
            try:
                engine.search(SearchQuery(text="market"))
            except Exception as error:
                refused.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _edits(engine: ElasticsearchEngine) -> dict[str, Any]:
    """Publish an edit, then ask until it is found: through the event log, the worker and the server's refresh."""
    indexing.refresh(engine, itertools.islice(indexing.every_key(), 500))
    events.consumer("search-elasticsearch", kinds=KINDS, batch_size=BATCH)(index_into_elasticsearch)
    pages = list(CaseStudyPage.objects.live().order_by("pk")[:EDITS])
    with _worker(engine), patch.object(engines, "elasticsearch", lambda: engine):
        _seconds_until_found(engine, pages[0], "zzstarted")  # the worker is up
        times = [_seconds_until_found(engine, page, f"zzedit{number}") for number, page in enumerate(pages)]
    return {
        "edits": len(times),
        "p50_seconds": round(statistics.median(times), 2),
        "p95_seconds": round(statistics.quantiles(times, n=20)[-1], 2),
        "broker": "Redis" if servers.redis() else "files",
    }


def _seconds_until_found(engine: ElasticsearchEngine, page: CaseStudyPage, word: str) -> float:
    page.title = page.draft_title = f"{page.title} {word}"
    page.save_revision().publish()
    began = time.perf_counter()
    while not engine.search(SearchQuery(text=word)).total:
        waited = time.perf_counter() - began
        figures.expect(waited < LONGEST, f"{word} is not found: {_log().read_text(encoding='utf-8')[-1000:]}")
        time.sleep(0.02)
    return time.perf_counter() - began


@contextmanager
def _worker(engine: ElasticsearchEngine) -> Iterator[None]:
    """A worker as the Procfile starts it, on the same database and index; over Redis where there is one."""
    environment = {**os.environ, "ELASTICSEARCH_URL": servers.address(), "ELASTICSEARCH_INDEX": engine._alias}
    if broker := servers.redis():
        environment["REDIS_URL"] = broker
        app.control.purge()
    command = [sys.executable, "-m", "celery", "-A", "network", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with _log().open("w") as out:
        process = subprocess.Popen([*command, *quiet], env=environment, stdout=out, stderr=out)  # noqa: S603 - our own
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=LONGEST)


def _log() -> Path:
    return Path(settings.VAR_DIR) / "worker.log"
