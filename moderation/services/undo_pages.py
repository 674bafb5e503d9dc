"""Taking a decision about a page back: its review stands where it stood, and readers see what they saw before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision, TaskState, WorkflowState

from moderation.errors import OwnWork
from moderation.locked_cases import is_locked
from moderation.models import Decision, DecisionAction, Report, ReviewTaskState
from moderation.models.tasks import lock_review, writers_of
from moderation.services.report_hiding import open_again

if TYPE_CHECKING:
    from accounts.models import User

LIVE, NOT_LIVE = "live", "draft"
HID_BY = "report:"
REFUSED = frozenset({DecisionAction.ASK_FOR_CHANGES, DecisionAction.DECLINE})


def before(page: Page, hid: Sequence[Report] = ()) -> dict[str, Any]:
    """What a decision about a page keeps of what was before it: whether readers saw the page, and which revision; or
    which reports had hidden it.
    """
    seen = [str(page.live_revision_id)] if page.live and page.live_revision_id else []
    seen += [f"{HID_BY}{one.pk}" for one in hid]
    return {"state_before": LIVE if page.live else NOT_LIVE, "reasons_before": seen}


def bring_page_back(*, page: Page, decision: Decision, by: "User") -> bool:
    """False where somebody has gone on meanwhile: decided the next step, written, submitted or published again, or
    opened a locked case about it. Raises `OwnWork` for who wrote what was reviewed.
    """
    if is_locked(page.specific):
        return False
    if decision.action == DecisionAction.HIDE:
        return _unhide(_hold(page), decision, by)
    state = _step_of(page, decision)
    if state is None:
        return False
    state = lock_review(state.pk)
    if by.pk in writers_of(state):
        raise OwnWork
    workflow = WorkflowState.objects.select_for_update(of=("self",)).get(pk=state.workflow_state_id)
    locked = _hold(page)
    refused = decision.action in REFUSED
    if (
        state.status != (TaskState.STATUS_REJECTED if refused else TaskState.STATUS_APPROVED)
        or locked.latest_revision_id != state.revision_id
        or not _undone(workflow, state, locked, decision, by)
    ):
        return False
    state.status, state.finished_at, state.finished_by, state.comment = TaskState.STATUS_IN_PROGRESS, None, None, ""
    state.save(update_fields=["status", "finished_at", "finished_by", "comment"])
    workflow.status, workflow.current_task_state = WorkflowState.STATUS_IN_PROGRESS, state.taskstate_ptr
    workflow.save()
    _note(locked, workflow, state, by)
    return True


def _unhide(page: Page, decision: Decision, by: "User") -> bool:
    """Readers see it again, unless a report had hidden it before: then its case is open again."""
    if page.live or page.workflow_in_progress:
        return False
    if decision.state_before == LIVE:
        return _publish(_as_seen(decision, page), by)
    open_again(_hid_before(decision), by=by)
    return True


def _undone(workflow: WorkflowState, state: ReviewTaskState, page: Page, decision: Decision, by: "User") -> bool:
    """Undo what followed from the decision, if it still can be."""
    others = WorkflowState.objects.active().for_instance(page).exclude(pk=workflow.pk)
    if others.exists():
        return False
    if decision.action == DecisionAction.ASK_FOR_CHANGES:
        return bool(workflow.status == WorkflowState.STATUS_NEEDS_CHANGES)
    if decision.action == DecisionAction.DECLINE:
        return bool(workflow.status == WorkflowState.STATUS_CANCELLED)
    if workflow.status == WorkflowState.STATUS_IN_PROGRESS:
        return _stop_next_step(workflow, state, by)
    published = workflow.status == WorkflowState.STATUS_APPROVED and page.live
    return published and page.live_revision_id == state.revision_id and _unpublish(page, decision, by)


def _stop_next_step(workflow: WorkflowState, state: ReviewTaskState, by: "User") -> bool:
    """The step that the approval began ends undecided, and begins anew when this one is approved."""
    begun = ReviewTaskState.objects.filter(pk=workflow.current_task_state_id).exclude(pk=state.pk).first()
    if begun is None:
        return False
    begun = lock_review(begun.pk)
    if begun.status != TaskState.STATUS_IN_PROGRESS:
        return False
    begun.status, begun.finished_at, begun.finished_by = TaskState.STATUS_CANCELLED, timezone.now(), by
    begun.save(update_fields=["status", "finished_at", "finished_by"])
    return True


def _unpublish(page: Page, decision: Decision, by: "User") -> bool:
    """Readers get back what they saw: the version before, or nothing."""
    if decision.state_before == LIVE:
        return _publish(_seen_before(decision, page), by)
    first = page.first_published_at == page.last_published_at
    page.specific.unpublish(user=by)
    if first:  # Its next publication is its first again, and is told as one.
        Page.objects.filter(pk=page.pk).update(first_published_at=None, last_published_at=None)
    return True


def _publish(revision: Revision | None, by: "User") -> bool:
    if revision is None:
        return False
    revision.publish(user=by, skip_permission_checks=True)
    return True


def _seen_before(decision: Decision, page: Page) -> Revision | None:
    numbers = [int(one) for one in decision.reasons_before if str(one).isdecimal()]
    return Revision.page_revisions.filter(pk__in=numbers, object_id=str(page.pk)).first()


def show_seen(decision: Decision, page: Page, by: "User") -> bool:
    """Publish what readers saw before a decision hid the page, or before the reports that it confirmed did."""
    hid = Report.objects.filter(pk__in=_hid_before(decision)).exclude(hid_revision=None).order_by("-hid_at").first()
    seen = Revision.page_revisions.filter(pk=hid.hid_revision, object_id=str(page.pk)).first() if hid else None
    return _publish(seen or _as_seen(decision, page), by)


def _as_seen(decision: Decision, page: Page) -> Revision | None:
    """The revision that readers saw before a decision hid the page. One that was published without any, by a script
    or long ago, says still what it said.
    """
    found = _seen_before(decision, page)
    if found is None and decision.state_before == LIVE and not decision.reasons_before:
        found = page.specific.save_revision(clean=False, changed=False)
    return found


def _hid_before(decision: Decision) -> list[int]:
    return [int(one.removeprefix(HID_BY)) for one in decision.reasons_before if str(one).startswith(HID_BY)]


def _step_of(page: Page, decision: Decision) -> ReviewTaskState | None:
    """The step that was decided: the log keeps since when it had waited."""
    steps = ReviewTaskState.objects.filter(workflow_state__object_id=str(page.pk), started_at=decision.waited_since)
    return steps.filter(finished_at__isnull=False).order_by("-finished_at").first()


def _hold(page: Page) -> Page:
    found: Page = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    return found


def _note(page: Page, workflow: WorkflowState, state: ReviewTaskState, by: "User") -> None:
    """In the page's own history in the CMS, beside the decision that it answers."""
    about = {"id": workflow.workflow_id, "title": workflow.workflow.name, "status": workflow.status}
    task = {"id": state.task_id, "title": state.task.name}
    log(
        instance=page.specific,
        action="wagtail.workflow.resume",
        user=by,
        data={"workflow": {**about, "task_state_id": state.pk, "task": task}},
        revision=state.revision,
    )
