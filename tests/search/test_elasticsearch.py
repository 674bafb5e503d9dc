"""What only a real Elasticsearch shows: aliases, one request a page, refusals, lost indices."""

import os
import uuid

import pytest

from core import delivery
from core.events import registry
from core.models import Delivery
from search import checking, engines, events, indexing, tasks
from search.engines.base import EngineUnavailable, IndexingFailed, IndexMissing, RebuildRunning, SearchQuery
from search.facets import FACETS
from tests.factories import TopicFactory, case_study, organisation
from tests.search.documents import NOW, ask, document, found

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture
def live(settings, monkeypatch):
    """The engine of the settings, on the real server, under a name of this test's own."""
    settings.ELASTICSEARCH_URL = os.environ["ELASTICSEARCH_URL"]
    settings.ELASTICSEARCH_INDEX = f"test-{uuid.uuid4().hex[:12]}"
    engines.elasticsearch.cache_clear()
    monkeypatch.setattr(registry, "_registry", {})
    events.register()
    engine = engines.elasticsearch()
    yield engine
    engine.destroy()
    engines.elasticsearch.cache_clear()


@pytest.fixture
def requests(live, monkeypatch):
    """The requests that the engine sends."""
    from elastic_transport import Transport

    sent = []
    original = Transport.perform_request

    def perform(self, method, target, **options):
        sent.append((method, target))
        return original(self, method, target, **options)

    monkeypatch.setattr(Transport, "perform_request", perform)
    return sent


def test_a_page_is_one_request_and_asks_the_database_nothing_of_content(
    live, requests, client, django_assert_max_num_queries
):
    council, topic = organisation("Stockport"), TopicFactory(slug="empty-shops")
    for number in range(5):
        case_study(council, title=f"Market {number}", topics=[topic])
    indexing.rebuild(live)
    address = "/search/?q=market&topic=empty-shops&type=case_study"
    client.get(address)
    requests.clear()
    with django_assert_max_num_queries(3) as queries:
        response = client.get(address)
    assert [method for method, _ in requests] == ["POST"]
    assert "5 case studies about “market”" in response.content.decode()
    assert "reserve" not in response.content.decode()
    asked = " ".join(query["sql"] for query in queries.captured_queries)
    for table in ("search_indexeddocument", "search_public", "casestudies_", "members_", "core_topic"):
        assert table not in asked


def test_events_reach_it(live):
    live.create()
    page = case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all()
    live.refresh()
    assert found(live, "market hall") == [page.pk]
    page.unpublish()
    delivery.deliver_all()
    live.refresh()
    assert found(live, "market hall") == []
    assert not Delivery.objects.exists()


def test_without_its_index_events_wait_and_the_index_is_made_by_itself(live):
    page = case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all()
    assert Delivery.objects.filter(consumer="search-elasticsearch", attempts=0, parked_at=None).exists()
    with pytest.raises(IndexMissing):
        live.search(SearchQuery(text="market"))
    tasks.ensure_index()
    assert found(live, "market hall") == [page.pk]
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    assert not checking.compare(live)


def test_no_write_makes_an_index_by_accident(live):
    with pytest.raises(IndexMissing):
        live.index([document(1, "Market")], version=NOW)
    with pytest.raises(IndexMissing):
        live.remove(["case_study:1"], version=NOW)
    assert live._behind(f"{live._alias}*") == []


def test_an_index_of_an_older_make_is_made_anew(live, monkeypatch):
    live.create()
    assert live.is_current()
    monkeypatch.setitem(FACETS, "nation", FACETS["region"])
    assert not live.is_current()
    tasks.ensure_index()
    assert live.is_current()


def test_a_field_that_the_index_does_not_know_waits_for_the_rebuild(live, monkeypatch):
    live.create()
    monkeypatch.setitem(FACETS, "nation", FACETS["region"])
    with pytest.raises(EngineUnavailable):
        live.index([document(1, "Market", nation="wales")], version=NOW)


def test_a_document_that_is_refused_is_named(live):
    live.create()
    with pytest.raises(IndexingFailed, match="case_study:1"):
        live.index([_impossible()], version=NOW)


def _impossible():
    from dataclasses import replace

    from search.documents import Point

    return replace(document(1, "Market"), points=(Point(lat=1000.0, lng=0.0),))


def test_a_read_only_index_makes_writes_wait_and_searches_go_on(live):
    live.create()
    live.index([document(1, "Market")], version=NOW)
    live.refresh()
    (name,) = live._behind(live._alias)
    block = {"index.blocks.read_only_allow_delete": True}
    live._client.indices.put_settings(index=name, settings=block)
    with pytest.raises(EngineUnavailable):
        live.index([document(2, "Market")], version=NOW)
    assert found(live, "market") == [1]
    live._client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})
    live.index([document(2, "Market")], version=NOW)


def test_two_rebuilds_do_not_run_at_once(live):
    live.create()

    def batches():
        yield NOW, [document(1, "Market")]
        with pytest.raises(RebuildRunning):
            live.rebuild(iter(()), version=NOW)

    assert live.rebuild(batches(), version=NOW) == 1
    assert found(live, "market") == [1]


def test_a_rebuild_that_fails_leaves_the_old_index_and_no_other(live):
    live.create()
    live.index([document(1, "Market")], version=NOW)
    live.refresh()

    def batches():
        yield NOW, [document(2, "Market")]
        raise ValueError("the power went")

    with pytest.raises(ValueError, match="power"):
        live.rebuild(batches(), version=NOW)
    assert found(live, "market") == [1]
    assert live._behind(live._building) == []
    assert live.rebuild([(NOW, [document(3, "Market")])], version=NOW) == 1
    assert found(live, "market") == [3]


def test_check_against_the_database(live):
    council = organisation("Stockport")
    page = case_study(council, title="Market hall")
    indexing.rebuild(live)
    assert not checking.compare(live)
    live.index([document(987_654, "Extra")], version=indexing.read_version())
    live.remove([f"case_study:{page.pk}"], version=indexing.read_version())
    live.refresh()
    difference = checking.compare(live)
    assert (difference.missing, difference.stale, difference.extra) == (
        [f"case_study:{page.pk}"],
        [],
        ["case_study:987654"],
    )
    checking.repair(live, difference)
    live.refresh()
    assert not checking.compare(live)


def test_health_is_reported(live, client):
    live.create()
    assert client.get("/readyz").json()["elasticsearch"] == "ok"
    assert live.health()["documents"] == 0


def test_both_engines_find_the_same(live):
    council = organisation("Stockport", region="North West")
    for title in ("Market hall", "Empty shops filled", "Swimming pool saved"):
        case_study(council, title=title)
    case_study(council, title="Quiet", audience="members")
    for engine in engines.kept():
        indexing.rebuild(engine)
    for text in ("market", "empty shops", "pool", "", "stockport", "nothing at all here"):
        answers = [ask(engine, text) for engine in engines.kept()]
        assert {hit.url for hit in answers[0].hits} == {hit.url for hit in answers[1].hits}, text
        assert answers[0].facets == answers[1].facets, text
