"""The servers that some measurements need. Without them they measure the embedded half and say what they left out."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from search.engines.elastic import ElasticsearchEngine

ADDRESS = "BENCH_ELASTICSEARCH_URL"
REDIS = "BENCH_REDIS_URL"
LEFT_OUT = "Elasticsearch (set ELASTICSEARCH_URL, or run `make services`)"


def address() -> str:
    return os.environ.get(ADDRESS, "")


def redis() -> str:
    """A database of the server's that nobody else has use for."""
    server = os.environ.get(REDIS, "")
    return urlsplit(server)._replace(path="/15").geturl() if server else ""


@contextmanager
def elasticsearch() -> Iterator[ElasticsearchEngine]:
    """An engine with an empty index of its own, gone afterwards."""
    engine = ElasticsearchEngine(addresses=[address()], name=f"bench-{secrets.token_hex(6)}")
    engine.create()
    try:
        yield engine
    finally:
        engine.destroy()
