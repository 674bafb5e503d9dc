"""Following by button, the page of follows, and what others may not do."""

import pytest
from django.core.cache import cache
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from digests import services
from digests.models import Follow, MailPreference, Suppression
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _count_anew():
    cache.clear()


def button(user, path="/topics/empty-shops/?page=2", **target):
    request = RequestFactory().get(path)
    request.user = user
    template = Template("{% load follows %}{% follow_button kind pk 'Empty shops' %}")
    return template.render(Context({"request": request, "csrf_token": "token", **target}))


def test_a_visitor_gets_a_link_to_a_page_of_its_own_and_no_form(topic, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(1):
        html = button(AnonymousUser(), kind="topic", pk=topic.pk)
    with django_assert_num_queries(0):
        assert button(AnonymousUser(), kind="topic", pk=topic.pk) == html
    assert f"{reverse('follow_new')}?kind=topic&amp;id={topic.pk}" in html
    assert "<form" not in html
    assert "csrf" not in html


def test_a_person_gets_a_button_that_follows_and_then_one_that_stops(reader, topic, client, django_assert_num_queries):
    with django_assert_num_queries(2):
        html = button(reader, kind="topic", pk=topic.pk)
    assert f'action="{reverse("follow")}"' in html
    client.force_login(reader)
    back = "/topics/empty-shops/"
    answer = client.post(reverse("follow"), {"kind": "topic", "id": topic.pk, "next": back})
    assert answer["Location"] == back
    assert Follow.objects.of(reader).count() == 1
    assert f'action="{reverse("unfollow")}"' in button(reader, kind="topic", pk=topic.pk)
    client.post(reverse("follow"), {"kind": "topic", "id": topic.pk, "next": back})
    assert Follow.objects.of(reader).count() == 1
    for _ in range(2):
        client.post(reverse("unfollow"), {"kind": "topic", "id": topic.pk, "next": back})
    ended = Follow.objects.get(person=reader)
    assert (ended.ended_reason, Follow.objects.of(reader).count()) == ("reader", 0)


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_the_site(reader, topic, client, wish):
    client.force_login(reader)
    answer = client.post(reverse("follow"), {"kind": "topic", "id": topic.pk, "next": wish})
    assert answer["Location"] == reverse("following")


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "topic", "id": "999999"},
        {"kind": "person", "id": "1"},
        {"kind": "topic", "id": "-1"},
        {"kind": "topic", "id": "9" * 40},
        {"kind": "topic", "id": "1; DROP TABLE"},
        {"kind": "\x00", "id": "1"},
        {},
    ],
)
def test_what_is_not_there_cannot_be_followed(reader, client, sent):
    client.force_login(reader)
    assert client.post(reverse("follow"), sent).status_code == 404
    assert not Follow.objects.exists()


def test_a_draft_cannot_be_followed(reader, council, client):
    client.force_login(reader)
    draft = factories.case_study(council, live=False)
    assert client.post(reverse("follow"), {"kind": "case_study", "id": draft.pk}).status_code == 404


def test_visitors_are_asked_to_sign_in(client, topic):
    for address in ("following", "mail_settings", "follow", "unfollow"):
        answer = client.post(reverse(address), {"kind": "topic", "id": topic.pk})
        assert answer["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("following"))["Location"].startswith(reverse("account_login"))


def test_the_page_says_what_how_often_and_why_the_last_mail_had_it(reader, topic, council, client):
    services.follow(person=reader, target=("topic", topic.pk))
    services.follow(person=reader, target=("organisation", council.pk), cadence="daily")
    factories.case_study(council, title="Market hall", topics=[topic])
    assert len(send_now("weekly")) == 1
    client.force_login(reader)
    html = client.get(reverse("following")).content.decode()
    assert "<h1" in html
    assert "New case study: Market hall" in html
    assert html.count("Nothing yet") == 1
    assert '<option value="daily" selected>' in html


def test_the_page_says_what_to_do_when_there_is_nothing(reader, client):
    client.force_login(reader)
    html = client.get(reverse("following")).content.decode()
    assert "You follow nothing yet" in html
    assert reverse("topics") in html


def test_the_page_costs_the_same_for_many_follows(reader, client, council, django_assert_max_num_queries):
    for _ in range(15):
        services.follow(person=reader, target=("topic", factories.TopicFactory().pk))
        services.follow(person=reader, target=("case_study", factories.case_study(council).pk))
    client.force_login(reader)
    client.get(reverse("following"))
    with django_assert_max_num_queries(16):
        client.get(reverse("following"))


def test_one_follow_can_come_more_often_than_the_rest(reader, topic, client):
    follow = services.follow(person=reader, target=("topic", topic.pk))
    client.force_login(reader)
    address = reverse("change_follow", args=[follow.pk])
    client.post(address, {"cadence": "daily"})
    assert Follow.objects.get().cadence == "daily"
    answer = client.post(address, {"cadence": ""}, follow=True)
    assert Follow.objects.get().cadence is None
    said = [str(message) for message in answer.context["messages"]]
    assert said == [f"Saved for {topic.name}: Every day at 8.", f"Saved for {topic.name}: Every Tuesday at 8."]
    assert client.post(address, {"cadence": "hourly"}).status_code == 404
    answer = client.post(address, {"do": "stop"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [f"You no longer follow {topic.name}."]
    assert Follow.objects.get().ended_reason == "reader"
    assert client.post(address, {"do": "stop"}).status_code == 404


def test_other_peoples_follows_are_not_there(reader, topic, client):
    follow = services.follow(person=reader, target=("topic", topic.pk))
    client.force_login(factories.UserFactory())
    assert client.post(reverse("change_follow", args=[follow.pk]), {"do": "stop"}).status_code == 404
    assert Follow.objects.active().exists()


def test_the_default_is_changed_on_the_page(reader, client):
    client.force_login(reader)
    client.post(reverse("mail_settings"), {"cadence": "daily"})
    preference = MailPreference.objects.get(person=reader)
    assert (preference.cadence, preference.replies) == ("daily", False)
    assert client.post(reverse("mail_settings"), {"cadence": "sometimes"}).status_code == 404


def test_all_mail_is_stopped_and_started_without_losing_the_follows(reader, topic, council, client):
    services.follow(person=reader, target=("topic", topic.pk))
    client.force_login(reader)
    client.post(reverse("mail_settings"), {"do": "stop"})
    factories.case_study(council, topics=[topic])
    assert send_now() == []
    assert "All mail about what you follow is stopped" in client.get(reverse("following")).content.decode()
    client.post(reverse("mail_settings"), {"do": "resume"})
    assert send_now() == [], "what happened in between is not sent afterwards"
    factories.case_study(council, topics=[topic])
    assert len(send_now()) == 1


def test_welsh_readers_get_the_page_under_cy(reader, client):
    client.force_login(reader)
    assert client.get("/cy/following/").status_code == 200


def followers(n, kind, pk, **person):
    for _ in range(n):
        services.follow(person=factories.UserFactory(**person), target=(kind, pk))


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "Nobody follows this yet"),
        (1, "Fewer than 5 people follow this"),
        (4, "Fewer than 5 people follow this"),
        (5, "5 people follow this"),
        (12, "12 people follow this"),
    ],
)
def test_the_button_says_how_many_follow_and_tells_nothing_of_a_few(topic, n, said):
    from django.contrib.auth.models import AnonymousUser

    followers(n, "topic", topic.pk)
    assert said in button(AnonymousUser(), kind="topic", pk=topic.pk)


def test_only_people_count_who_may_get_mail_about_it(topic):
    from digests.counting import followers_of

    followers(5, "topic", topic.pk)
    Follow.objects.update(cadence="weekly")
    left, stopped, off, dead, ended = Follow.objects.select_related("person")
    left.person.is_active = False
    left.person.save()
    services.stop_all_mail(person=stopped.person)
    services.set_follow_cadence(follow=off, cadence="off")
    Suppression.objects.create(address=dead.person.email.upper(), reason="550")
    services.stop_follow(follow=ended, reason="reader")
    followers(1, "topic", topic.pk)
    cache.clear()
    assert followers_of("topic", topic.pk) == 1


@pytest.mark.django_db(transaction=True)
def test_the_count_is_right_as_soon_as_somebody_follows_or_stops(reader, topic):
    from django.contrib.auth.models import AnonymousUser

    followers(4, "topic", topic.pk)
    assert "Fewer than 5" in button(AnonymousUser(), kind="topic", pk=topic.pk)
    services.follow(person=reader, target=("topic", topic.pk))
    assert "5 people follow this" in button(AnonymousUser(), kind="topic", pk=topic.pk)
    services.unfollow(person=reader, target=("topic", topic.pk))
    assert "Fewer than 5" in button(AnonymousUser(), kind="topic", pk=topic.pk)


def test_several_buttons_about_one_thing_cost_one_query(council, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(1):
        button(AnonymousUser(), kind="organisation", pk=council.pk)
        button(AnonymousUser(), kind="councils_like", pk=council.pk)


def test_nobody_is_told_how_many_follow_a_search(client, reader):
    from search.state import SearchState

    for _ in range(6):
        services.follow_search(person=factories.UserFactory(), state=SearchState(text="my neighbour"))
    assert "follow this</span>" not in client.get("/search/?q=my+neighbour").content.decode()


def test_many_follows_are_shown_in_pages_at_the_same_cost(reader, client, council):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(reader)
    client.get(reverse("following"))
    costs = []
    for n in (3, 60):
        Follow.objects.all().delete()
        for number in range(n):
            services.follow(person=reader, target=("topic", factories.TopicFactory(name=f"Topic {n} {number}").pk))
        with CaptureQueriesContext(connection) as asked:
            first = client.get(reverse("following")).content.decode()
        costs.append(len(asked))
    # Twenty times as many follows; what a minute's figures cost when they are written down may fall into either.
    assert abs(costs[0] - costs[1]) <= 2
    assert "Topic 60 59<" in first
    assert "Topic 60 9<" not in first
    assert f'href="{reverse("following")}?page=2"' in first or 'href="?page=2"' in first
    second = client.get(f"{reverse('following')}?page=2").content.decode()
    assert "Topic 60 9<" in second
    oldest = Follow.objects.of(reader).order_by("created_at").first()
    answer = client.post(reverse("change_follow", args=[oldest.pk]), {"cadence": "daily", "next": "/following/?page=2"})
    assert answer["Location"] == "/following/?page=2"
    assert client.get(f"{reverse('following')}?page=nonsense").status_code == 200


def test_what_was_stopped_is_listed_with_the_reason_and_followed_again(reader, topic, council, client, time_machine):
    time_machine.move_to("2026-11-01T12:00Z", tick=False)
    client.force_login(reader)
    page = factories.case_study(council, title="Market hall")
    by_hand = services.follow(person=reader, target=("topic", topic.pk), cadence="daily")
    gone = services.follow(person=reader, target=("case_study", page.pk))
    by_link = services.follow(person=reader, target=("organisation", council.pk))
    services.stop_follow(follow=by_hand, reason="reader")
    services.stop_follow(follow=by_link, reason="link")
    services.stop_follow(follow=gone, reason="gone")
    page.unpublish()
    html = client.get(reverse("following")).content.decode()
    for words in ("Stopped on the site", "Stopped with the link in a mail", "What it followed is gone", "1 November"):
        assert words in html
    assert "Market hall" not in html
    assert html.count(">Follow again<") == 2
    answer = client.post(reverse("follow_again", args=[by_hand.pk]))
    assert answer["Location"] == reverse("following")
    again = Follow.objects.of(reader).get()
    assert (again.target_kind, again.cadence, again.pk != by_hand.pk) == ("topic", "daily", True)
    html = client.get(reverse("following")).content.decode()
    assert html.count(">Follow again<") == 1, "what is followed again is no longer among what was stopped"
    client.post(reverse("follow_again", args=[gone.pk]))
    assert Follow.objects.of(reader).count() == 1
    time_machine.move_to("2027-01-31T12:00Z", tick=False)
    client.force_login(reader)
    assert "Follow again" not in client.get(reverse("following")).content.decode(), "after 90 days it is forgotten"


def test_what_others_stopped_cannot_be_seen_or_followed_again(reader, topic, client):
    follow = services.follow(person=reader, target=("topic", topic.pk))
    client.force_login(factories.UserFactory())
    address = reverse("follow_again", args=[follow.pk])
    assert client.post(address).status_code == 404, "not even one's own that still goes on"
    services.stop_follow(follow=follow, reason="reader")
    assert client.post(address).status_code == 404
    assert "Empty shops" not in client.get(reverse("following")).content.decode()
    assert Follow.objects.count() == 1


def test_a_search_is_followed_again_until_it_is_forgotten(reader, client, time_machine):
    from search.state import SearchState

    time_machine.move_to("2026-11-01T12:00Z", tick=False)
    client.force_login(reader)
    follow = services.follow_search(person=reader, state=SearchState(text="market"))
    services.stop_follow(follow=follow, reason="reader")
    client.post(reverse("follow_again", args=[follow.pk]))
    again = Follow.objects.of(reader).get()
    assert again.target_id == follow.target_id
    services.stop_follow(follow=again, reason="reader")
    time_machine.move_to("2026-12-10T12:00Z", tick=False)
    services.forget_searches()
    client.force_login(reader)
    client.get(reverse("following"))
    html = client.get(reverse("following")).content.decode()
    assert "market" not in html
    assert "Follow again" not in html
