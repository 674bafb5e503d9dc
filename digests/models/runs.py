"""The records of digests: what may go in, which runs there were, and who got what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models.follows import Cadence
from digests.models.mail import OutgoingEmail


class DigestEvent(models.Model):
    """An event that digests may carry, from the moment we heard of it.

    Windows run over `at`, not over the event's own time: a transaction that takes long to commit would put its
    events into a window whose run has been planned already, and nobody would ever be told.
    """

    event = models.OneToOneField("core.Event", on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("event for digests")
        verbose_name_plural = _("events for digests")

    def __str__(self) -> str:
        return f"event {self.event_id}"


class DigestRun(models.Model):
    """One half-open window `[window_start, window_end)` of one cadence, planned person by person up to `cursor`."""

    cadence = models.CharField(max_length=12, choices=Cadence)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    planning_began_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0, help_text=_("The last person who has been planned."))
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    mails = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("digest run")
        verbose_name_plural = _("digest runs")
        ordering = ["-window_end"]
        constraints = [
            models.UniqueConstraint(fields=["cadence", "window_start", "window_end"], name="digest_run_once"),
            models.CheckConstraint(
                condition=models.Q(window_end__gt=models.F("window_start")), name="digest_run_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadence} {self.window_start:%Y-%m-%d %H:%M} – {self.window_end:%Y-%m-%d %H:%M}"


class RecipientState(models.TextChoices):
    NOTHING = "nothing", _("Nothing new")
    PLANNED = "planned", _("A mail is on its way")
    SENT = "sent", _("Sent")
    GAVE_UP = "gave_up", _("Could not be sent")


class DigestRecipient(models.Model):
    """One person in one run.

    `items` is a list of `[follow id, [event ids]]`: everything that this run took into account for the person,
    also what the cap or a later change of the same thing kept out of sight, so that no other run takes it again.
    By follow, not by event: hundreds of events by five follows are five lists to write and to read.
    """

    run = models.ForeignKey(DigestRun, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    state = models.CharField(max_length=10, choices=RecipientState)
    items = models.JSONField(default=list, blank=True)
    email = models.OneToOneField(
        OutgoingEmail, null=True, blank=True, on_delete=models.SET_NULL, related_name="digest_recipient"
    )

    class Meta:
        verbose_name = _("digest recipient")
        verbose_name_plural = _("digest recipients")
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="digest_recipient_once")]
        indexes = [models.Index(fields=["state"], condition=models.Q(state="planned"), name="digest_recipient_waits")]

    def __str__(self) -> str:
        return f"{self.person_id} in run {self.run_id}: {self.state}"
