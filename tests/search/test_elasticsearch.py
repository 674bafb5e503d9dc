"""What only a real Elasticsearch shows: aliases, one request a page, refusals, lost indices."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from core import delivery
from core.events import registry
from core.models import Delivery
from search import checking, engines, events, indexing, tasks
from search.engines.base import EngineUnavailable, IndexingFailed, IndexMissing, RebuildRunning, SearchQuery
from search.engines.breaker import CircuitBreaker
from search.engines.elastic import mapping
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


def test_indices_are_made_from_a_template_that_an_older_version_leaves_alone(live, monkeypatch):
    monkeypatch.setattr(mapping, "VERSION", mapping.VERSION + 1)
    live.create()
    (held,) = live._client.indices.get_index_template(name=live._alias)["index_templates"]
    assert held["index_template"]["version"] == mapping.VERSION
    monkeypatch.setattr(mapping, "VERSION", mapping.VERSION - 1)
    monkeypatch.setitem(FACETS, "nation", FACETS["region"])
    assert live.is_current(), "while servers are upgraded, the older ones do not make the newer ones' index anew"
    with pytest.raises(EngineUnavailable, match="later version"):
        live.rebuild(iter(()), version=NOW)
    monkeypatch.setattr(mapping, "VERSION", mapping.VERSION + 2)
    assert not live.is_current()
    assert live.rebuild([(NOW, [document(1, "Market", nation="wales")])], version=NOW) == 1
    assert live.is_current()


def test_one_impossible_document_keeps_no_other_from_being_found(live, caplog):
    live.create()
    with pytest.raises(IndexingFailed, match="case_study:1"):
        live.index([_impossible(), document(2, "Market")], version=NOW)
    live.refresh()
    assert found(live, "market") == [2]
    assert live.rebuild([(NOW, [document(3, "Market"), _impossible()])], version=NOW) == 1
    assert found(live, "market") == [3]
    assert "case_study:1" in caplog.text


def test_a_rebuild_that_died_gives_way_and_one_that_beats_does_not(live, monkeypatch):
    live.create()
    name = live._make({live._building: {}})
    monkeypatch.setattr(live, "_made_at", lambda name: datetime(2020, 1, 1, tzinfo=UTC))
    live._beat(name)
    with pytest.raises(RebuildRunning):
        live.rebuild(iter(()), version=NOW)
    monkeypatch.setattr("search.engines.elastic.engine.SILENCE", timedelta(0))
    assert live.rebuild([(NOW, [document(1, "Market")])], version=NOW) == 1
    assert found(live, "market") == [1]


def test_two_hundred_writes_during_a_rebuild_are_all_there_after_it(live):
    live.create()
    old = [document(number, "Old market") for number in range(300)]

    def write(number):
        if number % 4:
            live.index([document(number, "New market")], version=NOW + 5)
        else:
            live.remove([f"case_study:{number}"], version=NOW + 5)

    def batches():
        with ThreadPoolExecutor(4) as pool:
            some = [pool.submit(write, number) for number in range(100)]
            yield NOW, old[:150]
            some += [pool.submit(write, number) for number in range(100, 200)]
            yield NOW, old[150:]
            for one in some:
                one.result()

    live.rebuild(batches(), version=NOW)
    live.refresh()
    held = set(chain.from_iterable(live.keys()))
    assert held == {f"case_study:{number}" for number in range(300) if number >= 200 or number % 4}
    assert ask(live, '"new market"').total == 150
    assert ask(live, '"old market"').total == 100


def test_a_misspelled_word_is_spelled_as_something_that_this_reader_finds(live):
    live.create()
    live.index(
        [
            document(1, "Loneliness among carers"),
            document(2, "A quiet scheme", members_only=True, members_text="The zeppelin hangar."),
            document(3, "Xylophones for schools"),
        ],
        version=NOW,
    )
    live.remove(["case_study:3"], version=NOW + 1)
    live.refresh()
    assert ask(live, "lonliness carers").correction == "loneliness carers"
    assert ask(live, '"lonliness" carers').correction == "", "what is quoted is meant so"
    assert ask(live, "zepelin").correction == ""
    assert ask(live, "zepelin", members=True).correction == "zeppelin"
    assert ask(live, "xylophnes").correction == "", "words of what is gone linger in the index"
    assert ask(live, "carers").correction == ""


def test_titles_that_begin_so_come_first_and_one_slip_is_forgiven(live):
    live.create()
    live.index(
        [document(1, "The old market hall"), document(2, "Market day"), document(3, "Swimming pool")], version=NOW
    )
    live.refresh()
    assert [one.title for one in live.suggest("mark")] == ["Market day", "The old market hall"]
    assert [one.title for one in live.suggest("swmim")] == ["Swimming pool"]
    assert live.suggest("zzz") == []


def test_a_document_in_welsh_is_found_by_any_form_of_a_word(live):
    live.create()
    live.index(
        [
            document(1, "Canolfan gymunedol", locale="cy", public_text="Mewn gerddi."),
            document(2, "Cardiff market", members_only=True, locale="cy", members_text="Tafarndai."),
        ],
        version=NOW,
    )
    live.refresh()
    assert found(live, "nghanolfan") == [1]
    assert found(live, "gardd") == [1]
    assert found(live, "tafarn") == []
    assert found(live, "tafarn", members=True) == [2]


def test_size_and_age_are_reported(live):
    live.create()
    health = live.health()
    assert health["bytes"] > 0
    assert datetime.fromisoformat(health["made_at"]) <= datetime.now(UTC)


def test_an_index_deleted_under_it_is_made_anew_while_the_database_answers(live, client):
    notice = "Search is running on its reserve"
    live.breaker = CircuitBreaker(rest=0)
    case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    live.destroy()
    response = client.get("/search/?q=hall")
    assert response.status_code == 200
    assert notice in response.content.decode()
    assert "1 result about “hall”" in response.content.decode()
    tasks.ensure_index()
    assert notice not in client.get("/search/?q=hall").content.decode()
    assert not checking.compare(live)
