"""Who is looking at what in the queue, and which alerts about it have gone out."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CLAIM_LASTS = timedelta(minutes=20)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def in_force(self) -> "ClaimQuerySet":
        return self.filter(until__gt=timezone.now())


class Claim(models.Model):
    """“Being reviewed by …”: a courtesy between moderators, not a lock. The services lock what they decide.

    `kind` and `number` are those of the queue's entry. It runs out by itself; opening or acting renews it.
    """

    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="claim_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class OverdueAlert(models.Model):
    """That people were told, once, how long something has waited. `since` tells a second wait from the first."""

    kind = models.CharField(max_length=40)
    number = models.BigIntegerField()
    since = models.DateTimeField()
    hours = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("alert about a wait")
        verbose_name_plural = _("alerts about waits")
        constraints = [models.UniqueConstraint(fields=["kind", "number", "since", "hours"], name="overdue_alert_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.hours} h"
