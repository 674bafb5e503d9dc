"""Wagtail's workflow signals, translated into events. They are sent inside the transaction of the change."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

from core import events
from core.models import Event
from members.models import Organisation
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


def _approval_switched(batch: Sequence[Event]) -> None:
    """An organisation has switched its own step off: what waits there must not wait for ever."""
    from moderation.services.pages import skip_organisation_step

    asked = {event.subject_id for event in batch if "requires_approval" in event.data.get("facts", ())}
    for organisation in Organisation.objects.filter(pk__in=asked, requires_approval=False):
        skip_organisation_step(organisation=organisation)


def connect() -> None:
    events.consumer("approval steps", kinds={"organisation.changed"})(_approval_switched)
    task_submitted.connect(_review_started, sender=ReviewTaskState, dispatch_uid="review started", weak=False)


def silence_wagtails_mail() -> None:
    """Wagtail mails people about workflows by itself, inside the transaction. Our notices say it once, with the reason.

    Called when every app is ready: Wagtail connects its own in `wagtail.admin`'s `ready`.
    """
    for signal, sender, verb in (
        (task_submitted, TaskState, "group_approval_task_submitted"),
        (workflow_submitted, WorkflowState, "workflow_state_submitted"),
        (workflow_approved, WorkflowState, "workflow_state_approved"),
        (workflow_rejected, WorkflowState, "workflow_state_rejected"),
    ):
        if not signal.disconnect(sender=sender, dispatch_uid=f"{verb}_email_notification"):
            raise ImproperlyConfigured(f"Wagtail has renamed its mail about {verb}: it would be sent beside ours.")
