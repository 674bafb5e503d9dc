"""The doors that Wagtail leaves open round its workflow: who decides, and what is published.

Each test fails when its guard is taken away.
"""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import TaskState

from core.models import Event
from moderation.errors import NotAllowed, OwnWork
from moderation.models import Decision
from moderation.services import decide_page
from tests import factories
from tests.moderation.reviews import act, draft, step_of, submit

pytestmark = pytest.mark.django_db
CHANGES = {"action": "ask_for_changes", "reason": "unclear", "words": "Which year?"}


# --- whose review it is -------------------------------------------------------------------------


def test_the_steps_come_in_order_and_the_last_publishes(waiting, step, approver, moderator, author):
    assert step.task.name == "Approval by the organisation"
    decide_page(task_state=step, action="approve", by=approver)
    second = step_of(waiting)
    assert second.task.name == "Moderation by the network"
    waiting.refresh_from_db()
    assert not waiting.live
    decide_page(task_state=second, action="approve", by=moderator)
    waiting.refresh_from_db()
    assert waiting.live
    assert list(Decision.objects.order_by("pk").values_list("action", "step", "author")) == [
        ("approve", "organisation", author.pk),
        ("approve", "network", author.pk),
    ]
    started = Event.objects.filter(kind="review.started").order_by("pk")
    assert [event.data["task_state_id"] for event in started] == [step.pk, second.pk]
    assert {(event.subject_kind, event.subject_id) for event in started} == {("case_study", waiting.pk)}


def test_another_councils_approver_does_not_act_through_a_page_of_their_own(
    client, wigan, waiting, step, other_approver
):
    own = draft(wigan, factories.member(wigan, "author"))
    submit(own, own.owner)
    client.force_login(other_approver)
    for page in (own, waiting):
        for action in ("approve", "reject"):
            response = act(client, page, step, action, comment="x", reason="unclear")
            assert response.status_code in {302, 403, 404}, (page, action)
    step.refresh_from_db()
    waiting.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    assert not waiting.live
    assert not Decision.objects.exists()


def test_nor_through_the_task_itself_or_the_service(step, other_approver, author, moderator):
    task = step.task.specific
    outsider = factories.UserFactory()
    for person in (other_approver, author, outsider, moderator):  # the moderator's turn has not come
        with pytest.raises(PermissionDenied):
            task.on_action(step, person, "approve")
        with pytest.raises(NotAllowed):
            decide_page(task_state=step, action="approve", by=person)


def test_a_step_is_not_decided_through_another_step(waiting, step, moderator):
    from moderation.models import NetworkModerationTask

    with pytest.raises(PermissionDenied):
        NetworkModerationTask.objects.get().on_action(step, moderator, "approve")


def test_an_approver_whose_membership_ended_approves_nothing(client, waiting, step, approver):
    from members.services import end_membership

    end_membership(membership=approver.memberships.get(), by=None)
    with pytest.raises(NotAllowed):
        decide_page(task_state=step, action="approve", by=approver)
    client.force_login(approver)
    act(client, waiting, step)
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS


def test_nobody_approves_their_own_work(client, stockport, approver, moderator):
    lead = factories.member(stockport, "lead")
    page = draft(stockport, lead)
    step = submit(page, lead)
    with pytest.raises(OwnWork):
        decide_page(task_state=step, action="approve", by=lead)
    with pytest.raises(PermissionDenied):
        step.task.specific.on_action(step, lead, "approve")
    client.force_login(lead)
    assert act(client, page, step).status_code in {302, 403, 404}
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    assert step.task.specific.get_actions(page, lead) == []


def test_a_moderator_who_wrote_it_leaves_the_last_step_to_another(stockport, moderator):
    stockport.requires_approval = False
    stockport.save()
    page = draft(stockport, moderator)
    step = submit(page, moderator)
    with pytest.raises(OwnWork):
        decide_page(task_state=step, action="approve", by=moderator)
    decide_page(task_state=step, action="approve", by=factories.UserFactory(moderator=True))
    page.refresh_from_db()
    assert page.live


# --- what is published --------------------------------------------------------------------------


def test_what_was_reviewed_is_published_not_a_later_draft(waiting, step, approver, moderator, author):
    decide_page(task_state=step, action="approve", by=approver)
    second = step_of(waiting)
    later = waiting.get_latest_revision_as_object()
    later.title = "Smuggled in"
    later.save_revision(user=author)
    decide_page(task_state=second, action="approve", by=moderator)
    waiting.refresh_from_db()
    assert waiting.live
    assert waiting.title != "Smuggled in"
    assert waiting.live_revision_id == second.revision_id


def test_a_text_changed_under_its_revision_is_not_approved(client, waiting, step, approver):
    revision = step.revision
    revision.content = {**revision.content, "title": "Overwritten in place"}
    revision.save(update_fields=["content"])
    with pytest.raises(NotAllowed, match="changed since it was submitted"):
        decide_page(task_state=step, action="approve", by=approver)
    client.force_login(approver)
    act(client, waiting, step)
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    decide_page(task_state=step, by=approver, **CHANGES)  # asking for changes is still possible


def test_the_live_version_stays_until_the_change_is_approved(stockport, author, approver, moderator):
    page = factories.case_study(stockport, title="As it was")
    edited = page.get_latest_revision_as_object()
    edited.title = "As it becomes"
    edited.save_revision(user=author)
    step = submit(page, author)
    decide_page(task_state=step, action="approve", by=approver)
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "As it was")
    decide_page(task_state=step_of(page), action="approve", by=moderator)
    page.refresh_from_db()
    assert page.title == "As it becomes"


def test_the_moderator_holds_no_right_to_change_the_page_that_they_approve(waiting, moderator):
    assert "change" not in waiting.permissions_for_user(moderator).permissions
