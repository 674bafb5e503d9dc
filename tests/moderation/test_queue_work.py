"""Working through the queue: claims, the filter, several at once, and what was decided about things like it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussion.services import add_comment
from moderation import services
from moderation.models import Claim, ContributionState, Decision
from moderation.queue import held_by, waiting_for
from tests import factories

pytestmark = pytest.mark.django_db
QUEUE, BULK, CLAIMS, NEXT = "/moderation/", "/moderation/bulk/", "/moderation/claims/", "/moderation/next/"
# A lock, whether a locked case is about it, the move, the reports, the reason, the log, the event and its consumers, in
# a transaction.
EACH_DECISION = 15
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


def test_what_a_batch_costs_grows_by_the_same_for_each(client, case_study, moderator):
    client.force_login(moderator)
    author = factories.UserFactory()
    costs = {}
    for n in (2, 8):
        keys = [f"comment-{held(case_study, author, f'Cheap watches {n}-{one}').pk}" for one in range(n)]
        with CaptureQueriesContext(connection) as asking:
            client.get(BULK, {"item": keys})
        with CaptureQueriesContext(connection) as doing:
            done = text(client.post(BULK, {"item": keys, **SPAM}))
        assert f"{n} were declined." in done
        costs[n] = len(asking), len(doing)
    assert costs[8][0] <= costs[2][0], "the list costs the same whatever is on it"
    each = (costs[8][1] - costs[2][1]) / 6
    assert each <= EACH_DECISION, f"{each} queries for each declined"


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


def test_the_queue_stands_beside_the_thing_with_its_place(client, council, case_study, moderator, second):
    waiting = [held(case_study, factories.UserFactory(), f"Held number {n}.") for n in range(12)]
    address = f"/moderation/comment/{waiting[4].pk}/"
    client.force_login(second)
    client.get(f"/moderation/comment/{waiting[5].pk}/")
    client.force_login(moderator)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        seen = client.get(address)
    page = text(seen)
    assert "<strong>5 of 12</strong>" in page
    assert page.count("cl-beside__link") == 9, "a part of it: the rest is in the queue"
    assert [item.title for item in seen.context["beside"].items][:4] == [f"Held number {n}." for n in (1, 2, 3, 4)]
    assert re.search(rf'href="{address}" aria-current="page"', page)
    assert page.count('aria-current="page"><span class="cl-beside') == 1
    assert "with Sam Second" in page
    for key in ("j", "k"):
        assert re.search(rf'{NEXT}\?item=comment-{waiting[4].pk}[^>]* data-key="{key}"', page)
    assert "<strong>2 of 2</strong>" not in page
    assert f"{NEXT}?item=comment-{waiting[4].pk}&amp;kind=comment" in text(client.get(f"{address}?kind=comment"))

    # What waits more costs no more; and a locked case is named to nobody who may not see it.
    for n in range(6):
        held(case_study, factories.UserFactory(), f"Later {n}.")
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        locked = services.report(subject=case_study, kind="child_abuse")
    with CaptureQueriesContext(connection) as many:
        page = text(client.get(address))
    assert len(many) <= len(few) + 3, "reports have come to it, and no more"
    assert "<strong>5 of 18</strong>" in page
    assert locked.reference not in page
    # After a decision the next opens, and the list has moved on; what is decided has no place in it.
    after = text(client.post(address, {"action": "approve"}, follow=True))
    assert "<strong>6 of 17</strong>" in after
    assert "Held number 6." in after
    decided = text(client.get(address))
    assert "17 wait" in decided
    assert 'aria-current="page"><span class="cl-beside' not in decided
    # Whoever signs off for a council finds its pages beside a page, and nothing else.
    approver = factories.member(council, "approver")
    page = factories.case_study(council, live=False, title="A page of ours")
    author = factories.member(council, "author")
    page.save_revision(user=author)
    page.get_workflow().start(page, author)
    client.force_login(approver)
    seen = text(client.get(f"/moderation/pages/{page.current_workflow_task_state.pk}/"))
    assert "<strong>1 of 1</strong>" in seen
    assert "Later" not in seen
