"""Two moderators at the same moment, on a database that really has two connections."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from discussion.services import add_comment
from moderation import services
from moderation.errors import AlreadyDecided
from moderation.models import Claim, Decision
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
TRIES = 5


def at_once(*acts):
    """Run all of them in threads that start together; return what each raised, or None."""
    if connection.vendor != "postgresql":
        pytest.fail("The race needs PostgreSQL.")
    barrier, raised = Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            barrier.wait(timeout=20)
            act()
        except Exception as error:
            raised[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_a_comment_is_decided_once():
    page = factories.case_study(factories.organisation())
    moderators = [factories.UserFactory(moderator=True) for _ in range(2)]
    for number in range(TRIES):
        comment = add_comment(page=page, body=f"Comment {number}", by=factories.UserFactory())[0]
        raised = at_once(
            lambda comment=comment: services.decide_contribution(
                contribution=comment, action="approve", by=moderators[0]
            ),
            lambda comment=comment: services.decide_contribution(
                contribution=comment, action="decline", by=moderators[1], reason="abuse", words="No."
            ),
        )
        assert sorted(type(one).__name__ for one in raised) == ["AlreadyDecided", "NoneType"]
        assert Decision.objects.about(comment).count() == 1


def test_a_page_is_decided_once():
    council = factories.organisation()
    council.requires_approval = False
    council.save()
    author = factories.member(council, "author")
    moderators = [factories.UserFactory(moderator=True) for _ in range(2)]
    for _number in range(TRIES):
        page = factories.case_study(council, live=False)
        page.save_revision(user=author)
        state = page.get_workflow().start(page, author).current_task_state
        raised = at_once(
            lambda state=state: services.decide_page(task_state=state, action="approve", by=moderators[0]),
            lambda state=state: services.decide_page(
                task_state=state, action="decline", by=moderators[1], reason="unclear", words="Not yet."
            ),
        )
        assert [isinstance(one, AlreadyDecided) for one in raised].count(True) == 1, raised
        assert raised.count(None) == 1
        decision = Decision.objects.about(page).get()
        page.refresh_from_db()
        assert page.live == (decision.action == "approve")


def test_of_two_who_open_at_once_one_finds_the_others_claim():
    moderators = [factories.UserFactory(moderator=True) for _ in range(2)]
    for number in range(TRIES):
        found = [None, None]

        def look(place, number=number, found=found):
            found[place] = services.open_claim(kind="comment", number=number, by=moderators[place]).by_id

        assert at_once(lambda look=look: look(0), lambda look=look: look(1)) == [None, None]
        assert found[0] == found[1]
        assert Claim.objects.filter(kind="comment", number=number).count() == 1


def test_two_batches_at_once_decline_each_thing_once():
    page = factories.case_study(factories.organisation())
    moderators = [factories.UserFactory(moderator=True) for _ in range(2)]
    comments = [add_comment(page=page, body=f"Spam {n}", by=factories.UserFactory())[0] for n in range(6)]
    keys = [("comment", one.pk) for one in comments]
    given = {"reason": "promotion", "words": "Advertising."}
    raised = at_once(
        lambda: services.decline_several(chosen=keys, by=moderators[0], **given),
        lambda: services.decline_several(chosen=keys[::-1], by=moderators[1], **given),
    )
    assert raised == [None, None]
    assert [Decision.objects.about(one).count() for one in comments] == [1] * 6


def test_an_appeal_is_decided_once():
    page = factories.case_study(factories.organisation())
    first, second, third = (factories.UserFactory(moderator=True) for _ in range(3))
    for number in range(TRIES):
        author = factories.UserFactory()
        comment = add_comment(page=page, body=f"Comment {number}", by=author)[0]
        told = {"contribution": comment, "action": "decline", "reason": "abuse", "words": "No."}
        declined = services.decide_contribution(by=first, **told)
        appeal = services.appeal(decision=declined, by=author, words="Why?")
        raised = at_once(
            lambda appeal=appeal: services.decide_appeal(
                appeal=type(appeal).objects.get(pk=appeal.pk), outcome="overturned", by=second, reply="Sorry."
            ),
            lambda appeal=appeal: services.decide_appeal(
                appeal=type(appeal).objects.get(pk=appeal.pk), outcome="upheld", by=third, reply="No."
            ),
        )
        assert sorted(type(one).__name__ for one in raised) == ["AlreadyDecided", "NoneType"], raised
        appeal.refresh_from_db()
        comment.refresh_from_db()
        assert (comment.state == "published") == (appeal.outcome == "overturned")


def test_a_ban_is_agreed_to_or_refused_once_and_an_appeal_made_once():
    proposer, second, third = (factories.UserFactory(moderator=True) for _ in range(3))
    for _number in range(TRIES):
        person = factories.UserFactory()
        told = {"person": person, "reason": "abuse", "words": "No."}
        raised = at_once(
            lambda told=told: services.propose_ban(by=proposer, **told),
            lambda told=told: services.propose_ban(by=second, **told),
        )
        assert sorted(type(one).__name__ for one in raised) == ["AlreadyDecided", "NoneType"], raised
        ban = person.sanctions.get()
        raised = at_once(
            lambda ban=ban: services.appeal(decision=ban.decision, by=ban.person, words="One."),
            lambda ban=ban: services.appeal(
                decision=Decision.objects.get(pk=ban.decision_id), by=ban.person, words="Two."
            ),
        )
        assert sorted(type(one).__name__ for one in raised) == ["AlreadyDecided", "NoneType"], raised
        raised = at_once(
            lambda ban=ban: services.second_ban(sanction=type(ban).objects.get(pk=ban.pk), by=third),
            lambda ban=ban: services.lift(sanction=type(ban).objects.get(pk=ban.pk), by=proposer, words="A mistake."),
        )
        ban.refresh_from_db()
        person.refresh_from_db()
        # Both may happen, one after the other; the end is never a switched-off account without a ban in force.
        assert person.is_active == (not ban.is_in_force or ban.waits_for_a_second), raised
