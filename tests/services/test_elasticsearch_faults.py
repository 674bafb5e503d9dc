"""What happens to search when Elasticsearch is killed: a server of this module's own, so that no other test suffers."""

import os
import shutil
import signal
import socket
import time
import uuid
from datetime import timedelta

import pytest

from casestudies.models import CaseStudyPage
from core import delivery
from core.events import record, registry
from core.models import Delivery
from scripts.services import config, process
from scripts.services.elasticsearch import Elasticsearch
from search import checking, engines, events, indexing
from search.engines.base import EngineUnavailable
from search.engines.breaker import CircuitBreaker
from tests.factories import case_study, organisation
from tests.search.documents import NOW, document, found

pytestmark = [pytest.mark.services, pytest.mark.django_db]

NOTICE = "Search is running on its reserve"
PATIENCE = 150


def free_port():
    with socket.socket() as probe:
        probe.bind((config.HOST, 0))
        return probe.getsockname()[1]


class Own(Elasticsearch):
    """The programs of the running server, with folders, configuration and ports of its own."""

    name = "elasticsearch-faults"

    def __init__(self, account):
        super().__init__(account)
        self.ports = free_port(), free_port()

    @property
    def port(self):
        return self.ports[0]

    @property
    def transport_port(self):
        return self.ports[1]

    @property
    def home(self):
        return config.state_dir("elasticsearch") / f"elasticsearch-{config.ELASTICSEARCH_VERSION}"

    @property
    def configuration(self):
        return self.folder / "config"

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.home / "config", self.configuration)
        process.own(self.configuration, self.account, deep=True)
        self._configure()

    def start(self):
        self.launch()
        wait_until(self.ready)

    def kill(self):
        os.killpg(process.running(self.name).pid, signal.SIGKILL)
        wait_until(lambda: process.running(self.name) is None)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"


@pytest.fixture(scope="module")
def server():
    own = Own(process.service_account())
    own.prepare()
    own.start()
    yield own
    process.end(own.name, stop_signal=signal.SIGKILL)
    shutil.rmtree(own.folder)


@pytest.fixture
def live(server, settings, monkeypatch):
    settings.ELASTICSEARCH_URL = f"http://{config.HOST}:{server.port}"
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
