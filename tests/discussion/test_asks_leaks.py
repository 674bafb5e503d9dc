"""What a held or hidden ask says, and what only members may know, is nowhere that others look."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casestudies.models import Adoption
from casestudies.permissions import can_see_adoption
from core.delivery import deliver_all
from core.personal_data import holdings
from discussion import services as comments
from discussion.asks import services
from discussion.errors import AlreadySettled
from discussion.models import Ask, AskBacker, Comment
from discussion.permissions import asks_visible_to, can_read_ask, can_see, comments_visible_to
from members.roles import LOCKED_CASES
from members.services import end_membership
from moderation import services as moderation
from tests import factories


def _as(person):
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


@pytest.fixture
def people(council):
    lapsed = factories.member(council)
    end_membership(membership=lapsed.memberships.get(), by=None)
    return {
        "visitor": AnonymousUser(),
        "subscriber": factories.UserFactory(),
        "lapsed": lapsed,
        "other author": factories.member(factories.organisation("Hull"), "author"),
        "moderator": factories.UserFactory(moderator=True),
    }


def addresses(ask):
    return [
        "/ask/",
        "/ask/?show=unanswered",
        "/ask/?show=answered",
        "/search/?q=zanzibar",
        "/search/?q=bandstand",
        "/search/suggest/?q=zanz",
        "/search/suggest/?q=who+asks",
        "/search/results.csv?q=bandstand",
        "/map/?q=bandstand",
        "/feeds/asks/",
        "/feeds/topics/high-streets/asks/",
        "/api/asks/",
        "/api/comments/",
        "/feeds/search/?q=bandstand",
        "/topics/high-streets/",
        ask.get_absolute_url(),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["held", "draft", "hidden", "removed"])
def test_an_ask_that_is_not_published_is_nowhere(people, council, state):
    topic = factories.TopicFactory(slug="high-streets")
    asker = factories.UserFactory()
    ask = factories.ask(
        author=asker, state=state, title="Who asks zanzibar?", body="A zanzibar bandstand.", topics=[topic]
    )
    page = factories.case_study(council, title="The bandstand", topics=[topic])
    factories.answer(ask, asker, f"zanzibar {page.get_url()}")
    again = factories.ask(
        title="The same again", closed_at=timezone.now(), closed_reason="duplicate", duplicate_of=ask, topics=[topic]
    )
    factories.answer(ask, people["subscriber"], "I tried.")
    AskBacker.objects.create(ask=ask, person=people["subscriber"])
    kept = [list(one.rows(people["subscriber"])) for one in holdings() if one.name in {"comments", "asks-backed"}]
    assert [len(rows) for rows in kept] == [1, 1]
    assert "zanzibar" not in str(kept)
    deliver_all()
    assert "Who asks zanzibar?" in _as(people.pop("moderator")).get(again.get_absolute_url()).content.decode()
    for name, person in people.items():
        client = _as(person)
        for address in [*addresses(ask), again.get_absolute_url()]:
            response = client.get(address)
            text = b"".join(response.streaming_content) if response.streaming else response.content
            shown = text.decode().casefold().replace("q=zanzibar", "").replace("“zanzibar”", "")
            assert "who asks zanzibar" not in shown, (name, address)
            assert "a zanzibar bandstand" not in shown, (name, address)
        for deed in ("ask_answer", "ask_back", "ask_edit", "ask_close", "ask_reopen", "ask_delete", "ask_write_up"):
            assert client.post(reverse(deed, args=[ask.pk]), {"body": "x", "reason": "solved"}).status_code in {
                302,
                404,
            }
    assert Ask.objects.get(pk=ask.pk).answers.count() == 2


@pytest.mark.django_db
def test_what_a_locked_case_is_about_is_closed_to_moderators_who_are_not_named_for_it(client, council):
    """An ask, a comment, an adoption, and what stands on them: the predicates, their twins, and every door to them."""
    named, moderator = factories.UserFactory(moderator=True), factories.UserFactory(moderator=True)
    named.groups.add(Group.objects.get(name=LOCKED_CASES))
    member = factories.member(council)
    ask = factories.ask(author=member, title="Who asks zanzibar?")
    page = factories.case_study(council, title="The bandstand")
    bad_page = factories.case_study(council, title="Page of zanzibar")
    comment = Comment.objects.create(page=page, author=member, body="zanzibar", state="published")
    adoption = factories.adoption(page, factories.organisation("Hull"))
    beneath = [
        factories.answer(ask, member, "An answer"),
        factories.answer(ask, member, "A held answer", state="held"),
        Comment.objects.create(page=page, author=member, body="Tried", adoption=adoption, state="published"),
        Comment.objects.create(page=bad_page, author=member, body="On the page", state="held"),
    ]
    plain = [
        factories.comment(page=page, author=member, body="Hidden", state="hidden"),
        factories.ask(author=member, state="hidden"),
    ]
    for subject in (ask, comment, adoption, bad_page):
        moderation.report(subject=subject, kind="child_abuse", by=factories.UserFactory())
    closed = [*Comment.objects.filter(pk__in=[comment.pk, *(one.pk for one in beneath)])]
    for person, may in ((moderator, False), (named, True)):
        assert [can_see(person, one) for one in closed] == [may] * 5
        assert comments_visible_to(person).filter(pk__in=[one.pk for one in closed]).count() == 5 * may
        assert can_read_ask(person, Ask.objects.get(pk=ask.pk)) is may
        assert asks_visible_to(person).filter(pk=ask.pk).exists() is may
        assert can_see_adoption(person, Adoption.objects.get(pk=adoption.pk)) is may
        assert Adoption.objects.known_to(person).filter(pk=adoption.pk).exists() is may
        assert (can_see(person, plain[0]), can_read_ask(person, plain[1])) == (True, True)
        assert comments_visible_to(person).filter(pk=plain[0].pk).exists()
        assert asks_visible_to(person).filter(pk=plain[1].pk).exists()
    client.force_login(moderator)
    doors = [ask.get_absolute_url(), reverse("ask_close", args=[ask.pk]), reverse("adoption", args=[adoption.pk])]
    doors += [reverse(name, args=[one.pk]) for one in closed for name in ("comment", "comment_history")]
    assert {client.get(door).status_code for door in doors} == {404}
    queue = client.get(reverse("moderation_queue")).content.decode()
    assert "A held answer" in queue
    assert "zanzibar" not in queue
    client.force_login(named)
    assert client.get(doors[0]).status_code == 200
    assert client.get(reverse("comment_history", args=[comment.pk])).status_code == 200


@pytest.mark.django_db
def test_nothing_for_members_leaks_through_asks(people, council):
    topic = factories.TopicFactory(slug="high-streets")
    secret = factories.case_study(
        council,
        title="The bandstand",
        summary="What became of it.",
        audience="members",
        outcome="did_not_work",
        problem="<p>zanzibar</p>",
        results="<p>zanzibar</p>",
        topics=[topic],
    )
    writer = factories.member(council)
    ask = factories.ask(author=people["subscriber"], title="Who asks about bandstands?", topics=[topic])
    comments.add_comment(ask=ask, body=f"See http://localhost:8000{secret.get_url()}", by=writer)
    services.accept_answer(answer=ask.answers.get(), by=people["subscriber"])
    deliver_all()
    for name in ("visitor", "subscriber", "lapsed"):
        client = _as(people[name])
        for address in addresses(ask):
            response = client.get(address)
            text = b"".join(response.streaming_content) if response.streaming else response.content
            shown = text.decode().replace("q=zanzibar", "").replace("“zanzibar”", "").replace('value="zanzibar"', "")
            if "/search/" not in address:
                assert "Did not work" not in shown, (name, address)
            assert "<p>zanzibar" not in shown, (name, address)
        if name != "visitor":
            typed = client.post(
                "/ask/similar/", {"title": "zanzibar bandstand", "body": "did not work"}
            ).content.decode()
            assert "zanzibar" not in typed
            assert "Did not work" not in typed


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_accepted_at_once_one_stands_and_the_other_is_told():
    asker = factories.UserFactory()
    ask = factories.ask(author=asker)
    answers = [factories.answer(ask, factories.UserFactory()) for _ in range(2)]
    barrier, told = threading.Barrier(2, timeout=30), []

    def accept(answer):
        try:
            barrier.wait()
            services.accept_answer(answer=answer, by=asker)
            told.append("accepted")
        except AlreadySettled:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(answer,)) for answer in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["accepted", "refused"]
    assert Ask.objects.get(pk=ask.pk).accepted in answers
