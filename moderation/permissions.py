"""Who may moderate. Predicates about rows have their queryset twins, named beside them."""

from typing import Any

from wagtail.models import TaskState

from members.models import Organisation, Role
from members.permissions import is_moderator
from moderation.models import Contribution, ReviewTask


def can_moderate(user: Any) -> bool:
    """Work on contributions and reports, and read the log."""
    return is_moderator(user)


def can_see_queue(user: Any) -> bool:
    """A moderator, or somebody who signs off for an organisation (who finds only its pages there)."""
    return can_moderate(user) or (
        user.is_authenticated
        and user.is_active
        and Organisation.objects.with_role(user, Role.APPROVER, Role.LEAD).exists()
    )


def can_decide(user: Any, contribution: Contribution) -> bool:
    """Moderators, except about their own. Twin: `decidable_by`."""
    return can_moderate(user) and contribution.author_id != user.pk


def decidable_by(user: Any, contributions: Any) -> Any:
    """The queryset twin of `can_decide`."""
    return contributions.exclude(author=user) if can_moderate(user) else contributions.none()


def can_review(user: Any, task_state: TaskState) -> bool:
    """Whether this step of this page's review is the person's to decide. Twin: `reviewable_by`."""
    task = task_state.task.specific
    return isinstance(task, ReviewTask) and task.may_decide(user, task_state)


def reviewable_by(user: Any) -> Any:
    """The queryset twin of `can_review`: the steps in progress that the person may decide."""
    if not user.is_authenticated or not user.is_active:
        return TaskState.objects.none()
    return TaskState.objects.reviewable_by(user)
