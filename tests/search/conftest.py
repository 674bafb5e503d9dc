"""The engines, one after the other."""

import os
import uuid

import pytest


class Harness:
    """An engine that can be searched at once after each write."""

    def __init__(self, engine, settle):
        self.engine = engine
        self._settle = settle

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def index(self, *documents, version=None):
        from tests.search.documents import NOW

        self.engine.index(documents, version=NOW if version is None else version)
        self._settle()

    def remove(self, *keys, version=None):
        from tests.search.documents import NOW

        self.engine.remove(keys, version=NOW + 1 if version is None else version)
        self._settle()

    def rebuild(self, batches, *, version):
        total = self.engine.rebuild(batches, version=version)
        self._settle()
        return total


@pytest.fixture
def database_engine(db):
    from search.engines.sql import DatabaseEngine

    return Harness(DatabaseEngine(), lambda: None)


@pytest.fixture
def elasticsearch_engine(db):
    yield from fresh_elasticsearch()


def fresh_elasticsearch():
    """On the server that ELASTICSEARCH_URL names, under a name of its own, gone afterwards."""
    from search.engines.elastic import ElasticsearchEngine

    address = os.environ["ELASTICSEARCH_URL"]
    assert address, "ELASTICSEARCH_URL is empty: run `make services` and set it"
    engine = ElasticsearchEngine(addresses=[address], name=f"test-{uuid.uuid4().hex[:12]}")
    engine.create()
    yield Harness(engine, engine.refresh)
    engine.destroy()


ENGINES = ["database", pytest.param("elasticsearch", marks=pytest.mark.services)]


@pytest.fixture(params=ENGINES)
def engine(request, db):
    """Empty, and each test’s own. The words of a search are looked up in the database whichever engine answers."""
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture(scope="module")
def filled_elasticsearch(request):
    for harness in fresh_elasticsearch():
        harness.index(*request.module.DOCUMENTS)
        yield harness


@pytest.fixture(params=ENGINES)
def filled(request, db):
    """Holds the DOCUMENTS of the module, whose tests only read: making an index costs Elasticsearch a second."""
    if request.param == "elasticsearch":
        return request.getfixturevalue("filled_elasticsearch")
    harness = request.getfixturevalue("database_engine")
    harness.index(*request.module.DOCUMENTS)
    return harness
