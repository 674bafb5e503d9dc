"""Topics that come up with a search or a topic more often than in general."""

import re

import pytest
from django.core.cache import caches

from search import engines, indexing, related
from search.tasks import count_topics
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_is_everywhere_is_related_to_nothing():
    in_general = {"shops": 20, "markets": 20, "money": 60}
    assert related.more_than_by_chance({"shops": 10, "markets": 8, "money": 6}, in_general) == ["shops", "markets"]
    assert related.more_than_by_chance({"shops": 2, "markets": 2, "money": 6}, in_general) == []


def test_once_is_chance_and_the_reader_knows_what_was_chosen():
    in_general = {"shops": 20, "markets": 2, "money": 78}
    assert related.more_than_by_chance({"shops": 9, "markets": 1}, in_general) == ["shops"]
    assert related.more_than_by_chance({"shops": 9, "markets": 2}, in_general, without={"shops"}) == ["markets"]


@pytest.mark.parametrize("in_general", [{}, {"shops": 0}, {"shops": 3}, {"shops": 3, "other": 0}])
def test_too_little_is_known_without_an_error(in_general):
    assert related.more_than_by_chance({"shops": 3}, in_general) == []


@pytest.fixture
def world():
    """Empty shops come with markets; money comes with everything else."""
    stockport = factories.organisation("Stockport")
    high_streets = factories.TopicFactory(name="High streets", slug="high-streets")
    shops = factories.TopicFactory(name="Empty shops", slug="empty-shops", parent=high_streets)
    markets = factories.TopicFactory(name="Markets", slug="markets", name_cy="Marchnadoedd")
    money = factories.TopicFactory(name="Money", slug="money")
    for number in range(5):
        factories.case_study(stockport, title=f"A kiosk {number}", topics=[shops, markets])
    for number in range(12):
        factories.case_study(stockport, title=f"A budget {number}", summary="Cuts.", problem="", topics=[money])
    indexing.rebuild(engines.database())
    count_topics()
    return {"shops": shops, "high streets": high_streets}


def shown(response):
    found = re.search(r'<nav class="cl-section cl-related".*?</nav>', response.content.decode(), re.DOTALL)
    return re.findall(r'href="([^"]+)">([^<]+)<', found[0]) if found else []


def test_beside_results(client, world):
    assert ("/topics/markets/", "Markets") in shown(client.get("/search/", {"q": "kiosk"}))
    assert "Money" not in str(shown(client.get("/search/", {"q": "kiosk"})))
    assert ("/cy/topics/markets/", "Marchnadoedd") in shown(client.get("/cy/search/", {"q": "kiosk"}))


def test_what_is_filtered_by_is_no_news(client, world):
    assert "Markets" not in str(shown(client.get("/search/", {"q": "kiosk", "topic": "markets"})))
    assert shown(client.get("/search/")) == []


def test_results_need_no_question_more(client, world, monkeypatch):
    asked = []
    search = engines.database().search
    monkeypatch.setattr(engines.database(), "search", lambda query: asked.append(query) or search(query))
    client.get("/search/", {"q": "kiosk"})
    assert len(asked) == 1


def test_on_a_topics_page_without_its_own_family(client, world):
    assert shown(client.get("/topics/empty-shops/")) == [("/topics/markets/", "Markets")]
    assert shown(client.get("/topics/high-streets/")) == [("/topics/markets/", "Markets")]
    assert shown(client.get("/topics/money/")) == []


def test_nothing_is_said_before_anything_is_counted(client, world, monkeypatch):
    caches["shared"].clear()
    assert shown(client.get("/search/", {"q": "kiosk"})) == []
    assert shown(client.get("/topics/empty-shops/")) == []

    class Away:
        def get(self, *args):
            raise ConnectionError

    monkeypatch.setattr(related, "caches", {"shared": Away()})
    assert client.get("/search/", {"q": "kiosk"}).status_code == 200
