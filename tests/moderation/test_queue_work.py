"""Working through the queue: claims, the filter, several at once, and what was decided about things like it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from discussion.services import add_comment
from moderation import services
from moderation.models import Claim, ContributionState, Decision
from moderation.queue import held_by, waiting_for
from tests import factories

pytestmark = pytest.mark.django_db
QUEUE, BULK, CLAIMS, NEXT = "/moderation/", "/moderation/bulk/", "/moderation/claims/", "/moderation/next/"
SPAM = {"action": "decline", "reason": "promotion", "words": "This is advertising."}


def held(case_study, person, body="Which year?"):
    return add_comment(page=case_study, body=body, by=person)[0]


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def second(db):
    return factories.UserFactory(name="Sam Second", moderator=True)


def test_whoever_opens_a_thing_has_it_until_they_let_go(client, case_study, newcomer, moderator, second):
    comment, following = held(case_study, newcomer, "One"), held(case_study, newcomer, "Two")
    address, item = f"/moderation/comment/{comment.pk}/", f"comment-{comment.pk}"
    client.force_login(moderator)
    assert "Let it go, and on to the next" in text(client.get(address))

    client.force_login(second)
    seen = text(client.get(address))
    assert "Being reviewed by Morgan Moderator since" in seen
    assert "Which" not in seen
    assert "One" in seen
    assert 'value="approve"' not in seen
    assert "Being reviewed by Morgan Moderator" in text(client.get(QUEUE))
    # What another looks at is passed by, and not decided under their eyes.
    assert client.get(NEXT)["Location"] == f"/moderation/comment/{following.pk}/"
    refused = client.post(address, {"action": "approve"}, follow=True)
    assert "has been reviewing this since" in text(refused)
    assert not Decision.objects.exists()
    client.post(CLAIMS, {"item": item, "do": "release"})
    assert Claim.objects.get(number=comment.pk).by == moderator, "nobody lets go of somebody else’s"

    client.post(CLAIMS, {"item": item, "do": "take"})
    assert 'value="approve"' in text(client.get(address))
    released = client.post(CLAIMS, {"item": item, "do": "release"})
    assert released["Location"] == f"/moderation/comment/{following.pk}/"
    assert client.get(NEXT, {"item": f"comment-{following.pk}", "back": "1"})["Location"] == address
    client.get(address)
    client.post(address, {"action": "approve"})
    assert not Claim.objects.filter(number=comment.pk).exists(), "deciding lets go"


def test_a_claim_runs_out_and_looking_again_renews_it(client, case_study, newcomer, moderator, second):
    comment = held(case_study, newcomer)
    started = timezone.now()
    given = {"kind": "comment", "number": comment.pk}
    services.open_claim(**given, by=moderator)
    with time_machine.travel(started + timedelta(minutes=15), tick=False):
        services.open_claim(**given, by=moderator)
    with time_machine.travel(started + timedelta(minutes=34), tick=False):
        assert services.open_claim(**given, by=second).by == moderator
    with time_machine.travel(started + timedelta(minutes=36), tick=False):
        assert services.open_claim(**given, by=second).by == second
        assert services.open_claim(**given, by=moderator).by == second
    with time_machine.travel(started + timedelta(hours=2), tick=False):
        services.forget_claims()
    assert not Claim.objects.exists()


def test_nobody_claims_what_is_not_theirs_to_decide(client, council, case_study, newcomer, moderator):
    comment = held(case_study, newcomer)
    approver, theirs = factories.member(council, "approver"), factories.member(factories.organisation("Wigan"), "lead")
    page = factories.case_study(council, live=False)
    page.save_revision(user=newcomer)
    page.get_workflow().start(page, newcomer)
    step = page.current_workflow_task_state.pk
    cases = (
        (approver, f"comment-{comment.pk}", 0),
        (theirs, f"page-{step}", 0),
        (newcomer, f"comment-{comment.pk}", 0),
        (moderator, f"page-{step}", 0),
        (moderator, "wombat-1", 0),
        (moderator, "comment-", 0),
        (moderator, "comment-٣", 0),
        (approver, f"page-{step}", 1),
        (moderator, f"comment-{comment.pk}", 1),
    )
    for person, item, expected in cases:
        Claim.objects.all().delete()
        client.force_login(person)
        assert client.post(CLAIMS, {"item": item, "do": "take"}).status_code in {302, 403}, (person, item)
        assert Claim.objects.count() == expected, (person, item)


def test_the_queue_is_filtered_by_kind_and_stays_so_after_a_decision(client, case_study, newcomer, moderator):
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        first = held(case_study, newcomer, "Held one")
    services.report(subject=case_study, kind="wrong")
    last = held(case_study, newcomer, "Held two")
    client.force_login(moderator)
    assert '<span class="cl-muted">(2)</span>' in text(client.get(QUEUE))
    seen = client.get(QUEUE, {"kind": "comment"})
    assert {item.title for item in seen.context["items"]} == {"Held one", "Held two"}
    assert "1 is overdue" in text(seen)
    assert len(client.get(QUEUE, {"kind": "wombat"}).context["items"]) == 3
    address = f"/moderation/comment/{first.pk}/?kind=comment"
    assert f'action="{address}"' in text(client.get(address))
    assert client.post(address, {"action": "approve"})["Location"] == f"/moderation/comment/{last.pk}/?kind=comment"
    address = f"/moderation/comment/{last.pk}/?kind=comment"
    assert client.post(address, {"action": "approve"})["Location"] == f"{QUEUE}?kind=comment"


def test_several_are_declined_for_one_reason_and_what_was_done_is_said(client, case_study, newcomer, moderator, second):
    spam = [held(case_study, newcomer, f"Cheap watches {n} http://spam.example/") for n in range(4)]
    kept, own = held(case_study, newcomer, "A good question"), held(case_study, second, "Not a newcomer")
    keys = [f"comment-{one.pk}" for one in spam]
    client.force_login(moderator)
    asked = text(client.get(BULK, {"item": [*keys, f"comment-{own.pk}", "wombat-9"]}))
    assert "4 contributions will be declined" in asked
    assert all(one.body[:16] in asked for one in spam)
    assert not Decision.objects.exists(), "asking changes nothing"
    without = client.post(BULK, {"item": keys, "action": "decline"})
    assert without.status_code == 422
    assert not Decision.objects.exists()
    services.decide_contribution(contribution=spam[0], action="approve", by=second)
    services.open_claim(kind="comment", number=spam[1].pk, by=second)
    done = text(client.post(BULK, {"item": keys, **SPAM}))
    assert "Sam Second is reviewing it" in done
    assert "1 no longer waited" in done
    states = [type(one).objects.get(pk=one.pk).state for one in (*spam, kept)]
    assert states == ["published", "held", "removed", "removed", "held"]
    decisions = Decision.objects.filter(action="decline")
    assert decisions.count() == 2
    assert {one.reason for one in decisions} == {"promotion"}
    assert {one.moderator for one in decisions} == {moderator}

    # Everything of one person, from the page of one thing; never by somebody who is no moderator.
    assert f"{BULK}?person={newcomer.pk}" in text(client.get(f"/moderation/comment/{kept.pk}/"))
    assert "2 contributions" in text(client.get(BULK, {"person": newcomer.pk}))
    assert {entry.pk for entry in held_by(moderator, newcomer.pk)} == {spam[1].pk, kept.pk}
    approver = factories.member(case_study.get_parent().specific.organisation, "approver")
    for person in (approver, newcomer):
        client.force_login(person)
        assert client.post(BULK, {"item": f"comment-{kept.pk}", **SPAM}).status_code == 403
        assert held_by(person, newcomer.pk) == []
    kept.refresh_from_db()
    assert kept.state == ContributionState.HELD


def test_nobody_declines_their_own_in_a_batch(client, case_study, moderator):
    from discussion.models import Comment

    own = Comment.objects.create(page=case_study, author=moderator, body="Mine", state="held")
    client.force_login(moderator)
    assert "Nothing is chosen" in text(client.get(BULK, {"item": f"comment-{own.pk}"}))
    client.post(BULK, {"item": f"comment-{own.pk}", **SPAM})
    outcome = services.decline_several(chosen=[("comment", own.pk)], by=moderator, reason="abuse", words="x")
    assert "You wrote this yourself" in str(outcome[0][1])
    assert not Decision.objects.exists()


def test_what_was_decided_about_things_like_it_is_shown(client, case_study, newcomer, moderator):
    other = factories.UserFactory()
    site = held(case_study, other, "Look at https://cheap.example/offers for the best offers")
    words = held(case_study, factories.UserFactory(), "Which council officer signed the market licence that year?")
    unlike = held(case_study, factories.UserFactory(), "Completely different")
    for one in (site, words, unlike):
        services.decide_contribution(contribution=one, action="decline", by=moderator, reason="promotion", words="No.")
    client.force_login(moderator)
    asked = held(case_study, newcomer, "Which council officer signed the market licence? See http://www.cheap.example")
    seen = text(client.get(f"/moderation/comment/{asked.pk}/"))
    assert "links to cheap.example too" in seen
    assert "says much the same" in seen
    assert "Completely different" not in seen
    report = services.report(subject=asked, kind="spam")
    assert "links to cheap.example too" in text(client.get(f"/moderation/reports/{report.pk}/"))
    again = held(case_study, factories.UserFactory.create(), "Nothing like it at all")
    assert "Decided before" not in text(client.get(f"/moderation/comment/{again.pk}/"))


def test_the_gravest_comes_first_whatever_waits_longer(monkeypatch, case_study, newcomer, moderator):
    from moderation.queue import Entry, Row, Severity, Source, register, sources, url_of_entry
    from moderation.queue.sources import _sources

    monkeypatch.setitem(_sources, "test", None)
    now = timezone.now()
    held(case_study, newcomer)
    entries = [
        Entry(kind="test", pk=1, since=now, severity=Severity.CLOCK),
        Entry(kind="test", pk=2, since=now, severity=Severity.GRAVE),
        Entry(kind="test", pk=3, since=now, severity=Severity.UNLAWFUL, due=now - timedelta(minutes=1)),
    ]
    register(
        Source(
            name="test",
            label="Tests",
            entries=lambda user: entries,
            rows=lambda pks: {pk: Row("Test", "One") for pk in pks},
            url=lambda pk: f"/test/{pk}/",
        )
    )
    assert "test" in {source.name for source in sources()}
    listed = waiting_for(moderator)
    assert [entry.pk for entry in listed][:3] == [2, 3, 1]
    assert [entry.kind for entry in listed][3] == "comment"
    assert [entry.overdue for entry in listed] == [False, True, False, False]
    assert url_of_entry(listed[0]) == "/test/2/"


def test_the_last_decision_can_be_taken_back_from_the_next_page(client, case_study, newcomer, moderator, second):
    comment, following = held(case_study, newcomer, "One"), held(case_study, newcomer, "Two")
    client.force_login(moderator)
    assert "Take it back" not in text(client.get(QUEUE))
    seen = client.post(f"/moderation/comment/{comment.pk}/", {"action": "approve"}, follow=True)
    assert "Your last decision: Approved" in text(seen)
    decision = Decision.objects.get()
    undo = f"/moderation/decisions/{decision.pk}/undo/"
    assert undo in text(seen)
    client.force_login(second)
    assert undo not in text(client.get(QUEUE)), "only one’s own is offered here"
    client.force_login(moderator)
    client.post(f"/moderation/comment/{following.pk}/", {"action": "approve"})
    latest = Decision.objects.latest("pk")
    assert client.post(f"/moderation/decisions/{latest.pk}/undo/", {"back": "queue"})["Location"] == QUEUE
    following.refresh_from_db()
    assert following.state == ContributionState.HELD
    assert "Take it back" not in text(client.get(QUEUE))
