"""The event log and who still has to hear of each event."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened to shared content, written in the transaction of the change itself.

    `kind` is `<subject>.<past participle>`, for example `case_study.published`. `subject_kind` and
    `subject_id` name what it happened to; `targets` are everything that a reader may follow to hear
    of it. `data` is a small JSON object and never holds members-only text.
    """

    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"


class EventTarget(models.Model):
    """Something followable that an event touches: topic, organisation, programme, place, case study, ask …"""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("event target")
        verbose_name_plural = _("event targets")
        constraints = [models.UniqueConstraint(fields=["event", "kind", "object_id"], name="event_target_once")]
        indexes = [models.Index(fields=["kind", "object_id", "event"], name="event_target_lookup")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: Any) -> "DeliveryQuerySet":
        """Rows that a worker may claim at `now`: due, not parked, and not held by a living worker."""
        return self.filter(parked_at=None, due_at__lte=now).filter(
            models.Q(claimed_until=None) | models.Q(claimed_until__lte=now)
        )

    def parked(self) -> "DeliveryQuerySet":
        return self.exclude(parked_at=None)


class Delivery(models.Model):
    """A consumer has yet to handle an event. Deleted when done; parked, with its error, after the last try."""

    consumer = models.CharField(max_length=60)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("pending delivery")
        verbose_name_plural = _("pending deliveries")
        ordering = ["event_id"]
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="delivery_once")]
        indexes = [
            models.Index(fields=["consumer", "due_at", "event"], name="delivery_due"),
            models.Index(fields=["claim"], name="delivery_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} ← {self.event_id}"
