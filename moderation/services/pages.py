"""Deciding about pages in review, and taking a published page away."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState

from members.models import Organisation
from members.selectors import page_ids_of
from moderation.errors import AlreadyDecided, IllegalMove, NotAllowed, OwnWork
from moderation.locked_cases import can_open
from moderation.models import Decision, DecisionAction, OrganisationApprovalTask
from moderation.models.tasks import ACTIONS, ReviewTask, ReviewTaskState, lock_review, writers_of
from moderation.permissions import can_moderate
from moderation.services.log import append_decision, check_reason
from moderation.services.report_hiding import hiding, holds_lists
from moderation.services.reports import close_reports
from moderation.services.undo_pages import NOT_LIVE, before, show_seen
from moderation.subjects import targets_of, url_of

if TYPE_CHECKING:
    from accounts.models import User

ACTION_NAMES = {action: name for name, action in ACTIONS.items()}


@transaction.atomic
def decide_page(
    *, task_state: TaskState, action: str, by: "User", reason: str = "", words: str = "", private_note: str = ""
) -> Decision:
    """Decide one step of a page's review: approve it, ask for changes, or decline it (which ends the review).

    Approving the last step publishes the reviewed revision. Raises `AlreadyDecided`, `OwnWork`, `NotAllowed`
    (also when the text changed after it was submitted) and `ReasonNeeded`.
    """
    if action not in ACTION_NAMES:
        raise IllegalMove(_("That is not a decision about a page."))
    state = lock_review(task_state.pk)
    task = state.task.specific
    page = state.workflow_state.content_object
    if not isinstance(task, ReviewTask) or not task.may_review(by, page) or not can_open(by, page.specific):
        raise NotAllowed(_("This is not yours to review."))
    check_still_waits(state)
    if by.pk in writers_of(state):
        raise OwnWork
    check_reason(action, reason, words)
    try:
        task.on_action(
            state, by, ACTION_NAMES[DecisionAction(action)], comment=words, reason=reason, private_note=private_note
        )
    except PermissionDenied as denied:
        raise NotAllowed(str(denied)) from denied
    return Decision.objects.about(state.workflow_state.content_object.specific).latest("pk")


def check_still_waits(state: ReviewTaskState) -> None:
    """Raise `AlreadyDecided` when the step is over. Called with the row locked."""
    if state.status == TaskState.STATUS_IN_PROGRESS:
        return
    decision = Decision.objects.about(state.workflow_state.content_object.specific).select_related("moderator").first()
    raise AlreadyDecided(decision)


def log_page_decision(
    *, state: Any, action: str, step: str, reason: str, words: str, private_note: str, by: "User | None"
) -> Decision:
    """Called by the step itself, so that a decision made in the CMS is logged and announced like any other."""
    page = state.workflow_state.content_object.specific
    return append_decision(
        subject=page,
        title=state.revision.object_str or page.title,
        action=action,
        by=by,
        author_id=state.workflow_state.requested_by_id or state.revision.user_id or page.owner_id,
        reason=reason,
        words=words,
        private_note=private_note,
        step=step,
        waited_since=state.started_at,
        targets=targets_of(page),
        data={"url": url_of(page), "page_id": page.pk, "task_state_id": state.pk},
        **before(page),
    )


@transaction.atomic
def hide_page(*, page: Page, by: "User", reason: str, words: str, private_note: str = "") -> Decision:
    """Withdraw a published page from every reader and close the reports about it; it goes back to its authors.

    What a report had hidden already stays hidden, now by a decision.
    """
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about this."))
    if page.owner_id == by.pk:
        raise OwnWork
    check_reason(DecisionAction.HIDE, reason, words)
    locked = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    specific = locked.specific
    if not can_open(by, specific):
        raise NotAllowed(_("Only people named for such cases work on them."))
    if holds_lists(specific):
        raise NotAllowed(_("Without this page the site is gone. Change what is wrong with it instead."))
    hid = hiding(specific)
    if not locked.live and not hid:
        raise AlreadyDecided(Decision.objects.about(specific).select_related("moderator").first())
    url, seen = url_of(specific), before(locked, hid)
    waited_since = close_reports(specific, by=by)
    if locked.live:
        specific.unpublish(user=by)
    return append_decision(
        subject=specific,
        title=specific.title,
        action=DecisionAction.HIDE,
        by=by,
        author_id=specific.owner_id,
        reason=reason,
        words=words,
        private_note=private_note,
        waited_since=waited_since,
        targets=targets_of(specific),
        data={"url": url, "page_id": specific.pk},
        **seen,
    )


@transaction.atomic
def restore_page(*, page: Page, by: "User", words: str = "", private_note: str = "") -> Decision:
    """Show a page again that a moderator hid, as readers last saw it.

    Raises `AlreadyDecided` for one that no decision hides, or that is in review: that decides about it.
    """
    if not can_moderate(by):
        raise NotAllowed(_("Only the network’s moderators decide about this."))
    if page.owner_id == by.pk:
        raise OwnWork
    locked = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    specific = locked.specific
    if not can_open(by, specific):
        raise NotAllowed(_("Only people named for such cases work on them."))
    hid = hidden_by(specific)
    if hid is None or not show_seen(hid, locked, by):
        raise AlreadyDecided(Decision.objects.about(specific).select_related("moderator").first())
    specific = Page.objects.get(pk=locked.pk).specific
    return append_decision(
        subject=specific,
        title=specific.title,
        action=DecisionAction.RESTORE,
        by=by,
        author_id=specific.owner_id,
        words=words,
        private_note=private_note,
        targets=targets_of(specific),
        data={"url": url_of(specific), "page_id": specific.pk},
        state_before=NOT_LIVE,
    )


def hidden_by(page: Page) -> Decision | None:
    """The decision that keeps a page from its readers; None where it is live, or not live for another cause."""
    last = Decision.objects.about(page).first()
    hides = last is not None and last.action == DecisionAction.HIDE and not page.live and not page.workflow_in_progress
    return last if hides else None


def skip_organisation_step(*, organisation: Organisation) -> int:
    """After an organisation has switched its own step off: what waits there goes on to the network's moderators.

    Returns how many went on. Repeating it does nothing.
    """
    pages = [str(pk) for pk in page_ids_of(Organisation.objects.filter(pk=organisation.pk))]
    waiting = ReviewTaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        task__in=OrganisationApprovalTask.objects.all(),
        workflow_state__object_id__in=pages,
    )
    return sum(_skip(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _skip(pk: int) -> bool:
    state = lock_review(pk)
    if state.status != TaskState.STATUS_IN_PROGRESS:
        return False
    state.status, state.finished_at = TaskState.STATUS_SKIPPED, timezone.now()
    state.save(update_fields=["status", "finished_at"])
    state.workflow_state.refresh_from_db()
    state.workflow_state.update()
    return True
