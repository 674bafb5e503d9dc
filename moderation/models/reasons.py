"""The reasons that people are told, kept by staff in the CMS. Each is a rule of the moderation policy."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from moderation.models.decisions import DecisionAction

CODE_LENGTH = 40
# What a reason may be given for: the field that says so, for each kind of decision.
SUITS: dict[str, str] = {
    DecisionAction.ASK_FOR_CHANGES: "for_changes",
    DecisionAction.DECLINE: "for_refusing",
    DecisionAction.HIDE: "for_refusing",
    DecisionAction.WARN: "for_people",
    DecisionAction.LIMIT: "for_people",
    DecisionAction.SUSPEND: "for_people",
    DecisionAction.BAN: "for_people",
}


class ReasonQuerySet(models.QuerySet["Reason"]):
    def active(self) -> "ReasonQuerySet":
        return self.filter(is_active=True)

    def suiting(self, *actions: str) -> "ReasonQuerySet":
        """Active ones that may be given for at least one of these decisions; all active ones if none is named."""
        if not actions:
            return self.active()
        fits = Q(pk__in=[])
        for field in {SUITS[action] for action in actions if action in SUITS}:
            fits |= Q(**{field: True})
        return self.active().filter(fits)


class Reason(models.Model):
    """One reason. `code` never changes and rows are never deleted, because the log names them: a reason that is no
    longer given is switched off.
    """

    code = models.CharField(
        _("code"),
        max_length=CODE_LENGTH,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Small letters, digits and underscores."))],
        help_text=_("Stands in the log and in the CSV, and cannot be changed later."),
    )
    label = models.CharField(
        _("reason in English"), max_length=160, help_text=_("What the person is told, for example in the mail.")
    )
    label_cy = models.CharField(_("reason in Welsh"), max_length=160, blank=True)
    rule = models.CharField(
        _("rule in English"),
        max_length=300,
        help_text=_("The rule behind it, in a sentence: it stands in the moderation policy."),
    )
    rule_cy = models.CharField(_("rule in Welsh"), max_length=300, blank=True)
    for_changes = models.BooleanField(_("for asking for changes"), default=True)
    for_refusing = models.BooleanField(_("for declining and hiding"), default=True)
    for_people = models.BooleanField(_("for warning, limiting, suspending and banning"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason for a decision")
        verbose_name_plural = _("reasons for decisions")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(label="") & ~Q(rule=""), name="reason_says_something"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """As a decision keeps them."""
        english = {"label": self.label, "rule": self.rule}
        return {"en": english, "cy": {"label": self.label_cy or self.label, "rule": self.rule_cy or self.rule}}

    @property
    def text(self) -> str:
        """The reason in the reader’s language."""
        return self._in_language()["label"]

    @property
    def rule_text(self) -> str:
        """The rule in the reader’s language."""
        return self._in_language()["rule"]

    def _in_language(self) -> dict[str, str]:
        return self.words.get((get_language() or "en")[:2], self.words["en"])


def choices_for(*actions: str) -> list[tuple[str, Any]]:
    """For a form: codes and words of the reasons that may be given for these decisions (for any, if none is named)."""
    return [(one.code, one.text) for one in Reason.objects.suiting(*actions)]
