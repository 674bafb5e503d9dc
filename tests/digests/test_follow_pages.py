"""Following by button, the page of follows, and what others may not do."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from digests import services
from digests.models import Follow, MailPreference
from tests import factories
from tests.digests.helpers import send_now

pytestmark = pytest.mark.django_db


def button(user, path="/topics/empty-shops/?page=2", **target):
    request = RequestFactory().get(path)
    request.user = user
    template = Template("{% load follows %}{% follow_button kind pk 'Empty shops' %}")
    return template.render(Context({"request": request, "csrf_token": "token", **target}))


def test_a_visitor_gets_a_link_to_a_page_of_its_own_and_no_form(topic, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(0):
        html = button(AnonymousUser(), kind="topic", pk=topic.pk)
    assert f"{reverse('follow_new')}?kind=topic&amp;id={topic.pk}" in html
    assert "<form" not in html
    assert "csrf" not in html


def test_a_person_gets_a_button_that_follows_and_then_one_that_stops(reader, topic, client, django_assert_num_queries):
    with django_assert_num_queries(1):
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
    client.post(address, {"cadence": ""})
    assert Follow.objects.get().cadence is None
    assert client.post(address, {"cadence": "hourly"}).status_code == 404
    client.post(address, {"do": "stop"})
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
