"""The two steps that a case study passes before it is public.

Wagtail's own task views do not check that a task state belongs to the page in the address, and a revision's
content can change under its id. So every action here asks again who acts on which page, whether the step still
waits, and whether the content is still the content that was submitted; and whichever door the decision comes
through (the queue, the CMS's dashboard), it is logged in the same way.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from members.models import Membership, Organisation, Role
from members.permissions import can_approve_for, is_moderator
from members.selectors import organisation_of, page_ids_of
from moderation.locks import ReviewLock
from moderation.models.decisions import DecisionAction, Step

ACTIONS = {
    "approve": DecisionAction.APPROVE,
    "reject": DecisionAction.ASK_FOR_CHANGES,
    "decline": DecisionAction.DECLINE,
}


def content_hash(revision: Any) -> str:
    """A fingerprint of what a revision says, whatever its id (SHA-256, hexadecimal)."""
    return hashlib.sha256(json.dumps(revision.content, sort_keys=True, default=str).encode()).hexdigest()


def writers_of(task_state: Any) -> set[int]:
    """Whose work is being reviewed: who started the page, who wrote this revision, who submitted it."""
    page = task_state.workflow_state.content_object
    ids = {task_state.workflow_state.requested_by_id, task_state.revision.user_id, getattr(page, "owner_id", None)}
    return {one for one in ids if one is not None}


class ReviewTaskState(TaskState):
    """A step in progress, with the fingerprint of what was submitted."""

    content_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")


def lock_review(pk: int) -> ReviewTaskState:
    """The step as it is now, locked until the transaction ends.

    Both tables are locked: the status is in Wagtail's, and PostgreSQL re-reads only locked rows after waiting.
    """
    return ReviewTaskState.objects.select_for_update(of=("self", "taskstate_ptr")).get(pk=pk)


class ReviewTask(Task):
    """What both steps share: nobody edits under a reviewer's eyes, and every action is checked against its object."""

    task_state_class = ReviewTaskState
    lock_class = ReviewLock
    step: Step

    class Meta:
        abstract = True

    def may_review(self, user: Any, page: Any) -> bool:
        """Whether the person holds the right for this step on this page, whoever wrote it."""
        raise NotImplementedError("Each step says who may review.")

    def may_decide(self, user: Any, task_state: Any) -> bool:
        """May review, and did not write it: four eyes see everything before it is public."""
        page = task_state.workflow_state.content_object
        return self.may_review(user, page) and user.pk not in writers_of(task_state)

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        state = super().start(workflow_state, user=user)
        state.content_hash = content_hash(state.revision)
        state.save(update_fields=["content_hash"])
        return state

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Decide one step. Raises `PermissionDenied` when it is not theirs, was decided already, or changed since.

        `comment` are the words to the author; `reason` (the code of a `Reason`) and `private_note` are kept in the log.
        `link` is the `ApprovalLink` by which somebody signs off whose right `moderation.services.approvals` has asked
        about: the CMS cannot pass one, because its forms have no such field.
        """
        from moderation.errors import AlreadyDecided
        from moderation.services.pages import check_still_waits, log_page_decision

        state = lock_review(task_state.pk)
        try:
            check_still_waits(state)
        except AlreadyDecided as late:
            raise PermissionDenied(str(late)) from late
        link = kwargs.pop("link", None)
        allowed = link.step_id == state.pk if link else self.may_decide(user, state)
        if state.task_id != self.pk or action_name not in ACTIONS or not allowed:
            raise PermissionDenied(_("This is not yours to review."))
        if action_name == "approve" and content_hash(state.revision) != state.content_hash:
            raise PermissionDenied(_("The text has changed since it was submitted. Ask the author to submit it again."))
        reason, note = kwargs.pop("reason", ""), kwargs.pop("private_note", "")
        comment = kwargs.get("comment", "")
        log_page_decision(
            state=state,
            action=ACTIONS[action_name],
            step=self.step,
            reason=reason,
            words=comment,
            private_note=note,
            by=user,
        )
        super().on_action(state, user, "reject" if action_name == "decline" else action_name, comment=comment)
        if action_name == "decline":
            state.workflow_state.cancel(user=user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        state = obj.current_workflow_task_state
        if state is None or state.task_id != self.pk or not self.may_decide(user, state):
            return []
        return [
            ("reject", _("Ask for changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with a comment"), True),
        ]

    def get_form_for_action(self, action: str) -> Any:
        from moderation.forms import AskForChangesForm

        return AskForChangesForm if action == "reject" else super().get_form_for_action(action)

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return self.may_review(user, obj)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """While it is with a reviewer the text is frozen for everybody; reviewers ask for changes instead."""
        return True

    def user_can_lock(self, obj: Any, user: Any) -> bool:
        return False

    def user_can_unlock(self, obj: Any, user: Any) -> bool:
        return False

    def _waiting_for_others_than(self, user: Any) -> Any:
        """Steps in progress that the person did not write (the twin of `writers_of`)."""
        from wagtail.models import Page

        own = Page.objects.filter(owner=user).values_list("pk", flat=True)
        return (
            TaskState.objects.filter(task=self, status=TaskState.STATUS_IN_PROGRESS)
            .exclude(workflow_state__requested_by=user)
            .exclude(revision__user=user)
            .exclude(workflow_state__object_id__in=[str(pk) for pk in own])
        )


class OrganisationApprovalTask(ReviewTask):
    """An approver or the lead of the page's organisation signs off.

    Skipped where the organisation switched it off, and where nobody but the author could sign: a council of one
    would wait for itself for ever, and the network's moderators decide in any case. Of the latter the step keeps a
    comment (`unsigned`), and its author and the moderators are told.
    """

    step = Step.ORGANISATION

    class Meta:
        verbose_name = _("approval by the organisation")
        verbose_name_plural = _("approvals by the organisation")

    def may_review(self, user: Any, page: Any) -> bool:
        organisation = organisation_of(page)
        return organisation is not None and can_approve_for(user, organisation)

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        page = workflow_state.content_object
        organisation = organisation_of(page)
        revision = page.get_latest_revision()
        authors = {workflow_state.requested_by_id, revision.user_id, page.owner_id}
        asked = organisation is not None and organisation.requires_approval
        if organisation is None or not asked or not _others_can_sign(organisation, authors):
            return ReviewTaskState.objects.create(
                workflow_state=workflow_state,
                task=self,
                revision=revision,
                status=TaskState.STATUS_SKIPPED,
                comment=_("Skipped: only whoever wrote it could have signed it off.") if asked else "",
            )
        return super().start(workflow_state, user=user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        waiting = self._waiting_for_others_than(user)
        if user.is_superuser:
            return waiting
        pages = page_ids_of(Organisation.objects.with_role(user, Role.APPROVER, Role.LEAD))
        return waiting.filter(workflow_state__object_id__in=[str(pk) for pk in pages])

    @classmethod
    def get_description(cls) -> Any:
        return _("An approver of the page’s own organisation signs off.")


class NetworkModerationTask(ReviewTask):
    """A moderator of the network decides, as the last step."""

    step = Step.NETWORK

    class Meta:
        verbose_name = _("moderation by the network")
        verbose_name_plural = _("moderations by the network")

    def may_review(self, user: Any, page: Any) -> bool:
        return is_moderator(user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        waiting = self._waiting_for_others_than(user)
        return waiting if is_moderator(user) else waiting.none()

    @classmethod
    def get_description(cls) -> Any:
        return _("A moderator of the network decides.")


def unsigned(workflows: Iterable[int]) -> set[int]:
    """The reviews among these (numbers of `WorkflowState`) that the organisation wants signed off, and nobody could."""
    skipped = TaskState.objects.filter(workflow_state__in=workflows, status=TaskState.STATUS_SKIPPED)
    return set(skipped.exclude(comment="").values_list("workflow_state", flat=True))


def _others_can_sign(organisation: Organisation, authors: set[int | None]) -> bool:
    return (
        Membership.objects.active()
        .filter(organisation=organisation, role__in=[Role.APPROVER, Role.LEAD])
        .exclude(person__in=[one for one in authors if one is not None])
        .exists()
    )
