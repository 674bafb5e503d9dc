"""Wagtail's workflow signals, translated into events. They are sent inside the transaction of the change."""

from typing import Any

from wagtail.signals import task_submitted

from core import events
from moderation.models import ReviewTaskState
from moderation.subjects import page_kind, targets_of


def _review_started(sender: Any, instance: Any, user: Any = None, **kwargs: Any) -> None:
    """Somebody has a page to review: `digests` tells who may."""
    page = instance.workflow_state.content_object.specific
    events.record(
        kind="review.started",
        subject=(page_kind(page), page.pk),
        by=user,
        targets=targets_of(page),
        data={"task_state_id": instance.pk, "step": str(instance.task.specific.step)},
    )


def connect() -> None:
    task_submitted.connect(_review_started, sender=ReviewTaskState, dispatch_uid="review started", weak=False)
