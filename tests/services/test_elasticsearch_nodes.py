"""Several Elasticsearch nodes, one of which is gone or hangs: two doors to the real server stand for two nodes."""

import os
import socket
import threading
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from core import delivery
from core.events import registry
from core.models import Delivery
from scripts.services import config
from search import checking, engines, events, indexing
from search.engines.breaker import CircuitBreaker
from search.engines.elastic import engine as module
from tests.factories import case_study, organisation
from tests.search.documents import found
from tests.services.own import free_port, wait_until
from tests.services.readers import NOTICE

pytestmark = [pytest.mark.services, pytest.mark.django_db]


class Door:
    """Passes what comes to the real server, or (`hangs`) keeps it. Who comes while it is shut is refused."""

    def __init__(self):
        self.port = free_port()
        self.visitors = 0
        self.hangs = False
        self._listening = None
        self._inside = []

    def open(self):
        self._listening = socket.create_server((config.HOST, self.port))
        threading.Thread(target=self._receive, args=[self._listening], daemon=True).start()

    def shut(self):
        if self._listening:
            # Wakes whoever waits for the next visitor; closing alone does not.
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        while self._inside:
            with suppress(OSError):
                one = self._inside.pop()
                one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _receive(self, listening):
        while True:
            try:
                visitor, _ = listening.accept()
            except OSError:
                return
            self.visitors += 1
            self._inside.append(visitor)
            if self.hangs:
                continue
            server = urlsplit(os.environ["ELASTICSEARCH_URL"])
            beyond = socket.create_connection((server.hostname, server.port))
            self._inside.append(beyond)
            for here, there in ((visitor, beyond), (beyond, visitor)):
                threading.Thread(target=self._pass, args=[here, there], daemon=True).start()

    @staticmethod
    def _pass(here, there):
        with suppress(OSError):
            while some := here.recv(65536):
                there.sendall(some)
        with suppress(OSError):
            there.shutdown(socket.SHUT_WR)


@pytest.fixture
def doors():
    both = Door(), Door()
    for one in both:
        one.open()
    yield both
    for one in both:
        one.shut()


@pytest.fixture
def live(doors, settings, monkeypatch):
    settings.ELASTICSEARCH_URL = ", ".join(f"http://{config.HOST}:{one.port}" for one in doors)
    settings.ELASTICSEARCH_INDEX = f"nodes-{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(registry, "_registry", {})
    # A busy machine is no node that hangs.
    monkeypatch.setattr(module, "SEARCH_SECONDS", 5.0)
    events.register()
    engines.elasticsearch.cache_clear()
    engine = engines.elasticsearch()
    case_study(organisation("Stockport"), title="Market hall")
    indexing.rebuild(engine)
    delivery.deliver_all(only="search-database")
    Delivery.objects.all().delete()
    yield engine
    settings.ELASTICSEARCH_URL = os.environ["ELASTICSEARCH_URL"]
    engines.elasticsearch.cache_clear()
    engines.elasticsearch().destroy()
    engines.elasticsearch.cache_clear()


def page(client):
    response = client.get("/search/?q=market")
    assert response.status_code == 200
    return response.content.decode()


def failures(caplog):
    return sum("times in a row" in record.getMessage() for record in caplog.records)


def test_both_are_asked_in_turn(live, doors, client):
    for _ in range(4):
        assert NOTICE not in page(client)
    assert all(one.visitors for one in doors)


@pytest.mark.parametrize("dead", [0, 1])
def test_of_two_one_that_is_gone_is_tried_once_and_nobody_notices(live, doors, client, caplog, dead):
    doors[dead].shut()
    for _ in range(10):
        assert NOTICE not in page(client)
    assert failures(caplog) == 1
    assert not live.breaker.is_open


def test_what_is_written_reaches_the_node_that_is_left(live, doors):
    doors[0].shut()
    council = organisation("Kirklees")
    late = [case_study(council, title=f"Market {number}") for number in range(3)]
    delivery.deliver_all()
    assert not Delivery.objects.exists()
    live.refresh()
    assert {one.pk for one in late} < set(found(live, "market"))
    indexing.rebuild(live)
    assert not checking.compare(live)


def test_a_node_that_hangs_is_waited_for_once(live, doors, client, caplog):
    doors[0].shut()
    doors[0].hangs, doors[0].visitors = True, 0
    doors[0].open()
    for _ in range(10):
        assert NOTICE not in page(client)
    assert doors[0].visitors == 1
    assert failures(caplog) == 1
    assert not live.breaker.is_open


def test_a_node_that_comes_back_is_asked_again(settings, doors, client, monkeypatch, live):
    monkeypatch.setattr(module, "NODE_REST_SECONDS", 0.1)
    engines.elasticsearch.cache_clear()
    doors[0].shut()
    for _ in range(4):
        assert NOTICE not in page(client)
    doors[0].open()
    before = doors[0].visitors

    def is_asked():
        assert NOTICE not in page(client)
        return doors[0].visitors > before

    wait_until(is_asked)


def test_only_when_none_answers_the_database_does(live, doors, client):
    live.breaker = CircuitBreaker(rest=0)
    for one in doors:
        one.shut()
    assert NOTICE in page(client)
    assert NOTICE in page(client)
    doors[1].open()
    wait_until(lambda: NOTICE not in page(client))
    assert not live.breaker.is_open
