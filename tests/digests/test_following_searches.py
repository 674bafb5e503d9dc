"""Following a search: the button on its results, the page of follows, and what cannot be followed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.urls import reverse

from core.models import Topic
from digests import audit, services
from digests.models import Follow
from digests.services import searches
from search import saved
from search.models import SavedSearch
from search.saved import key_of
from search.state import SearchState
from tests import factories

pytestmark = pytest.mark.django_db


def state(text="", **filters):
    return SearchState(text=text, filters={name: tuple(values) for name, values in filters.items()})


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_visitor_is_led_to_a_page_of_its_own_and_gets_no_form(client):
    answer = client.get("/search/?q=empty+shops")
    html = answer.content.decode()
    assert f'href="{reverse("follow_new")}?q=empty+shops"' in html
    assert "Follow this search" in html
    assert reverse("follow_search") not in html
    assert not answer.cookies
    assert client.post(reverse("follow_search"), {"q": "empty shops"}).status_code == 302
    assert not SavedSearch.objects.exists()


def test_somebody_signed_in_follows_at_once_and_stops_at_once(client, reader):
    client.force_login(reader)
    here = "/search/?q=empty+shops&sort=newest"
    html = client.get(here).content.decode()
    assert f'action="{reverse("follow_search")}"' in html
    answer = client.post(reverse("follow_search"), {"q": "empty shops", "sort": "newest", "next": here})
    assert answer["Location"] == here
    assert said(answer) == ["You follow the search “empty shops”. We write to you when it finds something new."]
    follow = Follow.objects.of(reader).get()
    html = client.get(here).content.decode()
    assert "Following this search" in html
    assert f'action="{reverse("unfollow")}"' in html
    client.post(reverse("unfollow"), {"kind": "saved_search", "id": follow.target_id, "next": here})
    assert not Follow.objects.of(reader).exists()


def test_the_button_costs_one_query_for_somebody_signed_in_and_none_for_others(reader, rf, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser
    from django.template import Context, Template

    services.follow_search(person=reader, state=state("empty shops"))
    request = rf.get("/search/?q=empty+shops")
    button = Template("{% load follows %}{% follow_search state %}")
    for user, queries in ((reader, 1), (AnonymousUser(), 0)):
        request.user = user
        with django_assert_num_queries(queries):
            button.render(Context({"request": request, "csrf_token": "token", "state": state("empty shops")}))


def test_the_same_question_is_one_saved_search_however_it_is_asked_and_by_whom(reader, topic):
    asked = [
        state("empty shops", topic=["empty-shops"], outcome=["worked", "did_not_work"]),
        state("Empty Shops", outcome=["did_not_work", "worked"], topic=["empty-shops"], type=["case_study"]),
        SearchState(
            text="empty shops",
            filters={"topic": ("empty-shops",), "outcome": ("worked", "did_not_work")},
            sort="newest",
            page=3,
        ),
    ]
    for one in asked:
        services.follow_search(person=factories.UserFactory(), state=one)
        services.follow_search(person=reader, state=one)
    assert SavedSearch.objects.count() == 1
    assert Follow.objects.active().count() == 4
    assert key_of(state("empty shops")) != key_of(state("empty shop"))
    types = [{}, {"type": ["case_study"]}, {"type": ["ask", "place"]}]
    assert len({key_of(state("empty shops", **one)) for one in types}) == 3, "who wants no asks gets none"
    every = ["record", "opportunity", "ask", "case_study", "briefing"]
    assert key_of(state("empty shops", type=every)) == key_of(state("empty shops"))


def test_searches_that_were_followed_before_asks_could_be_bring_them_too(council):
    """The upgrade leaves the row of the same question as it would be made today."""
    old = [
        SavedSearch(key="1", text="Market", filters={"topic": ["a"], "council": ["b", "c"], "type": ["case_study"]}),
        SavedSearch(key="2", text="Market", filters={"outcome": ["worked"], "type": ["case_study"]}),
    ]
    SavedSearch.objects.bulk_create(old)
    import_module("search.migrations.0010_followed_asks").bring_asks(apps, None)
    both, one = SavedSearch.objects.order_by("pk")
    assert both.filters == {"topic": ["a"], "council": ["b", "c"]}
    assert both.key == key_of(state("market", council=["c", "b"], topic=["a"]))
    assert (one.key, one.filters) == ("2", old[1].filters)


def test_searches_that_were_followed_before_briefings_and_records_could_be_bring_them_too():
    filters = [
        {"topic": ["a"]},
        {"place": ["b"]},
        {"programme": ["c"], "type": ["case_study", "opportunity"]},
        {"outcome": ["worked"], "type": ["case_study"]},
        {"topic": ["a"], "type": ["ask", "case_study"]},
    ]
    SavedSearch.objects.bulk_create(
        SavedSearch(key=f"{n}", text="Market", filters=one) for n, one in enumerate(filters)
    )
    import_module("search.migrations.0012_followed_kinds").bring_all(apps, None)
    made = SavedSearch.objects.order_by("pk")
    asked = [{name: value for name, value in one.items() if name != "type"} for one in filters[:4]]
    assert [one.key for one in made[:4]] == [key_of(state("market", **one)) for one in asked]
    assert [one.filters.get("type") for one in made] == [
        None,
        ["ask", "case_study", "opportunity", "record"],
        ["briefing", "case_study", "opportunity", "record"],
        ["case_study"],
        ["ask", "case_study"],  # what somebody chose stays as it is
    ]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, "Type a few words or choose a filter"),
        ({"type": "case_study"}, "Type a few words or choose a filter"),
        ({"q": "!!! ???"}, "There is no word in this search"),
        ({"q": "market", "type": "place"}, "Search among those"),
        ({"q": "market", "type": "ask", "outcome": "worked"}, "Search among those"),
    ],
)
def test_what_would_bring_everything_or_nothing_cannot_be_followed_and_the_page_says_why(client, reader, asked, why):
    client.force_login(reader)
    html = client.get("/search/", asked).content.decode()
    assert why in html
    assert "Follow this search" not in html
    answer = client.post(reverse("follow_search"), asked)
    assert why in said(answer)[0]
    assert not Follow.objects.exists()
    assert not SavedSearch.objects.exists()


def test_there_is_a_most(client, reader, monkeypatch):
    monkeypatch.setattr(searches, "MOST_SEARCHES", 2)
    for text in ("one", "two"):
        services.follow_search(person=reader, state=state(text))
    client.force_login(reader)
    assert "You follow 2 searches already" in said(client.post(reverse("follow_search"), {"q": "three"}))[0]
    assert Follow.objects.of(reader).count() == SavedSearch.objects.count() == 2
    services.follow_search(person=reader, state=state("two"))


def test_a_number_is_not_enough_to_follow_what_somebody_else_typed(client, reader):
    other = services.follow_search(person=factories.UserFactory(), state=state("my neighbour"))
    client.force_login(reader)
    answer = client.post(reverse("follow"), {"kind": "saved_search", "id": other.target_id})
    assert answer.status_code == 404
    assert "my neighbour" not in client.get(reverse("following")).content.decode()


def test_the_page_of_follows_names_it_in_words_and_leads_to_its_results(client, reader, topic, council):
    services.follow_search(person=reader, state=state("market", topic=["empty-shops"], council=[council.slug]))
    services.follow_search(person=reader, state=state(outcome=["did_not_work"]))
    services.follow_search(person=reader, state=state("market", type=["briefing"]))
    services.follow_search(person=reader, state=state("market", type=["ask", "briefing"]))
    client.force_login(reader)
    html = client.get(reverse("following")).content.decode()
    assert "Everything new about “market” on empty shops from Stockport" in html
    assert "Case studies that did not work" in html
    assert "Briefings about “market”" in html
    assert "Asks, Briefings about “market”" in html
    assert '/search/?q=market&amp;topic=empty-shops&amp;council=stockport"' in html
    follow = Follow.objects.of(reader).order_by("pk").first()
    assert client.post(reverse("change_follow", args=[follow.pk]), {"cadence": "daily"}).status_code == 302
    follow.refresh_from_db()
    assert follow.cadence == "daily"


def test_the_page_of_follows_asks_no_more_for_more_searches(client, reader, topic):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(reader)
    counts = []
    for text in ("one", "two", "three"):
        services.follow_search(person=reader, state=state(text, topic=["empty-shops"]))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("following"))
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_a_search_whose_filter_is_gone_can_never_fire_and_the_audit_ends_it(reader, topic):
    dead = services.follow_search(person=reader, state=state("market", topic=["empty-shops"]))
    factories.TopicFactory(slug="markets")
    alive = services.follow_search(person=reader, state=state("market", topic=["empty-shops", "markets"]))
    Topic.objects.filter(slug="empty-shops").delete()
    assert [(one.what, one.count) for one in audit.examine()] == [("follows of something that is gone", 1)]
    audit.repair()
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.ended_reason, alive.ended_at) == ("gone", None)


def test_what_does_not_exist_cannot_be_asked_for(client, reader):
    client.force_login(reader)
    assert client.post(reverse("follow_search"), {"q": "market", "topic": "made-up"}).status_code == 404
    assert not SavedSearch.objects.exists()


def test_what_nobody_follows_any_more_is_forgotten_after_a_month(time_machine, reader, council):
    time_machine.move_to("2026-09-01T12:00Z", tick=False)
    kept = services.follow_search(person=reader, state=state("kept"))
    stopped = services.follow_search(person=reader, state=state("stopped"))
    back = services.follow_search(person=reader, state=state("back"))
    time_machine.move_to("2026-10-01T12:00Z", tick=False)
    for one in (stopped, back):
        services.stop_follow(follow=one, reason="reader")
    time_machine.move_to("2026-10-20T12:00Z", tick=False)
    assert services.forget_searches() == 0
    services.follow_search(person=factories.UserFactory(), state=state("back"))
    time_machine.move_to("2026-11-02T12:00Z", tick=False)
    assert services.forget_searches() == 1
    assert set(SavedSearch.objects.values_list("text", flat=True)) == {"kept", "back"}
    assert services.forget_searches() == 0
    again = services.follow_search(person=reader, state=state("stopped"))
    assert again.target_id != stopped.target_id
    assert kept.ended_at is None


def test_somebody_who_stopped_long_ago_and_follows_again_is_not_forgotten_at_that_moment(time_machine, reader):
    time_machine.move_to("2026-09-01T12:00Z", tick=False)
    follow = services.follow_search(person=reader, state=state("market"))
    services.stop_follow(follow=follow, reason="reader")
    time_machine.move_to("2026-11-02T12:00Z", tick=False)
    saved.keep(state("market"))
    assert services.forget_searches() == 0
