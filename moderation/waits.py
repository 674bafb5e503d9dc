"""What an author is told about a page that waits: its place, its reader, when it is due, how long it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState

from moderation.due import page_due, page_working_days
from moderation.locked_cases import page_types
from moderation.models import Claim, Decision, ReviewTaskState, Step
from moderation.models.tasks import unsigned
from moderation.queue import PAGES

LAST_DECISIONS, ENOUGH_DECISIONS = 30, 5
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class Wait:
    """`place` counts from 1 among the pages that wait at the same step: everybody's at the network's, one's own
    organisations' at the organisation's. `claim` is in force, or None. `unsigned`: nobody but its writers could have
    signed it off for their organisation, so that it went on to the network.
    """

    place: int
    due: datetime
    claim: Claim | None
    organisation_step: bool
    unsigned: bool


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
    days, alone = page_working_days(), unsigned({step.workflow_state_id for step in steps})
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
            unsigned=step.workflow_state_id in alone,
        )
    return found


def step_of(step: TaskState) -> str:
    """Which of our steps a task is, without asking for the task's own row."""
    model = step.task.content_type.model_class()
    return str(getattr(model, "step", ""))


def usual_times(*, own_pages: Iterable[int]) -> dict[str, str]:
    """How long each step of the review usually takes, in words: the median of its last decisions.

    The network's step is timed over everybody's pages, the organisation's own over `own_pages`. With fewer than five
    decisions to go by, it says so.
    """
    timed = Decision.objects.filter(content_type__in=page_types(), waited_since__isnull=False).order_by(
        "-decided_at", "-pk"
    )
    return {
        str(Step.NETWORK): _in_words(timed.filter(step=Step.NETWORK)),
        str(Step.ORGANISATION): _in_words(timed.filter(step=Step.ORGANISATION, object_id__in=list(own_pages))),
    }


def _in_words(decisions: Any) -> str:
    waits = [
        (decided - since).total_seconds() / 3600
        for since, decided in decisions.values_list("waited_since", "decided_at")[:LAST_DECISIONS]
    ]
    if len(waits) < ENOUGH_DECISIONS:
        return _("too few decisions so far to say how long this takes")
    hours = median(waits)
    if hours < 1:
        return _("usually within an hour")
    if hours < HOURS_A_DAY:
        n = round(hours)
        return ngettext("usually about %(n)s hour", "usually about %(n)s hours", n) % {"n": n}
    n = round(hours / HOURS_A_DAY)
    return ngettext("usually about %(n)s day", "usually about %(n)s days", n) % {"n": n}
