"""Searching: the embedded engine, and with Elasticsearch the page and the type-ahead beside the same bodies sent raw.

Both sides of a ratio alternate in one run. The questions are our judged ones, as practitioners type them.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bench import figures, servers
from bench.documents import documents
from search import engines
from search.engines.base import Engine, SearchQuery
from search.engines.elastic import ElasticsearchEngine
from search.facets import FACETS
from search.indexing import chunks

SIZE = 100_000
SIZES = (1_000, 10_000, 100_000)
# Beyond this the embedded engine is not meant to be used.
EMBEDDED = 10_000
WARM_UP = 10
QUERIES = Path(__file__).resolve().parent.parent.parent / "tests" / "search" / "judged" / "queries.jsonl"


def measure(size: int) -> dict[str, Any]:
    sizes = [one for one in SIZES if one < size] + [size]
    questions = [json.loads(line)["text"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    embedded = {str(one): _embedded(one, questions) for one in sizes if one <= EMBEDDED}
    if not servers.address():
        return {"embedded": embedded, "left_out": servers.LEFT_OUT}
    server = {str(one): _server(one, questions) for one in sizes}
    last = server[str(sizes[-1])]
    return {
        "embedded": embedded,
        "elasticsearch": server,
        "view_ratio": last["view"]["ratio"],
        "suggest_ratio": last["suggest"]["ratio"],
    }


def _fill(engine: Engine, size: int) -> None:
    """Only what is not there yet: the first thousand of ten thousand are the same."""
    for start, some in enumerate(chunks(documents(size), 500)):
        if (start + 1) * 500 > _held(engine):
            engine.index(some, version=time.time_ns() // 1000)
    if isinstance(engine, ElasticsearchEngine):
        engine.refresh()
    figures.expect(_held(engine) == size, f"{_held(engine)} of {size} documents")


def _held(engine: Engine) -> int:
    return int(engine.health()["documents"])


def _embedded(size: int, questions: Sequence[str]) -> dict[str, Any]:
    engine = engines.database()
    _fill(engine, size)
    asked = [SearchQuery(text=text, counts=tuple(FACETS), help=True) for text in questions]
    for one in asked[:WARM_UP]:
        engine.search(one)
    processor = time.process_time()
    searches = [_timed(partial(engine.search, one)) for one in asked]
    processor = (time.process_time() - processor) * 1000 / len(asked)
    typed = [_timed(partial(engine.suggest, text[:5])) for text in questions]
    return {"search": {**_ms(searches), "mean_processor_ms": round(processor, 1)}, "suggest": _ms(typed)}


def _server(size: int, questions: Sequence[str]) -> dict[str, Any]:
    with servers.elasticsearch() as engine, _answering(engine):
        _fill(engine, size)
        client = Client(SERVER_NAME="localhost")
        found = {
            "view": _beside_raw(engine, client, [f"/search/?q={quote(text)}" for text in questions]),
            "suggest": _beside_raw(engine, client, [f"/search/suggest/?q={quote(text[:5])}" for text in questions]),
        }
        found["view"]["ratio"] = round(found["view"]["ours"]["p50"] / found["view"]["raw"]["p50"], 2)
        found["suggest"]["ratio"] = round(found["suggest"]["ours"]["p95"] / found["suggest"]["raw"]["p95"], 2)
        return found


@contextmanager
def _answering(engine: ElasticsearchEngine) -> Iterator[None]:
    """The site asks this engine."""
    with override_settings(ELASTICSEARCH_URL=servers.address()), patch.object(engines, "elasticsearch", lambda: engine):
        yield


def _beside_raw(engine: ElasticsearchEngine, client: Client, addresses: Sequence[str]) -> dict[str, Any]:
    """Each page as an anonymous reader gets it, and what it asked Elasticsearch sent once more by itself.

    Whichever is second finds the server's caches warm, so they take turns.
    """
    ours: list[float] = []
    raw: list[float] = []
    requests: list[int] = []
    statements: list[int] = []

    def visit(address: str) -> None:
        response = client.get(address)
        figures.expect(response.status_code == 200, f"{address} answered {response.status_code}")

    for address in addresses[:WARM_UP]:
        visit(address)
    for turn, address in enumerate(addresses):
        with _overheard(engine) as calls, CaptureQueriesContext(connection) as captured:
            visit(address)
        figures.expect(bool(calls), f"{address} asked Elasticsearch nothing")
        requests.append(len(calls))
        statements.append(len(captured))
        both: list[tuple[list[float], Callable[[], Any]]] = [
            (ours, partial(visit, address)),
            (raw, partial(_send, engine, calls)),
        ]
        for into, work in both if turn % 2 else reversed(both):
            into.append(_timed(work))
    return {
        "ours": _ms(ours),
        "raw": _ms(raw),
        "requests": max(requests),
        "more_than_one_request": sum(1 for one in requests if one > 1),
        "statements": max(statements),
    }


Call = tuple[tuple[Any, ...], dict[str, Any]]


@contextmanager
def _overheard(engine: ElasticsearchEngine) -> Iterator[list[Call]]:
    calls: list[Call] = []
    transport = engine._client.transport
    perform = transport.perform_request

    def listen(*args: Any, **kwargs: Any) -> Any:
        calls.append((args, kwargs))
        return perform(*args, **kwargs)

    with patch.object(transport, "perform_request", listen):
        yield calls


def _send(engine: ElasticsearchEngine, calls: Sequence[Call]) -> None:
    for args, kwargs in calls:
        engine._client.transport.perform_request(*args, **kwargs)


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _ms(times: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[-1], 1),
    }
