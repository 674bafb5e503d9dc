"""The two steps that a case study passes before it is public.

Wagtail's own task views do not check that a task state belongs to the page in the address, and a revision's
content can change under its id. So every action here asks again who acts on which page, and whether the
content is still the content that was submitted.
"""

import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from members.models import Organisation, Role
from members.permissions import can_approve_for, is_moderator
from members.selectors import organisation_of, page_ids_of


def content_hash(revision: Any) -> str:
    """A fingerprint of what a revision says, whatever its id (SHA-256, hexadecimal)."""
    return hashlib.sha256(json.dumps(revision.content, sort_keys=True, default=str).encode()).hexdigest()


class ReviewTaskState(TaskState):
    """A step in progress, with the fingerprint of what was submitted."""

    content_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")


class ReviewTask(Task):
    """What both steps share: nobody edits under a reviewer's eyes, and every action is checked against its object."""

    task_state_class = ReviewTaskState

    class Meta:
        abstract = True

    def may_review(self, user: Any, page: Any) -> bool:
        raise NotImplementedError("Each step says who may review.")

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        state = super().start(workflow_state, user=user)
        state.content_hash = content_hash(state.revision)
        state.save(update_fields=["content_hash"])
        return state

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        state = task_state.specific
        if state.task_id != self.pk or not self.may_review(user, state.workflow_state.content_object):
            raise PermissionDenied(_("This is not yours to review."))
        state.revision.refresh_from_db()
        if action_name == "approve" and content_hash(state.revision) != state.content_hash:
            raise PermissionDenied(_("The text has changed since it was submitted. Ask the author to submit it again."))
        return super().on_action(state, user, action_name, **kwargs)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.may_review(user, obj):
            return []
        return [
            ("reject", _("Ask for changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with a comment"), True),
        ]

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return self.may_review(user, obj)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """While it is with a reviewer the text is frozen for everybody; reviewers ask for changes instead."""
        return True

    def user_can_lock(self, obj: Any, user: Any) -> bool:
        return False

    def user_can_unlock(self, obj: Any, user: Any) -> bool:
        return False


class OrganisationApprovalTask(ReviewTask):
    """An approver or the lead of the page's organisation signs off. Skipped where the organisation switched it off."""

    class Meta:
        verbose_name = _("approval by the organisation")
        verbose_name_plural = _("approvals by the organisation")

    def may_review(self, user: Any, page: Any) -> bool:
        organisation = organisation_of(page)
        return organisation is not None and can_approve_for(user, organisation)

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        organisation = organisation_of(workflow_state.content_object)
        if organisation is None or not organisation.requires_approval:
            return ReviewTaskState.objects.create(
                workflow_state=workflow_state,
                task=self,
                revision=workflow_state.content_object.get_latest_revision(),
                status=TaskState.STATUS_SKIPPED,
            )
        return super().start(workflow_state, user=user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        waiting = TaskState.objects.filter(task=self, status=TaskState.STATUS_IN_PROGRESS)
        if user.is_superuser:
            return waiting
        pages = page_ids_of(Organisation.objects.with_role(user, Role.APPROVER, Role.LEAD))
        return waiting.filter(workflow_state__object_id__in=[str(pk) for pk in pages])

    @classmethod
    def get_description(cls) -> Any:
        return _("An approver of the page’s own organisation signs off.")


class NetworkModerationTask(ReviewTask):
    """A moderator of the network decides, as the last step."""

    class Meta:
        verbose_name = _("moderation by the network")
        verbose_name_plural = _("moderations by the network")

    def may_review(self, user: Any, page: Any) -> bool:
        return is_moderator(user)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        waiting = TaskState.objects.filter(task=self, status=TaskState.STATUS_IN_PROGRESS)
        return waiting if is_moderator(user) else waiting.none()

    @classmethod
    def get_description(cls) -> Any:
        return _("A moderator of the network decides.")
