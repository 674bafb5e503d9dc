"""What happens to search when Elasticsearch is killed: a server of this module's own, so that no other test suffers."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command

from casestudies.models import CaseStudyPage
from core import delivery
from core.events import record, registry
from core.models import Delivery
from search import checking, engines, events, health, indexing, tasks
from search.engines.base import EngineUnavailable, IndexingFailed
from search.engines.breaker import CircuitBreaker
from search.engines.elastic import mapping
from tests.factories import case_study, organisation
from tests.search.documents import NOW, document, found
from tests.services.own import Own, running, wait_until
from tests.services.readers import NOTICE, Readers

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture(scope="module")
def server():
    with running(Own(name="elasticsearch-faults")) as own:
        yield own


@pytest.fixture
def live(server, settings, monkeypatch):
    settings.ELASTICSEARCH_URL = server.url
    settings.ELASTICSEARCH_INDEX = f"faults-{uuid.uuid4().hex[:12]}"
    engines.elasticsearch.cache_clear()
    monkeypatch.setattr(registry, "_registry", {})
    events.register()
    engine = engines.elasticsearch()
    engine.breaker = CircuitBreaker(rest=0)
    yield engine
    engines.elasticsearch.cache_clear()


def page(client):
    response = client.get("/search/?q=market")
    assert response.status_code == 200
    return response.content.decode()


def test_killed_while_it_is_asked_and_written_to_it_loses_nothing(live, server, client, monkeypatch):
    council = organisation("Stockport")
    for number in range(3):
        case_study(council, title=f"Market {number}")
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    Delivery.objects.all().delete()

    def batches():
        yield NOW, [document(1, "Market")]
        server.kill()
        yield NOW, [document(2, "Market")]

    with pytest.raises(EngineUnavailable):
        live.rebuild(batches(), version=NOW)
    assert NOTICE in page(client)
    late = case_study(council, title="Market late")
    delivery.deliver_all()
    assert "Market late" in client.get("/search/?q=late").content.decode().replace("<mark>", "").replace("</mark>", "")
    assert Delivery.objects.filter(consumer="search-elasticsearch", attempts=0, parked_at=None).exists()

    server.start()
    wait_until(lambda: NOTICE not in page(client))
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    live.refresh()
    assert late.pk in found(live, "late")
    assert not checking.compare(live), "nothing that was acknowledged is lost, and nothing that waited"
    monkeypatch.setattr("search.engines.elastic.engine.SILENCE", timedelta(0))
    indexing.rebuild(live)
    assert not checking.compare(live)


def test_a_full_disk_makes_writes_wait_and_searches_go_on(live, client):
    """The server locks its indices by itself when the disk is fuller than its flood stage, and opens them again."""
    council = organisation("Stockport")
    case_study(council, title="Market first")
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    Delivery.objects.all().delete()
    server = live._client.options(request_timeout=30)
    marks = [f"cluster.routing.allocation.disk.watermark.{name}" for name in ("low", "high", "flood_stage")]
    names = ["cluster.routing.allocation.disk.threshold_enabled", "cluster.info.update.interval", *marks]

    def is_locked():
        held = server.indices.get_settings(index=live._alias, flat_settings=True).body
        return any("index.blocks.read_only_allow_delete" in one["settings"] for one in held.values())

    # So much must be free as no disk has.
    full = {names[0]: True, names[1]: "10s"} | dict.fromkeys(marks, "900000gb")
    try:
        server.cluster.put_settings(persistent=full)
        wait_until(is_locked)
        late = case_study(council, title="Market late")
        delivery.deliver_all()
        assert NOTICE not in page(client), "it still answers"
        waiting = Delivery.objects.filter(consumer="search-elasticsearch")
        assert waiting.filter(parked_at=None).exists()
        assert not waiting.exclude(parked_at=None).exists()
    finally:
        server.cluster.put_settings(persistent=dict.fromkeys(names))
    wait_until(lambda: not is_locked())
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    live.refresh()
    assert late.pk in found(live, "late")
    assert not checking.compare(live)


def test_two_hundred_edits_during_a_rebuild_are_all_in_it(live, client, monkeypatch):
    council = organisation("Stockport")
    pages = [case_study(council, title=f"Market {number}") for number in range(40)]
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    Delivery.objects.all().delete()
    monkeypatch.setattr(live, "rebuild_batch", 2)
    edited = []

    def edit(done):
        """What comes between two batches: ten edits, one of them a withdrawal, heard of at once; and a reader."""
        for number in range(10):
            changed = pages[(done * 7 + number) % len(pages)]
            gone = number == 9 and changed.pk % 2
            CaseStudyPage.objects.filter(pk=changed.pk).update(title=f"Market, edit {len(edited)}", live=not gone)
            record(kind="case_study.updated", subject=("case_study", changed.pk))
            edited.append(changed.pk)
        delivery.deliver_all(only="search-elasticsearch")
        assert NOTICE not in page(client)

    indexing.rebuild(live, progress=edit)
    assert len(edited) >= 200
    live.refresh()
    assert not checking.compare(live)


@pytest.mark.django_db(transaction=True)
def test_killed_under_readers_it_is_never_an_error_and_the_notice_comes_and_goes(live, server):
    """Three people search without a pause; the server dies with their questions in hand, and is started again."""
    council = organisation("Stockport")
    pages = [case_study(council, title=f"Market {number}") for number in range(6)]
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    Delivery.objects.all().delete()
    live.breaker = CircuitBreaker(rest=0.5)
    with Readers().reading() as readers:
        readers.see(notice=False)
        server.kill()
        readers.see(notice=True)
        late = case_study(council, title="Market late")
        CaseStudyPage.objects.filter(pk=pages[0].pk).update(title="Market, edited")
        record(kind="case_study.updated", subject=("case_study", pages[0].pk))
        pages[1].unpublish()
        delivery.deliver_all()
        assert Delivery.objects.filter(consumer="search-elasticsearch", attempts=0, parked_at=None).exists()
        server.start()
        readers.see(notice=False)
    assert not live.breaker.is_open
    assert readers.with_notice
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    live.refresh()
    assert found(live, "late") == [late.pk]
    assert pages[1].pk not in found(live, "market")
    assert not checking.compare(live)
    call_command("search_check")


@pytest.mark.django_db(transaction=True)
def test_deleted_under_readers_the_index_is_made_anew_by_the_beat(live):
    council = organisation("Stockport")
    for number in range(6):
        case_study(council, title=f"Market {number}")
    delivery.deliver_all(only="search-database")
    indexing.rebuild(live)
    live.breaker = CircuitBreaker(rest=0.5)
    with Readers().reading() as readers:
        readers.see(notice=False)
        live.destroy()
        readers.see(notice=True)
        case_study(council, title="Market late")
        delivery.deliver_all()
        tasks.ensure_index()
        readers.see(notice=False)
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    assert not checking.compare(live)


def test_an_index_that_has_the_alias_name_is_nobodys_to_delete_and_said_to_be_there(live, client, caplog):
    """As a server makes one when somebody writes to the name while no alias is there."""
    case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all(only="search-database")
    server = live._client.options(request_timeout=30)
    server.index(
        index=live._alias, id="case_study:1", document={"title": "Market", "key": "case_study:1"}, refresh=True
    )
    assert NOTICE in page(client)
    delivery.deliver_all()
    assert Delivery.objects.filter(consumer="search-elasticsearch", attempts=0, parked_at=None).exists()
    tasks.ensure_index()
    tasks.check_index()
    assert f"{live._alias} at Elasticsearch is no index of ours" in caplog.text
    assert health.report()["elasticsearch"]["state"] == "refused"
    assert server.count(index=live._alias)["count"] == 1, "it may be somebody's"

    server.indices.delete(index=live._alias)
    tasks.ensure_index()
    wait_until(lambda: NOTICE not in page(client))
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    live.refresh()
    assert not checking.compare(live)
    assert health.report()["elasticsearch"]["state"] == "ok"


@pytest.mark.parametrize(
    "mappings",
    [
        {"properties": {"title": {"type": "long"}}},
        {"properties": {name: {"type": "text"} for name in ("title", "key", "published_at", "kind", "facet")}},
        {"dynamic": "strict"},
    ],
)
def test_an_index_with_another_mapping_behind_the_alias_is_replaced_by_the_beat(live, client, mappings):
    case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all(only="search-database")
    server = live._client.options(request_timeout=30)
    by_hand = f"by-hand-{live._alias}"
    server.indices.create(index=by_hand, mappings=mappings, aliases={live._alias: {}})
    assert NOTICE in page(client)
    delivery.deliver_all()
    assert health.report()["elasticsearch"]["state"] == "refused"
    tasks.ensure_index()
    wait_until(lambda: NOTICE not in page(client))
    assert live._behind(live._alias) != [by_hand]
    assert server.indices.exists(index=by_hand), "it may be somebody's"
    Delivery.objects.update(due_at="2020-01-01T00:00:00Z")
    delivery.deliver_all()
    live.refresh()
    assert not checking.compare(live)


def test_a_field_of_our_own_index_mapped_otherwise_is_found_out_and_the_index_made_anew(live, client):
    """An index that has our name and a wrong field: documents bounce off it, wait, and are there after the rebuild."""
    page_of_it = case_study(organisation("Stockport"), title="Market hall")
    delivery.deliver_all(only="search-database")
    server = live._client.options(request_timeout=30)
    body = mapping.index_body(shards=1, replicas=0)
    body["mappings"]["properties"]["title"] = {"type": "long"}
    body["mappings"]["_meta"] = {"fingerprint": "another", "version": mapping.VERSION}
    server.indices.create(index=f"{live._alias}-20200101000000-aaaaaa", aliases={live._alias: {}}, **body)
    assert not live.is_current()
    with pytest.raises(IndexingFailed):
        indexing.refresh(live, [f"case_study:{page_of_it.pk}"])
    tasks.ensure_index()
    wait_until(lambda: NOTICE not in page(client))
    assert found(live, "hall") == [page_of_it.pk]
    assert not checking.compare(live)
