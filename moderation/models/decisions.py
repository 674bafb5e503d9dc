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


class Decision(models.Model):
    """One decision by one moderator on one thing."""

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
    decided_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="decision_subject")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.subject_title}"
