"""What `services.refresh_similarity` works out ahead: who is most like whom, and the scale they were compared on."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.organisations import Organisation
from members.similarity import REFERENCE, Scale


class SimilarOrganisation(models.Model):
    """`other` is one of the most similar to `organisation`: number `rank` (from 1), `score` from 0 to 1.

    A score is the same both ways round; a rank is not.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, db_index=False, related_name="similar_organisations"
    )
    other = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.FloatField(_("likeness"))

    class Meta:
        verbose_name = _("similar organisation")
        verbose_name_plural = _("similar organisations")
        ordering = ["organisation", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "rank"], name="similar_organisation_rank_once"),
            models.UniqueConstraint(fields=["organisation", "other"], name="similar_organisation_once"),
            models.CheckConstraint(condition=~models.Q(organisation=models.F("other")), name="similar_is_another"),
            models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=1), name="similar_score_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} ~ {self.other_id}: {self.score:.2f}"


class SimilarityScale(models.Model):
    """One row: the scale of the last refresh, so that any other pair is compared on the same. Locked by a refresh."""

    ONLY = 1

    log_population = models.FloatField(default=REFERENCE.log_population)
    log_density = models.FloatField(default=REFERENCE.log_density)
    deprivation_score = models.FloatField(default=REFERENCE.deprivation_score)
    councils = models.PositiveIntegerField(_("councils compared"), default=0)
    refreshed_at = models.DateTimeField(_("refreshed"), null=True, blank=True)

    class Meta:
        verbose_name = _("scale of similarity")
        verbose_name_plural = _("scales of similarity")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="similarity_scale_once")]

    def __str__(self) -> str:
        return f"{self.councils} councils"

    @property
    def scale(self) -> Scale:
        return Scale(**{name: getattr(self, name) for name in REFERENCE.as_json()})

    def take(self, scale: Scale, **fields: Any) -> None:
        for name, value in {**scale.as_json(), **fields}.items():
            setattr(self, name, value)
