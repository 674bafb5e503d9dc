"""What people search for, counted without anything about who searched, and the report that staff read of it."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from members.services import end_membership
from search import counting, engines, indexing, report
from search.models import SearchCount
from search.tasks import forget_counts
from tests import factories

pytestmark = pytest.mark.django_db

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture(autouse=True)
def _nothing_counted_before():
    counting.tally.clear()
    yield
    counting.tally.clear()


@pytest.fixture
def market():
    found = factories.case_study(factories.organisation("Stockport"), title="A market in an empty shop")
    indexing.rebuild(engines.database())
    return found


def search(client, text="", *, came_from="", agent=BROWSER["HTTP_USER_AGENT"], **params):
    headers = {"HTTP_USER_AGENT": agent, **({"HTTP_REFERER": came_from} if came_from else {})}
    return client.get("/search/", {"q": text, **params}, **headers)


def counted():
    counting.tally.flush()
    return {one.text: (one.searched, one.found_nothing, one.opened) for one in SearchCount.objects.all()}


# --- Counting ----------------------------------------------------------------------------------------


def test_each_search_is_counted_by_its_words_and_whether_anything_was_found(client, market):
    for text in ("Market", "  market ", "“market”", "market?"):
        search(client, text)
    search(client, "zeppelin")
    assert counted() == {"market": (4, 0, 0), "zeppelin": (1, 1, 0)}
    row = SearchCount.objects.get(text="market")
    assert row.day == timezone.localdate()
    assert {field.name for field in row._meta.fields} == {
        "id", "text", "day", "searched", "found_nothing", "opened",
    }, "nothing about who searched"  # fmt: skip


def test_a_search_costs_no_query_for_being_counted(client, rf, market, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    search(client, "market")
    counts = []
    for agent in (BROWSER["HTTP_USER_AGENT"], "Googlebot/2.1"):
        with CaptureQueriesContext(connection) as queries:
            search(client, "market", agent=agent)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    opened = rf.get(market.url, HTTP_REFERER="http://testserver/search/?q=market", **BROWSER)
    with django_assert_num_queries(0):
        counting.note_opening(opened, HttpResponse())
    assert counted()["market"] == (2, 0, 1)


def test_numbers_are_written_about_once_a_minute_and_wait_if_they_cannot_be(client, market, monkeypatch):
    search(client, "market")
    counting.tally.flush_when_due()
    assert not SearchCount.objects.exists()
    monkeypatch.setattr(counting.tally, "_flushed_at", counting.tally._flushed_at - 61)

    def fails(taken):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(counting.tally, "_write", fails)
        counting.tally.flush_when_due()
    assert counted() == {"market": (1, 0, 0)}
    search(client, "market")
    assert counted() == {"market": (2, 0, 0)}


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "curl/8.0", "Mozilla/5.0 (compatible; bingbot/2.0)"])
def test_robots_are_not_counted(client, market, agent):
    search(client, "market", agent=agent)
    assert counted() == {}


def test_other_pages_orders_and_filters_of_one_search_and_type_ahead_are_not_counted_again(client, market):
    search(client, "market")
    here = "http://testserver/search/?q=market"
    search(client, "market", page=2)
    search(client, "market", came_from=here, sort="newest")
    search(client, "market", came_from=here, outcome="did_not_work")
    client.get("/search/suggest/", {"q": "mark"}, **BROWSER)
    search(client, "")
    assert counted() == {"market": (1, 0, 0)}
    search(client, "markets", came_from=here)
    assert counted()["markets"][0] == 1


def test_a_search_on_the_map_is_one_too_but_not_the_same_one_again(client, market):
    client.get("/map/", {"q": "market"}, **BROWSER)
    client.get("/map/", {"q": "shop"}, HTTP_REFERER="http://testserver/search/?q=shop", **BROWSER)
    client.get(market.url, HTTP_REFERER="http://testserver/map/?q=market", **BROWSER)
    assert counted() == {"market": (1, 0, 1)}


def test_what_a_filter_kept_out_was_not_missing(client, market):
    search(client, "market", outcome="did_not_work")
    assert counted() == {"market": (1, 0, 0)}


def test_a_result_that_is_opened_is_counted_for_what_was_searched(client, market):
    from_search = {**BROWSER, "HTTP_REFERER": "http://testserver/search/?q=Market&page=2"}
    search(client, "market")
    client.get(market.url, **from_search)
    client.get(market.url, **from_search)
    assert counted() == {"market": (1, 0, 2)}
    for path, headers in (
        (market.url, BROWSER),
        (market.url, {**from_search, "HTTP_USER_AGENT": "Googlebot/2.1"}),
        (market.url, {**from_search, "HTTP_REFERER": "https://elsewhere.example/search/?q=market"}),
        (market.url, {**from_search, "HTTP_REFERER": "http://testserver/topics/?q=market"}),
        ("/councils/stockport/nothing-here/", from_search),
        ("/councils/", from_search),
        ("/topics/", from_search),
        ("/", from_search),
    ):
        client.get(path, **headers)
    assert counted() == {"market": (1, 0, 2)}


@pytest.mark.parametrize(
    "text",
    [
        "sam.officer@example.org",
        "sam at home 07700 900123",
        "0161 496 0000",
        "account 12345678",
        "12 High Street SK1 3XE",
        "12 high street sk1 3xe",
        "14a sk13xe",
        "Mr Patel",
        "why did mrs  o’brien leave",
        "dr. jones",
        "AB 12 34 56 C",
        "born 01/02/1990",
        "12-34-56",
        "+44 161 496 0000",
        "x" * 81,
        "\u202e!!!",
    ],
)
def test_what_looks_like_somebodys_details_or_is_long_is_not_kept(client, text):
    search(client, text)
    client.get("/councils/", **BROWSER, HTTP_REFERER=f"http://testserver/search/?q={text}")
    assert counted() == {}


@pytest.mark.parametrize(
    "text",
    [
        "high street",
        "sk1",
        "2012 portas pilots",
        "section 106",
        "£10,000",
        "missing footpaths",
        "drop in",
        "budget 2023/24",
    ],
)
def test_what_practitioners_look_for_is_kept(client, text):
    search(client, text)
    assert set(counted()) == {text}


def test_random_texts_fill_neither_memory_nor_disk(client, monkeypatch):
    monkeypatch.setattr(counting, "MOST_A_DAY", 3)
    for text in ("one", "two", "three"):
        search(client, text)
    assert len(counted()) == 3
    search(client, "four")
    search(client, "two")
    assert counted()["two"] == (2, 2, 0)
    assert len(counted()) == 3
    monkeypatch.setattr(counting.tally, "most", 0)
    search(client, "two")
    assert counted()["two"] == (2, 2, 0)


def test_after_90_days_it_is_forgotten(time_machine):
    time_machine.move_to("2026-11-22T12:00Z", tick=False)
    for days in (0, 90, 91):
        SearchCount.objects.create(text=f"{days}", day=date(2026, 11, 22) - timedelta(days=days), searched=9)
    forget_counts()
    assert set(SearchCount.objects.values_list("text", flat=True)) == {"0", "90"}


def test_the_privacy_page_says_so(client):
    page = client.get("/privacy/").content.decode()
    assert "what is searched for" in page
    assert "How often a text was searched for on a day" in page


# --- The report --------------------------------------------------------------------------------------


@pytest.fixture
def week(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to("2026-11-24T12:00Z", tick=False)
    today = timezone.localdate()
    for text, ago, searched, nothing, opened in (
        ("empty shops", 0, 8, 0, 5),
        ("empty shops", 8, 20, 0, 9),
        ("zeppelin", 1, 4, 4, 0),
        ("car parks", 1, 6, 0, 1),
        ("=cmd|'/c calc'!a0", 0, 3, 0, 3),
        ("my neighbour", 0, 2, 2, 0),
        ("my other neighbour", 0, 1, 1, 0),
        ("long ago", 60, 5, 5, 0),
    ):
        SearchCount.objects.create(
            text=text, day=today - timedelta(days=ago), searched=searched, found_nothing=nothing, opened=opened
        )
    return today


@pytest.fixture
def staff(client):
    client.force_login(factories.UserFactory(moderator=True))
    return client


def shown(client, **params):
    answer = client.get(reverse("search_report"), params)
    assert answer.status_code == 200
    return [row["text"] for row in answer.context["page_obj"]], answer.content.decode()


def test_most_searched_over_90_days(staff, week):
    texts, html = shown(staff)
    assert texts == ["empty shops", "car parks", "long ago", "zeppelin", "=cmd|'/c calc'!a0"]
    assert '<a href="/search/?q=empty+shops"' in html
    assert "And 3 searches that were made only once or twice." in html
    assert "neighbour" not in html


def test_nothing_found_and_found_but_not_opened(staff, week):
    assert shown(staff, show="nothing")[0] == ["long ago", "zeppelin"]
    assert shown(staff, show="unopened")[0] == ["car parks"]


def test_a_week_at_a_time(staff, week):
    texts, html = shown(staff, period="2026-11-23")
    assert texts == ["empty shops", "car parks", "zeppelin", "=cmd|'/c calc'!a0"]
    assert "Week from 23 November 2026" in html
    assert shown(staff, period="2026-11-16")[0] == ["empty shops"]
    for nonsense in ("2025-01-01", "x", "2026-11-24"):
        assert len(shown(staff, period=nonsense)[0]) == 5


def test_a_text_is_rare_or_not_by_the_period(staff, week):
    SearchCount.objects.create(text="my neighbour", day=week - timedelta(days=14), searched=2)
    assert "my neighbour" in shown(staff)[0]
    assert "my neighbour" not in shown(staff, period="2026-11-23")[1]


def test_the_file_has_what_the_page_has_and_no_formulas(staff, week):
    answer = staff.get(reverse("search_report"), {"format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert 'filename="searches-most-90.csv"' in answer["Content-Disposition"]
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["empty shops", "28", "0", "14"]
    assert ["'=cmd|'/c calc'!a0", "3", "0", "3"] in rows
    assert rows[-1] == ["(2 texts that were searched for only once or twice)", "3"]
    assert "neighbour" not in text
    assert "neighbour" not in staff.get(reverse("search_report"), {"format": "csv", "show": "nothing"}).content.decode()


def test_an_empty_report_says_so(staff):
    for show in report.Show:
        html = shown(staff, show=show)[1]
        assert "searched for" in html
        assert 'class="listing"' not in html


def test_it_costs_the_same_however_much_was_searched(staff, week, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    shown(staff)  # the first request of a session costs more
    counts = []
    for more in (0, 100):
        for number in range(more):
            SearchCount.objects.create(text=f"text {number}", day=week, searched=9)
        with CaptureQueriesContext(connection) as queries:
            shown(staff)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_line_of_the_report_that_staff_follow_is_not_counted(staff, market):
    search(staff, "market", came_from=f"http://testserver{reverse('search_report')}?show=nothing")
    assert counted() == {}


@pytest.mark.parametrize("role", ["visitor", "subscriber", "author", "lead", "approver", "lapsed", "editor"])
def test_nobody_else_opens_it(client, role, week):
    council = factories.organisation("Kirklees")
    if role in {"author", "lead", "approver"}:
        client.force_login(factories.member(council, role))
    elif role == "lapsed":
        person = factories.member(council, "author")
        end_membership(membership=person.memberships.get(), by=None)
        client.force_login(person)
    elif role != "visitor":
        client.force_login(factories.UserFactory(editor=role == "editor"))
    for params in ({}, {"format": "csv"}):
        answer = client.get(reverse("search_report"), params)
        assert answer.status_code in {302, 403}
        assert "zeppelin" not in answer.content.decode()
    if role == "author":
        assert reverse("search_report") not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("trait", ["moderator", "administrator"])
def test_moderators_and_administrators_find_it_in_the_menu(client, trait, week):
    client.force_login(factories.UserFactory(**{trait: True}))
    assert reverse("search_report") in client.get(reverse("wagtailadmin_home")).content.decode()
    assert "zeppelin" in shown(client)[1]
