"""What an author is told about a page that waits: its place, who is looking at it, and when it is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wagtail.models import TaskState

from moderation.due import page_due, page_working_days
from moderation.models import Claim, ReviewTaskState, Step
from moderation.queue import PAGES


@dataclass(frozen=True, kw_only=True)
class Wait:
    """`place` counts from 1 among the pages that wait at the same step: everybody's at the network's, one's own
    organisations' at the organisation's. `claim` is in force, or None.
    """

    place: int
    due: datetime
    claim: Claim | None
    organisation_step: bool


def waits_of(steps: Sequence[TaskState], *, own_pages: Iterable[int]) -> dict[int, Wait]:
    """By the number of the step, at a constant number of queries. `steps` are loaded with their task's type."""
    if not steps:
        return {}
    own = {str(pk) for pk in own_pages}
    waiting = list(
        ReviewTaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS, task__in={step.task_id for step in steps}
        ).values_list("pk", "task", "started_at", "workflow_state__object_id")
    )
    numbers = [step.pk for step in steps]
    claims = {
        claim.number: claim
        for claim in Claim.objects.in_force().filter(kind=PAGES, number__in=numbers).select_related("by")
    }
    days = page_working_days()
    found = {}
    for step in steps:
        at_home = step_of(step) == Step.ORGANISATION
        before = [
            row
            for row in waiting
            if row[1] == step.task_id
            and (row[2], row[0]) < (step.started_at, step.pk)
            and (not at_home or row[3] in own)
        ]
        found[step.pk] = Wait(
            place=len(before) + 1,
            due=page_due(step.started_at, days),
            claim=claims.get(step.pk),
            organisation_step=at_home,
        )
    return found


def step_of(step: TaskState) -> str:
    """Which of our steps a task is, without asking for the task's own row."""
    model = step.task.content_type.model_class()
    return str(getattr(model, "step", ""))
