"""Elasticsearch configured, but not there: the database answers, and nothing is lost."""

import pytest
from django.core.management import CommandError, call_command

from core import delivery
from core.events import registry
from core.models import Delivery
from search import engines, events, health, indexing, selectors
from search.engines.base import EngineUnavailable, QueryRefused, SearchQuery
from search.engines.breaker import CircuitBreaker
from tests.factories import case_study, organisation
from tests.search.documents import found

NOTICE = "Search is running on its reserve"


@pytest.fixture
def dead_server(settings, monkeypatch):
    """An address at which nothing listens, with the consumer that it brings."""
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    engines.elasticsearch.cache_clear()
    monkeypatch.setattr(registry, "_registry", {})
    events.register()
    yield engines.elasticsearch()
    engines.elasticsearch.cache_clear()


@pytest.mark.django_db
def test_the_page_answers_from_the_database_and_says_so(client, dead_server):
    case_study(organisation("Stockport"), title="Market hall")
    indexing.rebuild(engines.database())
    response = client.get("/search/?q=market+hall")
    assert response.status_code == 200
    assert NOTICE in response.content.decode()
    assert "1 result about “market hall”" in response.content.decode()
    assert len(client.get("/search/suggest/?q=mark").json()["suggestions"]) == 1


@pytest.mark.django_db
def test_without_elasticsearch_there_is_nothing_to_say(client, settings):
    settings.ELASTICSEARCH_URL = ""
    assert NOTICE not in client.get("/search/").content.decode()


@pytest.mark.django_db
def test_events_wait_for_elasticsearch_and_reach_the_database(dead_server):
    page = case_study(organisation("Stockport"), title="Market hall")
    waiting = Delivery.objects.filter(consumer="search-elasticsearch").count()
    assert waiting
    delivery.deliver_all()
    assert found(engines.database(), "market hall") == [page.pk]
    left = Delivery.objects.filter(consumer="search-elasticsearch")
    assert left.count() == waiting
    assert set(left.values_list("attempts", "parked_at")) == {(0, None)}
    assert not Delivery.objects.exclude(consumer="search-elasticsearch").exists()


@pytest.mark.django_db
def test_a_dead_engine_is_not_waited_for_by_each_request(dead_server, monkeypatch):
    asked = []

    def search(query):
        asked.append(query)
        raise EngineUnavailable("connection refused")

    monkeypatch.setattr(dead_server, "search", search)
    for _ in range(5):
        assert selectors.search(SearchQuery(text="market")).reserve
    assert len(asked) == 1


@pytest.mark.django_db
def test_the_notice_goes_when_the_engine_is_back(dead_server, monkeypatch):
    from search.engines.base import SearchResults

    assert selectors.search(SearchQuery()).reserve
    monkeypatch.setattr(dead_server, "search", lambda query: SearchResults())
    monkeypatch.setattr(dead_server, "breaker", CircuitBreaker())
    assert not selectors.search(SearchQuery()).reserve


@pytest.mark.django_db
def test_one_refused_question_keeps_nobody_else_from_the_engine(dead_server, monkeypatch, caplog):
    def search(query):
        raise QueryRefused("too many clauses")

    monkeypatch.setattr(dead_server, "search", search)
    assert selectors.search(SearchQuery()).reserve
    assert dead_server.breaker.allows()
    assert "refuses" in caplog.text


def test_the_breaker_lets_one_try_after_a_rest(monkeypatch):
    from search.engines import breaker

    clock = [100.0]
    monkeypatch.setattr(breaker.time, "monotonic", lambda: clock[0])
    one = CircuitBreaker(rest=15)
    assert one.allows()
    one.failed()
    assert not one.allows()
    clock[0] += 15
    assert one.allows()
    assert not one.allows(), "the others keep away while one tries"
    one.succeeded()
    assert one.allows()


@pytest.mark.django_db
def test_readiness_reports_it_and_does_not_depend_on_it(client, dead_server):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["elasticsearch"] == "down"
    assert health.report()["elasticsearch"]["state"] == "down"
    assert health.report()["database"]["state"] == "ok"


@pytest.mark.django_db
def test_commands_say_in_one_line_that_it_is_down(dead_server):
    with pytest.raises(CommandError, match="elasticsearch: Elasticsearch does not answer"):
        call_command("search_rebuild", engine="elasticsearch")
    with pytest.raises(CommandError, match="elasticsearch: Elasticsearch does not answer"):
        call_command("search_check", engine="elasticsearch")


@pytest.mark.django_db
def test_nightly_check_and_minute_task_outlive_a_dead_server(dead_server):
    from search import tasks

    tasks.check_index()
    tasks.ensure_index()
