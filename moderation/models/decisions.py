"""The log of decisions: appended to, never changed (the database refuses updates and deletions)."""

from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class DecisionAction(models.TextChoices):
    APPROVE = "approve", _("Approve")
    ASK_FOR_CHANGES = "ask_for_changes", _("Ask for changes")
    DECLINE = "decline", _("Decline")
    HIDE = "hide", _("Hide")
    RESTORE = "restore", _("Restore")
    DISMISS_REPORT = "dismiss_report", _("Dismiss the report")
    # About a person; the thing that a decision like this is about is the person.
    WARN = "warn", _("Warn")
    LIMIT = "limit", _("Hold everything for a time")
    SUSPEND = "suspend", _("Suspend")
    BAN = "ban", _("Ban")
    LIFT = "lift", _("End it early")
    # About an earlier decision, which `Decision.answers` names.
    UNDO = "undo", _("Take the decision back")
    UPHOLD = "uphold", _("Uphold the decision")
    OVERTURN = "overturn", _("Overturn the decision")


DONE = {
    DecisionAction.APPROVE: _("Approved"),
    DecisionAction.ASK_FOR_CHANGES: _("Changes asked for"),
    DecisionAction.DECLINE: _("Declined"),
    DecisionAction.HIDE: _("Hidden"),
    DecisionAction.RESTORE: _("Shown again"),
    DecisionAction.DISMISS_REPORT: _("Report dismissed"),
    DecisionAction.WARN: _("Warned"),
    DecisionAction.LIMIT: _("Everything held for a time"),
    DecisionAction.SUSPEND: _("Suspended"),
    DecisionAction.BAN: _("Banned"),
    DecisionAction.LIFT: _("Ended early"),
    DecisionAction.UNDO: _("Decision taken back"),
    DecisionAction.UPHOLD: _("Appeal: decision upheld"),
    DecisionAction.OVERTURN: _("Appeal: decision overturned"),
}


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
    `reason` is the code of a `Reason`; the list may change, so its words as they were are kept in `reason_words`:
    `{"en": {"label": …, "rule": …}, "cy": …}` (empty in rows from before the list).
    `answers` is the earlier decision that this one takes back, ends, upholds or overturns. `state_before` and
    `reasons_before` are what a contribution was before, so that taking back restores exactly that; of a page they say
    whether readers saw it, and the number of the revision that they saw, or which reports had hidden it.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    subject_title = models.CharField(max_length=255)
    action = models.CharField(_("decision"), max_length=20, choices=DecisionAction)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_words = models.JSONField(default=dict, blank=True)
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
    answers: "models.ForeignKey[Decision | None, Decision | None]" = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="answered_by"
    )
    state_before = models.CharField(max_length=10, blank=True)
    reasons_before = models.JSONField(default=list, blank=True)
    decided_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="decision_subject")]
        constraints = [
            models.UniqueConstraint(fields=["answers", "action"], name="decision_answered_once_by_each"),
            models.CheckConstraint(
                condition=models.Q(answers__isnull=False) | ~models.Q(action__in=["undo", "uphold", "overturn"]),
                name="decision_answers_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done}: {self.subject_title}"

    @property
    def done(self) -> str:
        """What was decided, as something that has happened: “Approved”."""
        return str(DONE[DecisionAction(self.action)])

    @property
    def appeal_until(self) -> datetime:
        """The end of the thirty days in which it can be appealed against."""
        from moderation.models.appeals import WINDOW

        return self.decided_at + WINDOW

    @property
    def reason_label(self) -> str:
        """The reason in the reader’s language, as it read when it was given."""
        return self._reason("label")

    @property
    def rule(self) -> str:
        """The rule behind the reason, in a sentence, as it read then."""
        return self._reason("rule")

    def get_reason_display(self) -> str:
        """As templates call it."""
        return self.reason_label

    def _reason(self, part: str) -> str:
        from moderation.models.reasons import Reason

        if not self.reason:
            return ""
        kept = self.reason_words
        if not kept:
            found = Reason.objects.filter(code=self.reason).first()
            kept = found.words if found else {}
        own, english = kept.get((get_language() or "en")[:2], {}), kept.get("en", {})
        return str(own.get(part) or english.get(part) or (self.reason if part == "label" else ""))
