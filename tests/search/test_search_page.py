"""`/search/`: what a reader meets, whatever the address says."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.translation import override

from search import engines, indexing
from search.documents import Term, sources
from search.engines.base import FacetCount
from search.engines.breaker import CircuitBreaker
from search.sentence import sentence
from search.state import read
from tests.factories import PlaceFactory, TopicFactory, case_study, member, organisation, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    stockport = organisation("Stockport", region="North West", tier="metropolitan")
    pendle = organisation("Pendle", region="North West", tier="district")
    shops = TopicFactory(name="Empty shops", slug="empty-shops")
    pages = {
        "worked": case_study(
            stockport,
            title="Empty shops filled",
            topics=[shops],
            places=[PlaceFactory(name="Old Town", slug="old-town")],
        ),
        "failed": case_study(
            pendle,
            title="Empty shops stayed empty",
            topics=[shops],
            outcome="did_not_work",
            programme=programme("Portas Pilots"),
            started="2012",
            setup_cost=50_000,
        ),
        "secret": case_study(
            pendle,
            title="Quiet scheme",
            summary="What became of it.",
            audience="members",
            problem="<p>The zeppelin hangar was empty.</p>",
            outcome="did_not_work",
            tags=["airships"],
        ),
        "draft": case_study(stockport, title="Empty shops, a draft", live=False),
    }
    indexing.rebuild(engines.database())
    return pages


def heading(response):
    said = re.search(r'id="results-title">(.*?)</h2>', response.content.decode())[1]
    return re.sub(r"</?span[^>]*>", "", said)


def titles(response):
    found = re.findall(r'class="cl-card__link"[^>]*>(.*?)</a>', response.content.decode())
    return [re.sub(r"</?mark>", "", title) for title in found]


def test_results_with_a_sentence_and_marks(client, world):
    response = client.get("/search/", {"q": "empty shops"})
    assert response.status_code == 200
    assert heading(response) == "2 results about “empty shops”"
    assert sorted(titles(response)) == ["Empty shops filled", "Empty shops stayed empty"]
    assert "<mark>Empty shops</mark> filled" in response.content.decode()
    assert "“empty shops” – search" in response.content.decode()


def test_the_sentence_says_what_is_shown(client, world):
    response = client.get(
        "/search/?q=empty+shops&type=case_study&region=north-west&outcome=did_not_work&topic=empty-shops"
    )
    assert heading(response) == ("1 case study about “empty shops” on empty shops in the North West that did not work")
    assert titles(response) == ["Empty shops stayed empty"]
    nothing_named = {kind for kind in sources() if "result" in words_of(sources()[kind].type, 2)}
    assert not nothing_named, "every kind of thing has its name in the sentence"
    for language, kind, total, expected in (
        ("en", "ask", 1, "1 ask"), ("en", "opportunity", 0, "No opportunities"), ("en", "briefing", 5, "5 briefings"),
        ("en", "record", 5, "5 entries of places’ records"), ("cy", "ask", 2, "2 gwestiwn"),
        ("cy", "opportunity", 2, "2 gyfle"), ("cy", "briefing", 2, "2 bapur briffio"),
        ("cy", "record", 2, "2 gofnod yng nghofnodion lleoedd"),
    ):  # fmt: skip
        with override(language):
            assert words_of(kind, total) == expected


def words_of(kind, total):
    return sentence(read(QueryDict(f"type={kind}")), total=total, labels=lambda facet: ())


def test_chosen_filters_are_tags_that_can_be_removed(client, world):
    html = client.get("/search/?q=empty&outcome=worked&council=stockport&council=pendle").content.decode()
    assert 'href="?q=empty&amp;outcome=worked&amp;council=pendle"' in html
    assert 'href="?q=empty&amp;council=stockport&amp;council=pendle"' in html
    assert 'href="?q=empty"' in html
    assert re.search(r'name="council" value="stockport" checked', html)


def test_filters_show_counts_and_keep_the_words(client, world):
    html = client.get("/search/?q=empty+shops").content.decode()
    assert re.search(r'value="did_not_work">.*?Did not work <span class="cl-filter__count">\(1', html)
    assert '<input type="hidden" name="q" value="empty shops">' in html
    assert "Portas Pilots" in html
    assert "£10,000 to £100,000" in html


def test_members_text_and_facts_stay_with_members(client, world):
    secret = world["secret"]
    for text in ("zeppelin", "hangar", "airships"):
        assert titles(client.get("/search/", {"q": text})) == []
    shown = client.get("/search/", {"q": "quiet scheme"})
    assert titles(shown) == ["Quiet scheme"]
    assert "Members only" in shown.content.decode()
    assert "Outcome:" not in shown.content.decode()
    assert "zeppelin" not in shown.content.decode()
    assert titles(client.get("/search/?outcome=did_not_work&type=case_study")) == ["Empty shops stayed empty"]
    reader = member(organisation("Trafford"), "member")
    client.force_login(reader)
    shown = client.get("/search/", {"q": "zeppelin"})
    assert titles(shown) == [secret.title]
    assert "<mark>zeppelin</mark>" in shown.content.decode()
    assert len(titles(client.get("/search/?outcome=did_not_work&type=case_study"))) == 2


def test_members_only_is_a_filter_a_tag_and_words(client, world):
    response = client.get("/search/?access=members")
    assert titles(response) == ["Quiet scheme"]
    assert heading(response) == "1 result (Members only)"
    assert re.search(r'name="access" value="members" checked', response.content.decode())
    of_one_kind = client.get("/search/?q=quiet&type=case_study").content.decode()
    assert '<p class="cl-card__kind">Case study · Members only</p>' in of_one_kind
    assert "Quiet scheme" not in titles(client.get("/search/?access=public&type=case_study"))
    assert titles(client.get("/search/?access=nobody")) == titles(client.get("/search/"))


def test_contact_details_are_never_found(client, world):
    reader = member(organisation("Trafford"), "member")
    client.force_login(reader)
    for text in ("Sam Officer", "sam@example.org"):
        assert "Empty shops filled" not in titles(client.get("/search/", {"q": text}))


def test_nothing_found_helps_on(client, world):
    html = client.get("/search/?q=filled+zzz").content.decode()
    assert "No result has most of these words; 1 has some of them" in html
    assert "Empty shops <mark>filled</mark>" in html
    html = client.get("/search/?q=filxyz").content.decode()
    assert "No results about “filxyz”" in html
    assert "Empty shops filled" in html, "the nearest thing by its first letters"
    assert 'href="/topics/"' in html
    assert html.count("Follow this search") == 1, "and to be told when there is something"
    html = client.get("/search/?q=empty&outcome=too_early").content.decode()
    assert "2 without the filter Too early to say" in html


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%22%27%28%29%2A&page=1",
        "q=" + "a" * 10_000,
        "q=%F0%9F%98%80",
        "q=%FF%FE",
        "q=AND+OR+NOT+NEAR(",
        "page=0",
        "page=-1",
        "page=two",
        "page=99999999999999999999",
        "page=500",
        "page=%C2%B2",
        "topic=%00&topic=&outcome=nonsense&type=admin&year=MMXX&sort=random&stage[]=x",
        "topic=" + "x" * 5000,
        "&".join(f"topic=t{n}" for n in range(200)),
        "outcome=worked%27%20OR%201%3D1",
        "near=53,-2&like=stockport&evidence=9&unknown=1",
    ],
)
def test_odd_addresses_give_a_sane_page(client, world, query):
    response = client.get(f"/search/?{query}")
    assert response.status_code == 200
    assert "results-title" in response.content.decode()
    assert client.get(f"/search/suggest/?{query}").status_code == 200


def test_values_that_no_facet_has_are_ignored(client, world):
    response = client.get("/search/?outcome=nonsense&type=admin")
    assert heading(response) == heading(client.get("/search/"))
    assert "nonsense" not in response.content.decode()


def test_a_page_past_the_last_is_the_last(client, world):
    assert titles(client.get("/search/?q=empty&page=7")) == titles(client.get("/search/?q=empty"))


def test_a_long_search_is_cut_and_says_so(client, world):
    response = client.get("/search/", {"q": "empty shops " * 100})
    assert "its first 400 characters" in response.content.decode()
    assert 60 < len(heading(response)) < 120, "which is read out"


def test_what_is_quoted_is_quoted_in_single_marks(client, world):
    assert heading(client.get("/search/", {"q": '"empty shops" “filled” o\'clock'})).endswith(
        "about “‘empty shops’ ‘filled’ o&#x27;clock”"
    )


def test_what_was_typed_is_escaped_everywhere(client, world):
    text = "<script>alert(1)</script>\"'>"
    html = client.get("/search/", {"q": text}).content.decode()
    assert "<script>alert" not in html
    assert escape("<script>alert(1)</script>") in html


def test_hostile_titles_are_shown_as_text(client, world):
    page = world["worked"]
    page.title = "Empty <img src=x onerror=alert(1)> shops"
    page.save_revision().publish()
    indexing.rebuild(engines.database())
    html = client.get("/search/?q=empty+shops").content.decode()
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_welsh_addresses_stay_welsh(client, world):
    html = client.get("/cy/search/?q=empty+shops").content.decode()
    assert 'href="/cy/councils/stockport/empty-shops-filled/"' in html


def test_anonymous_readers_get_no_cookie(client, world):
    assert not client.get("/search/?q=empty").cookies
    assert not client.get("/search/suggest/?q=em").cookies


def test_suggestions_are_titles_with_their_addresses(client, world):
    given = client.get("/search/suggest/", {"q": "empty sh"})
    answer = given.json()["suggestions"]
    assert "public" in given["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= {one.strip() for one in given["Vary"].split(",")}, "in a reader’s language"
    assert {one["title"] for one in answer} == {"Empty shops filled", "Empty shops stayed empty"}
    assert answer[0]["url"].startswith("/councils/")
    assert answer[0]["kind"] == "Case study"
    assert client.get("/search/suggest/").json() == {"suggestions": []}
    assert client.get("/cy/search/suggest/", {"q": "empty"}).json()["suggestions"][0]["url"].startswith("/cy/councils/")


def test_the_same_few_queries_however_many_results(client, world, django_assert_max_num_queries):
    address = "/search/?q=market&type=case_study&outcome=worked&topic=empty-shops&council=stockport&page=1"
    client.get(address)
    with django_assert_max_num_queries(10):
        client.get(address)
    stockport = world["worked"].get_parent().specific.organisation
    topic = world["worked"].topics.get()
    for number in range(25):
        case_study(stockport, title=f"Market {number}", topics=[topic])
    indexing.rebuild(engines.database())
    with django_assert_max_num_queries(10):
        response = client.get(address)
    with django_assert_max_num_queries(15):
        client.get(f"/map/?{address.partition('?')[2]}")
    assert len(titles(response)) == 20
    assert 'aria-label="Page 2"' in response.content.decode()
    assert "page=2" in response.content.decode()


def test_another_spelling_is_offered_with_the_filters_kept(client, world):
    html = client.get("/search/?q=empty+stayed+shopps&type=case_study").content.decode()
    assert "Did you mean" in html
    assert 'href="?q=empty+stayed+shops&amp;type=case_study"' in html


def test_where_nothing_is_spelled_so_the_better_spelling_is_shown_at_once(client, world):
    response = client.get("/search/?q=shopps&type=case_study")
    html = response.content.decode()
    assert heading(response) == "2 case studies about “shops”"
    assert "Showing results for “shops”." in html
    assert 'href="?q=shopps&amp;type=case_study&amp;exact=1"' in html
    response = client.get("/search/?q=shopps&type=case_study&exact=1")
    assert heading(response) == "No case studies about “shopps”"
    assert "Did you mean" in response.content.decode()


def test_no_word_is_exchanged_unasked_for_results_that_have_too_few_of_them(client, world):
    response = client.get("/search/?q=shopps+zzz")
    assert heading(response) == "No results about “shopps zzz”"
    assert 'href="?q=shops+zzz"' in response.content.decode(), "did you mean"


def test_one_word_in_another_spelling_is_not_drowned_by_the_others(client, world):
    """What has “filled” is no answer to both words where nothing has “shopps”."""
    response = client.get("/search/?q=filled+shopps&type=case_study")
    assert "about “filled shops”" in heading(response)
    assert titles(response)[0] == "Empty shops filled"
    assert "Search instead for “filled shopps”" in response.content.decode()
    assert "Did you mean" in client.get("/search/?q=filled+shopps&type=case_study&exact=1").content.decode()


def test_nothing_with_several_filters_says_what_each_leaves_out(client, world):
    html = client.get("/search/?q=empty&outcome=did_not_work&council=stockport").content.decode()
    assert "1 without the filter Did not work" in html
    assert "1 without the filter Stockport" in html
    assert "2 without any filter" in html


def test_the_box_shows_the_words_and_no_tag_does_again(client, world):
    assert 'id="search-chosen"' not in client.get("/search/?q=empty").content.decode()
    html = client.get("/search/?q=empty&outcome=worked").content.decode()
    assert re.search(r'id="search-box"[^>]* value="empty"', html)
    tags = html.partition('id="search-chosen"')[2].partition("</ul>")[0]
    assert re.findall(r'href="(.*?)">(.*?) <', tags) == [("?q=empty", "Worked")]


def test_how_many_have_enough_of_the_words_and_how_many_more_some(client, world, monkeypatch):
    from dataclasses import replace

    engine = engines.database()
    search = engine.search
    answer = {"total": 61, "enough": 4, "relaxed": True}
    monkeypatch.setattr(engine, "search", lambda query: replace(search(query), **answer))
    address = "/search/?q=empty+shops&type=case_study"
    for page in (address, address.replace("/search/", "/map/")):
        assert heading(client.get(page)) == (
            "4 case studies about “empty shops”, and 57 more with only some of the words"
        )
    answer["enough"] = 60
    assert heading(client.get(address)) == "60 case studies about “empty shops”, and 1 more with only some of the words"
    answer["enough"] = 0
    assert heading(client.get(address)) == "No result has most of these words; 61 have some of them"
    answer["relaxed"] = False
    assert heading(client.get(address)) == "61 case studies about “empty shops”"


@pytest.fixture
def many_councils(monkeypatch):
    """An engine that counts 43 councils, the last of them the rarest, and 20 years."""
    from dataclasses import replace

    engine = engines.database()
    search = engine.search
    counts = {
        "council": [FacetCount(Term(f"council-{n}", f"Council {n:02}"), 100 - n) for n in range(1, 44)],
        "year": [FacetCount(Term(str(year)), year - 1999) for year in range(2000, 2020)],
    }

    def counting(query):
        results = search(query)
        return replace(results, facets={**results.facets, **counts})

    monkeypatch.setattr(engine, "search", counting)


def boxes(html, name):
    return re.findall(rf'<input type="checkbox" id="filter-{name}-[^"]*" name="{name}" value="([^"]*)"', html)


def test_of_many_values_the_most_frequent_are_shown_with_the_chosen(client, world, many_councils):
    html = client.get("/search/?q=empty&council=council-40").content.decode()
    assert boxes(html, "council") == [f"council-{n}" for n in (*range(1, 16), 40)]
    assert boxes(html, "year") == [str(year) for year in range(2019, 2004, -1)]
    assert (
        'href="?q=empty&amp;council=council-40&amp;all=council#filter-council" rel="nofollow">All 43 councils</a>'
        in html
    )
    assert "All 20 years" in html
    assert '<details class="cl-filters">' in html


def test_all_values_are_an_address_that_keeps_the_search(client, world, many_councils):
    html = client.get("/search/?q=empty&council=council-40&sort=newest&all=council").content.decode()
    assert boxes(html, "council") == [f"council-{n}" for n in range(1, 44)]
    assert len(boxes(html, "year")) == 15
    assert '<fieldset class="cl-filter" id="filter-council">' in html
    assert 'href="?q=empty&amp;council=council-40&amp;sort=newest#filter-council" rel="nofollow">Show fewer' in html
    assert '<input type="hidden" name="all" value="council">' in html, "a further tick leaves all of them there"
    assert '<details class="cl-filters" open>' in html, "on phones, where the panel is closed"
    assert '<details class="cl-more-filters" open>' in html
    assert "all=council" not in html.partition("Atom feed")[0].rpartition("<a ")[2]


@pytest.mark.parametrize("asked", ["type", "nonsense", "region", "", "%00"])
def test_a_facet_that_is_whole_has_no_more(client, world, many_councils, asked):
    html = client.get(f"/search/?all={asked}").content.decode()
    assert len(boxes(html, "council")) == 15
    assert "Show fewer" not in html
    assert 'name="all"' not in html


class SearchServer:
    """Answers like a server of its own: what it was asked once it answers without the site's database."""

    def __init__(self):
        self.breaker = CircuitBreaker()
        self._answers = {}

    def _answer(self, key, question):
        if key not in self._answers:
            self._answers[key] = question()
        return self._answers[key]

    def search(self, query):
        return self._answer(f"search {query}", lambda: engines.database().search(query))

    def located(self, query, *, results):
        return self._answer(f"located {query}", lambda: engines.database().located(query))

    def named(self, keys):
        return self._answer(f"named {keys}", lambda: engines.database().named(keys))


def test_a_search_server_spares_the_database_every_question_about_content(client, world, monkeypatch):
    server = SearchServer()
    monkeypatch.setattr(engines, "primary", lambda: server)
    address = "/search/?q=empty+shops&outcome=worked&near=53.41,-2.16&sort=distance"
    for page in (address, address.replace("/search/", "/map/")):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert "Empty shops" in client.get(page).content.decode()
        asked = [one["sql"] for one in queries]
        assert [sql for sql in asked if re.search('"(casestudies|search_indexed|places|members|core_topic)', sql)] == []
