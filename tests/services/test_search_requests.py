"""How often a page asks Elasticsearch: once where it is filled, twice where something may help; or not at all."""

import pytest
from elastic_transport import Transport

from search import engines
from search.engines.base import EngineUnavailable, IndexMissing, QueryRefused, SearchQuery
from search.engines.breaker import CircuitBreaker
from tests.factories import TopicFactory
from tests.search.conftest import fresh_elasticsearch
from tests.search.documents import document

pytestmark = [pytest.mark.services, pytest.mark.django_db]

DOCUMENTS = [
    *(document(number, f"Market hall {number}", topic="shops", outcome="worked") for number in range(1, 31)),
    document(40, "Loneliness among older people", topic="health", outcome="did_not_work"),
    document(41, "Loneliness and the market", topic="health", outcome="worked"),
    document(42, "Swimming pool saved", topic="health", outcome="worked"),
    document(43, "Loneliness of older neighbours", topic="health", outcome="worked"),
]
NOTICE = "Search is running on its reserve"


@pytest.fixture(scope="module")
def server():
    for harness in fresh_elasticsearch():
        harness.index(*DOCUMENTS)
        yield harness.engine


@pytest.fixture
def site(server, monkeypatch, settings):
    """The site asks this server."""
    monkeypatch.setattr(engines, "primary", lambda: server)
    monkeypatch.setattr(server, "breaker", CircuitBreaker(rest=0))
    for slug in ("shops", "health"):
        TopicFactory(slug=slug)


@pytest.fixture
def asked(monkeypatch):
    """The requests that are sent."""
    sent = []
    perform = Transport.perform_request

    def listen(self, method, target, **options):
        sent.append(target)
        return perform(self, method, target, **options)

    monkeypatch.setattr(Transport, "perform_request", listen)
    return sent


def page(client, address):
    html = client.get(address).content.decode()
    assert NOTICE not in html
    return html


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/search/", "34 results"),
        ("/search/?q=market", "31 results about “market”"),
        ("/search/?q=market+hall&page=2", "30 results about “market hall”"),
        ("/search/?q=swimming", "1 result about “swimming”"),
        ("/search/?topic=shops&outcome=did_not_work", "without the filter"),
    ],
)
def test_a_page_that_lacks_nothing_asks_once(client, site, asked, address, shown):
    assert shown in page(client, address)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/search/?q=swimming+hall", "; 31 "),
        ("/search/?q=lonliness", "Showing results for “loneliness”"),
        ("/search/?q=lonliness+market", "Showing results for “loneliness market”"),
        ("/search/?q=lonliness+pool", "Did you mean"),
        ("/search/?q=older+people+lonliness", "Did you mean"),
        ("/search/?q=lonliness&exact=1", "Did you mean"),
        ("/search/?q=swimqqqq", "Swimming pool saved"),
        ("/search/?q=swimqqqq+zzzz", "Swimming pool saved"),
        ("/search/?q=swimming&topic=shops", "1 without the filter"),
        ("/search/?q=swimming+loneliness&topic=shops&outcome=did_not_work", "4 without any filter"),
        ("/search/?q=lonliness&topic=shops&outcome=worked", "No results about “lonliness”"),
        ("/search/?q=market&page=400", "31 results about “market”"),
        ("/map/?q=market+hall", "market hall"),
    ],
)
def test_any_other_asks_twice_at_most(client, site, asked, address, shown):
    assert shown in page(client, address)
    assert 1 <= len(asked) <= 2


def test_corrected_results_are_shown_with_their_counts_and_pages(client, site, asked):
    html = page(client, "/search/?q=markat&page=2")
    assert "31 results about “market”" in html
    assert "Search instead for “markat”" in html
    assert len(asked) == 2


@pytest.mark.parametrize(("text", "titles"), [("swi", 1), ("swmim", 1), ("mark", 8), ("zzzz", 0), ("lonelines", 3)])
def test_type_ahead_asks_once(client, site, asked, text, titles):
    assert len(client.get(f"/search/suggest/?q={text}").json()["suggestions"]) == titles
    assert len(asked) == 1


def test_what_is_lost_between_two_questions_is_answered_by_the_database_as_a_whole(client, server, site, monkeypatch):
    engines.database().index([document(7, "Swimming lessons")], version=1)
    ask = server._ask

    def and_then_the_index_is_gone(body):
        answer = ask(body)
        monkeypatch.setattr(server, "_alias", "gone")
        return answer

    monkeypatch.setattr(server, "_ask", and_then_the_index_is_gone)
    with pytest.raises(IndexMissing):
        server.search(SearchQuery(text="swimming hall"))
    monkeypatch.undo()
    monkeypatch.setattr(engines, "primary", lambda: server)
    monkeypatch.setattr(server, "_ask", and_then_the_index_is_gone)
    html = client.get("/search/?q=swimming+hall").content.decode()
    assert NOTICE in html
    assert "Swimming</mark> lessons" in html
    assert "; 31 " not in html, "nothing of the first half"


def test_an_error_of_one_of_several_questions_is_an_error_of_all(server, monkeypatch):
    good = {"query": {"match_all": {}}}
    with pytest.raises(QueryRefused):
        server._ask_all([good, {"query": {"nonsense": {}}}])
    assert len(server._ask_all([good, good])) == 2
    busy = {"error": {"type": "es_rejected_execution_exception"}, "status": 429}
    slow = {"timed_out": True, "hits": {"hits": []}}
    for answer in (busy, slow):
        answers = {"responses": [{"timed_out": False}, answer]}
        monkeypatch.setattr(server._client, "msearch", lambda answers=answers, **_: answers)
        with pytest.raises(EngineUnavailable):
            server._ask_all([good, good])
