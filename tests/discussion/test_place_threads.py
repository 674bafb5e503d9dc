"""Comments on places: beneath the record, for everybody to read, and gone from everywhere with one action."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import personal_data
from core.delivery import deliver_all
from digests import services as digests
from digests.models import Follow
from discussion import selectors, services
from discussion.errors import NotAllowed
from discussion.models import Comment
from discussion.permissions import can_see, comments_visible_to
from members.services import end_membership
from moderation import services as moderation
from moderation.models import ContributionState
from tests import factories
from tests.digests.helpers import an_hour_later, send_now, text_of
from tests.discussion.helpers import thread_of

pytestmark = pytest.mark.django_db

WORDS = "The zanzibar arcade was full on Saturday."
ADD = "/comments/places/bredbury/add/"


@pytest.fixture
def place(council):
    place = factories.PlaceFactory(name="Bredbury", slug="bredbury", summary="A small town by the river.")
    place.organisations.add(council)
    return place


@pytest.fixture
def people(council, moderator):
    """Everybody who comes to the page; the first four may write."""
    lapsed, suspended = factories.member(council, "author"), factories.member(council, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    until = timezone.now() + timezone.timedelta(days=3)
    moderation.suspend(person=suspended, by=moderator, reason="abuse", words="No.", until=until)
    return {
        "outsider": factories.UserFactory(name="Olu Outsider"),
        "lapsed": lapsed,
        "author": factories.member(council, "author", name="Ann Author"),
        "other author": factories.member(factories.organisation("Hull"), "author", name="Hal Hull"),
        "suspended": suspended,
        "visitor": AnonymousUser(),
        "moderator": moderator,
    }


def client_of(person):
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


def thread_on(place, person=None):
    page = client_of(person or AnonymousUser()).get(place.url)
    return BeautifulSoup(page.content, "html.parser").find(id="comments")


def published(place, by, body=WORDS, **more):
    comment = services.add_comment(page=place, body=body, by=by, **more)[0]
    if comment.state == ContributionState.HELD:
        moderator = factories.UserFactory(moderator=True)
        moderation.decide_contribution(contribution=comment, action="approve", by=moderator)
        comment.refresh_from_db()
    return comment


def test_each_who_may_write_does_and_is_judged_as_everywhere(place, people):
    for name in ("outsider", "lapsed", "author", "other author"):
        form = thread_on(place, people[name]).form
        assert form["action"] == ADD
        sent = client_of(people[name]).post(ADD, {"body": f"Said by the {name}."})
        comment = Comment.objects.get(author=people[name])
        assert sent["Location"] == f"/places/bredbury/#comment-{comment.pk}"
        # Whoever belongs to no council is new here, whatever they once belonged to.
        held = name in {"outsider", "lapsed"}
        assert (comment.state == ContributionState.HELD) is held, (name, comment.state_reasons)
        assert (f"Said by the {name}." in thread_on(place).get_text()) is not held
        assert f"Said by the {name}." in thread_on(place, people[name]).get_text()
    assert thread_on(place, people["suspended"]).form is None
    assert client_of(people["suspended"]).post(ADD, {"body": "Let me in"}).status_code == 403
    with pytest.raises(NotAllowed):
        services.add_comment(page=place, body="Let me in", by=people["suspended"])
    visitor = thread_on(place)
    assert (visitor.form, visitor.find("input")) == (None, None)
    assert visitor.find("a", string="Sign in to comment")["href"].endswith("?next=/places/bredbury/%23comments")
    kept = Client().post(ADD, {"body": "Let me in"})
    assert kept["Location"] == f"/account/login/?next={ADD}"
    assert client_of(people["outsider"]).post("/comments/places/atlantis/add/", {"body": "x"}).status_code == 404
    assert Comment.objects.count() == 4


def test_an_officer_of_the_council_does_not_pass_for_a_resident(place, people, council):
    place.organisations.add(factories.organisation("Residents", kind="community"))
    helper = factories.member(place.organisations.get(kind="community"), name="Rae Resident")
    for person in (people["outsider"], people["author"], people["other author"], helper):
        published(place, person, f"Said by {person.pk}.")
    badges = {one["author"]: one["badges"] for one in thread_of(page=place, user=AnonymousUser())}
    assert badges == {"Olu Outsider": [], "Ann Author": ["Council"], "Hal Hull": [], "Rae Resident": []}


def test_it_appears_and_one_action_takes_it_from_page_and_mail(place, people, moderator):
    reader = factories.UserFactory(email="reader@example.org")
    digests.follow(person=reader, target=("place", place.pk), cadence="daily")
    comment = services.add_comment(page=place, body=WORDS, by=people["outsider"])[0]
    assert "zanzibar" not in thread_on(place).get_text()
    assert "Bredbury" in client_of(moderator).get("/moderation/").content.decode()
    assert "zanzibar" in client_of(moderator).get(f"/moderation/comment/{comment.pk}/").content.decode()
    assert send_now("daily") == []
    moderation.decide_contribution(contribution=comment, action="approve", by=moderator)
    deliver_all()
    digests.send_waiting()
    an_hour_later()
    outbox.outbox.clear()
    reply = published(place, people["author"], "Thank you @Olu Outsider.", reply_to=comment)
    deliver_all()
    digests.send_waiting()
    assert [one.subject for one in outbox.outbox] == ["Ann Author replied to you: Bredbury"]
    (first,) = thread_of(page=place, user=AnonymousUser())
    assert (first["id"], [one["id"] for one in first["replies"]]) == (comment.pk, [reply.pk])
    assert "<strong>@Olu Outsider</strong>" in first["replies"][0]["html"]
    assert Client().get(reverse("comment", args=[comment.pk]))["Location"] == f"/places/bredbury/#comment-{comment.pk}"
    assert Client().get(reverse("report", args=["comment", comment.pk])).status_code == 200

    mails = {mail["To"]: mail for mail in send_now("daily")}
    told = mails["reader@example.org"]
    words = text_of(told)
    assert "2 comments on Bredbury" in told["Subject"]
    assert "zanzibar arcade" in words
    assert f"/places/bredbury/#comment-{reply.pk}" in words, "to the latest of them"
    assert "Because you follow Bredbury" in words

    late = published(place, people["other author"], "The xylophone maker has gone.")
    moderation.hide(contribution=late, by=moderator, reason="abuse", words="Not so.")
    moderation.hide(contribution=comment, by=moderator, reason="abuse", words="Not so.")
    text = thread_on(place).get_text()
    assert "A moderator removed this comment." in text, "its place, since somebody replied"
    assert "Thank you" in text
    for words in ("zanzibar", "xylophone"):
        assert words not in Client().get(place.url).content.decode()
    for one in (comment, late):
        assert Client().get(reverse("comment", args=[one.pk])).status_code == 404
    assert send_now("daily") == []
    for door in ("/search/?q=zanzibar", "/feeds/places/bredbury/", "/data/record.json"):
        answer = Client().get(door)
        assert b"arcade" not in (b"".join(answer.streaming_content) if answer.streaming else answer.content)


def test_predicate_and_queryset_agree_about_places(place, people):
    for state in ContributionState.values:
        for name in ("outsider", "author"):
            factories.comment(place=place, author=people[name], body="x", state=state)
    for name, person in people.items():
        seen = set(comments_visible_to(person).values_list("pk", flat=True))
        assert seen == {one.pk for one in Comment.objects.all() if can_see(person, one)}, name
    assert comments_visible_to(people["visitor"]).count() == 2


def test_threads_of_two_places_and_of_a_page_stay_apart(place, people, case_study):
    elsewhere = factories.PlaceFactory()
    here, there = published(place, people["author"], "Here."), published(elsewhere, people["author"], "There.")
    on_page = published(case_study, people["author"], "On the page.")
    for page, comment in ((place, here), (elsewhere, there), (case_study, on_page)):
        assert [one["id"] for one in thread_of(page=page, user=AnonymousUser())] == [comment.pk]
    for other in (there, on_page):
        with pytest.raises(NotAllowed):
            services.add_comment(page=place, body="x", by=people["author"], reply_to=other)
    for wrong in ({"page": case_study}, {"ask": factories.ask(author=people["author"])}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(place=place, author=people["author"], body="x", state="published", **wrong)
    with pytest.raises(ProtectedError):
        elsewhere.delete()


def test_a_long_thread_has_pages_beside_those_of_the_record(place, people, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE_SIZE", 2)
    made = [
        Comment.objects.create(place=place, author=people["author"], body=f"No {n}", state="published")
        for n in range(3)
    ]
    assert "No 2" not in thread_on(place).get_text()
    address = f"/places/bredbury/?comments=2#comment-{made[2].pk}"
    assert Client().get(reverse("comment", args=[made[2].pk]))["Location"] == address
    assert "No 2" in Client().get(address).content.decode()


def test_following_is_offered_and_who_leaves_takes_their_name(place, people):
    author = people["author"]
    box = thread_on(place, author).find("input", {"name": "offer_follow"})
    assert not box.has_attr("checked")
    client_of(author).post(ADD, {"body": WORDS, "offer_follow": "on"})
    follow = Follow.objects.of(author).get()
    assert (follow.target_kind, follow.target_id) == ("place", place.pk)
    holding = next(one for one in personal_data.holdings() if one.name == "comments")
    (row,) = holding.rows(author)
    assert (row["place_name"], row["body"]) == ("Bredbury", WORDS)
    holding.erase(author)
    shown = thread_on(place).get_text()
    assert WORDS in shown
    assert "Ann Author" not in shown
