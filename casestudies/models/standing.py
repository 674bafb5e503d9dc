"""How a published case study stands: how sure we are of it, how far it has travelled, whether it is still true."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casestudies.choices import StopReason
from casestudies.confirming import is_stale
from core.dates import PartialDateField

MAX_RATING = 5


class Standing(models.Model):
    """What is computed about a case study, or said of it after publication, beside its drafted text.

    Kept apart from the page: a page is written from its revisions, and a revision from last year must not bring back
    last year's rating. Written by `casestudies.services` only. `rating` (0–5) and `answers`, the facts behind it, come
    from the pure function of the evidence rating. `adoptions` counts the published ones, `known_outcomes` those of
    them that say what happened, `outcomes` how many ended in each way; members' case studies are counted too, so these
    are shown to those who may read the page.
    """

    page = models.OneToOneField(
        "casestudies.CaseStudyPage", primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    rating = models.PositiveSmallIntegerField(_("evidence rating"), default=0)
    answers = models.JSONField(default=dict, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    adoptions = models.PositiveIntegerField(default=0)
    known_outcomes = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict, blank=True)
    confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
    asked_on = models.DateField(_("last asked whether it is still true"), null=True, blank=True)
    ended = PartialDateField(_("ended, its author says"))
    ended_reasons = models.JSONField(_("why it ended"), default=list, blank=True)

    class Meta:
        verbose_name = _("standing of a case study")
        verbose_name_plural = _("standings of case studies")
        indexes = [models.Index(fields=["confirmed_on"], name="standing_confirmed")]
        constraints = [
            models.CheckConstraint(condition=Q(rating__lte=MAX_RATING), name="standing_rating_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.rating}"

    @property
    def ended_labels(self) -> list[str]:
        """Why it ended, in words."""
        labels = dict(StopReason.choices)
        return [str(labels[code]) for code in self.ended_reasons if code in labels]

    @property
    def is_stale(self) -> bool:
        """Whether nobody has said for two years that it is still true."""
        return is_stale(
            confirmed_on=self.confirmed_on, stage=self.page.stage, ended=self.ended, today=timezone.localdate()
        )
