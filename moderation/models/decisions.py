"""The log of decisions: appended to, never changed (the database refuses updates and deletions)."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DecisionAction(models.TextChoices):
    APPROVE = "approve", _("Approve")
    ASK_FOR_CHANGES = "ask_for_changes", _("Ask for changes")
    DECLINE = "decline", _("Decline")
    HIDE = "hide", _("Hide")
    RESTORE = "restore", _("Restore")
    DISMISS_REPORT = "dismiss_report", _("Dismiss the report")


DONE = {
    DecisionAction.APPROVE: _("Approved"),
    DecisionAction.ASK_FOR_CHANGES: _("Changes asked for"),
    DecisionAction.DECLINE: _("Declined"),
    DecisionAction.HIDE: _("Hidden"),
    DecisionAction.RESTORE: _("Shown again"),
    DecisionAction.DISMISS_REPORT: _("Report dismissed"),
}


class PublicReason(models.TextChoices):
    """The reasons that the author is told; each is a rule of the moderation policy."""

    NONE = "", _("No reason needed")
    UNCLEAR = "unclear", _("Another place could not act on it yet: something is unclear or missing")
    NO_SOURCE = "no_source", _("A figure or claim needs a source")
    PERSONAL_DATA = "personal_data", _("It contains personal details of somebody")
    OFF_TOPIC = "off_topic", _("It is not about this subject")
    PROMOTION = "promotion", _("It promotes a product or service")
    ABUSE = "abuse", _("It attacks or insults somebody")
    UNLAWFUL = "unlawful", _("It may be against the law")
    DUPLICATE = "duplicate", _("It repeats something that is already here")


class Step(models.TextChoices):
    """Who decided: for a page the organisation's approver first, then the network."""

    ORGANISATION = "organisation", _("The organisation")
    NETWORK = "network", _("The network")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def about(self, subject: models.Model) -> "DecisionQuerySet":
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk)


class Decision(models.Model):
    """One decision by one moderator on one thing.

    `author` is whose work it was, kept as a bare number so that the log survives the person's account.
    `waited_since` is when the thing began to wait for this decision; empty where nothing waited (hiding).
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    subject_title = models.CharField(max_length=255)
    action = models.CharField(_("decision"), max_length=20, choices=DecisionAction)
    reason = models.CharField(_("reason"), max_length=20, choices=PublicReason, blank=True)
    words = models.TextField(_("words to the author"), blank=True)
    private_note = models.TextField(_("private note"), blank=True)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions", null=True, db_constraint=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="decisions_received",
        null=True,
        db_constraint=False,
    )
    step = models.CharField(_("decided by"), max_length=12, choices=Step, default=Step.NETWORK)
    waited_since = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="decision_subject")]

    def __str__(self) -> str:
        return f"{self.done}: {self.subject_title}"

    @property
    def done(self) -> str:
        """What was decided, as something that has happened: “Approved”."""
        return str(DONE[DecisionAction(self.action)])
