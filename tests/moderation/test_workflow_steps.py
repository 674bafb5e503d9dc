"""The organisation's own step, and what follows when a reviewer asks for changes or declines."""

import pytest
from django.urls import reverse
from wagtail.models import TaskState, WorkflowState

from core.models import Event
from moderation.errors import AlreadyDecided
from moderation.locks import progress
from moderation.models import Decision
from moderation.services import decide_page
from tests import factories
from tests.moderation.reviews import act, draft, form_data, step_of, submit

pytestmark = pytest.mark.django_db
CHANGES = {"action": "ask_for_changes", "reason": "unclear", "words": "Which year?"}


# --- the organisation's step --------------------------------------------------------------------


def test_an_organisation_that_switched_its_step_off_goes_straight_to_the_network(stockport, author, approver):
    stockport.requires_approval = False
    stockport.save()
    page = draft(stockport, author)
    step = submit(page, author)
    assert step.task.name == "Moderation by the network"
    assert step.status == TaskState.STATUS_IN_PROGRESS
    first = TaskState.objects.filter(workflow_state=step.workflow_state).order_by("pk").first()
    assert first.status == TaskState.STATUS_SKIPPED
    assert Event.objects.filter(kind="review.started").count() == 1


def test_a_council_of_one_does_not_wait_for_itself_and_is_told(client, wigan, stockport, moderator):
    lead = factories.member(wigan, "lead")
    page = draft(wigan, lead)
    step = submit(page, lead)
    assert step.task.name == "Moderation by the network"
    stockport.requires_approval = False
    stockport.save()
    other = submit(draft(stockport, lead), lead)
    assert "nobody but you could have done it" in " ".join(progress(step))
    assert "nobody but you" not in " ".join(progress(other)), "where it is switched off there is nothing to tell"
    client.force_login(lead)
    assert client.get(reverse("wagtailadmin_home")).content.decode().count("nobody but you could have done it") == 1
    client.force_login(moderator)
    for one, said in ((step, True), (other, False)):
        shown = client.get(reverse("moderation_page", args=[one.pk])).content.decode()
        assert ("The organisation has not signed it off" in shown) is said
    decide_page(task_state=step, action="approve", by=moderator)
    page.refresh_from_db()
    assert page.live


# --- asking for changes and declining -----------------------------------------------------------


def test_changes_are_made_and_submitted_again(client, waiting, step, author, approver):
    decide_page(task_state=step, by=approver, **CHANGES)
    assert step_of(waiting).workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    client.force_login(author)
    data = {
        **form_data(waiting.get_latest_revision_as_object()),
        "title": "Clearer now",
        "action-submit": "1",
    }
    client.post(reverse("wagtailadmin_pages:edit", args=[waiting.pk]), data)
    again = step_of(waiting)
    assert again.pk != step.pk
    assert again.status == TaskState.STATUS_IN_PROGRESS
    assert again.revision.content["title"] == "Clearer now"
    decide_page(task_state=again, action="approve", by=approver)


def test_declining_ends_the_review_and_leaves_the_draft(waiting, step, approver):
    decide_page(task_state=step, by=approver, **{**CHANGES, "action": "decline"})
    state = WorkflowState.objects.get(object_id=str(waiting.pk))
    assert state.status == WorkflowState.STATUS_CANCELLED
    waiting.refresh_from_db()
    assert not waiting.live
    assert Decision.objects.get().action == "decline"


def test_a_refusal_needs_its_reason_in_the_cms_too(client, waiting, step, approver):
    client.force_login(approver)
    act(client, waiting, step, "reject", comment="")
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_IN_PROGRESS
    act(client, waiting, step, "reject", comment="Which year?", reason="unclear")
    step.refresh_from_db()
    assert step.status == TaskState.STATUS_REJECTED
    decision = Decision.objects.get()
    assert (decision.action, decision.reason, decision.words) == ("ask_for_changes", "unclear", "Which year?")


def test_of_two_reviewers_the_second_is_told_and_nothing_happens_twice(client, stockport, waiting, step, approver):
    second = factories.member(stockport, "approver", name="Late Comer")
    decide_page(task_state=step, action="approve", by=approver)
    with pytest.raises(AlreadyDecided, match="Amir Approver"):
        decide_page(task_state=step, by=second, **CHANGES)
    client.force_login(second)
    assert act(client, waiting, step, "reject", comment="x", reason="unclear").status_code in {302, 403, 404}
    assert Decision.objects.count() == 1


def test_a_cancelled_review_cannot_be_approved(waiting, step, author, approver):
    step.workflow_state.cancel(user=author)
    with pytest.raises(AlreadyDecided):
        decide_page(task_state=step, action="approve", by=approver)
