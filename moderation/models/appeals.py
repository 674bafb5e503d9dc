"""Appeals: somebody else looks again, once, at what was decided about a person or their work."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models.decisions import Decision, DecisionAction

WINDOW = timedelta(days=30)
# What may be appealed against. Being asked for changes is answered by changing it, or by leaving it.
APPEALABLE = frozenset(
    {
        DecisionAction.DECLINE,
        DecisionAction.HIDE,
        DecisionAction.WARN,
        DecisionAction.LIMIT,
        DecisionAction.SUSPEND,
        DecisionAction.BAN,
    }
)


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The decision was overturned")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def waiting(self) -> "AppealQuerySet":
        return self.filter(outcome="")


class Appeal(models.Model):
    """One appeal against one decision. `first_decided_by` is who made that decision: never who decides the appeal.

    `deadline` is the end of the thirty days in which it could be made. `reply` is the answer to the person.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="appeals"
    )
    first_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(_("why the decision was wrong"), max_length=4000)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    deadline = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=AppealOutcome, blank=True)
    reply = models.TextField(_("answer"), blank=True, max_length=4000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    if TYPE_CHECKING:
        by_id: int | None
        decision_id: int

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="appeal_says_why"),
            models.CheckConstraint(condition=Q(created_at__lte=F("deadline")), name="appeal_in_time"),
            models.CheckConstraint(
                condition=(
                    Q(outcome="", reply="", decided_by=None, decided_at=None)
                    | Q(outcome__in=["upheld", "overturned"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reply="")
                ),
                name="appeal_decided_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(first_decided_by=None) | ~Q(decided_by=F("first_decided_by")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(by=None) | ~Q(decided_by=F("by")), name="appeal_not_decided_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Appeal')}: {self.decision.subject_title}"

    @property
    def is_open(self) -> bool:
        return not self.outcome
