"""Following what one comments on is offered, never forced."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from digests import services
from digests.models import Follow
from discussion.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db
OFFER = "offer_follow"


@pytest.fixture
def page(council):
    return factories.case_study(council, title="Market hall")


def box(client, page):
    return BeautifulSoup(client.get(page.url).content, "html.parser").find("input", {"name": OFFER})


def comment(client, page, **ticked):
    return client.post(reverse("comment_add", args=[page.pk]), {"body": "We tried this too.", **ticked})


def test_the_box_is_there_for_who_does_not_follow_yet_and_is_not_ticked(client, reader, page):
    assert box(client, page) is None, "a visitor has no form"
    client.force_login(reader)
    offered = box(client, page)
    assert not offered.has_attr("checked")
    label = BeautifulSoup(client.get(page.url).content, "html.parser").find("label", {"for": offered["id"]})
    assert label.get_text() == "Email me when others comment here"
    services.follow(person=reader, target=("case_study", page.pk))
    assert box(client, page) is None


def test_a_comment_alone_follows_nothing(client, reader, page):
    client.force_login(reader)
    assert comment(client, page).status_code == 302
    assert Comment.objects.count() == 1
    assert not Follow.objects.exists()


def test_ticking_it_follows_with_the_comment(client, reader, page):
    client.force_login(reader)
    comment(client, page, **{OFFER: "on"})
    follow = Follow.objects.of(reader).get()
    assert (follow.target_kind, follow.target_id, follow.cadence) == ("case_study", page.pk, None)
    comment(client, page, **{OFFER: "on"})
    assert Follow.objects.count() == 1


def test_a_comment_that_is_refused_follows_nothing_and_keeps_the_tick(client, reader, page):
    client.force_login(reader)
    answer = client.post(reverse("comment_add", args=[page.pk]), {"body": " ", OFFER: "on"})
    assert answer.status_code == 422
    assert BeautifulSoup(answer.content, "html.parser").find("input", {"name": OFFER}).has_attr("checked")
    assert not Follow.objects.exists()


def test_it_is_offered_with_a_reply_and_not_when_a_comment_is_changed(client, reader, page):
    client.force_login(reader)
    comment(client, page)
    own = Comment.objects.get()
    Comment.objects.update(state="published")
    for name, there in (("comment_reply", True), ("comment_edit", False)):
        html = client.get(reverse(name, args=[own.pk])).content.decode()
        assert (OFFER in html) is there, name


def test_nothing_is_offered_where_comments_are_no_news(client, reader):
    client.force_login(reader)
    programme = factories.programme()
    html = client.get(programme.url).content.decode()
    assert OFFER not in html
