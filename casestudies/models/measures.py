"""Figures that survive comparison: the indicators that the network agrees on, and one indicator before and after."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from casestudies.change import Change, change_of
from casestudies.choices import Better, Comparison, IndicatorState, Prices
from core.dates import PartialDateField, check_order, is_ahead


class Indicator(models.Model):
    """Something that places measure in the same way, so that their figures can stand side by side.

    An author chooses one that is agreed, or proposes one by measuring something new; staff agree or merge it. One that
    was merged stays, and leads to the other: revisions of pages still name it, and so will authors.
    """

    name = models.CharField(_("name"), max_length=160, help_text=_("For example: empty shops in the town centre"))
    unit = models.CharField(_("unit"), max_length=40, help_text=_("For example: %, £, people, visits a year"))
    better = models.CharField(_("which way is better"), max_length=10, choices=Better, default=Better.HIGHER)
    definition = models.TextField(_("what is counted, and how"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=IndicatorState, default=IndicatorState.PROPOSED)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), null=True, blank=True, on_delete=models.CASCADE, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["name", "unit"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                Lower("unit"),
                name="indicator_once",
                violation_error_message=_("There is already an indicator of this name and unit."),
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="indicator_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})"

    @property
    def is_agreed(self) -> bool:
        return self.state == IndicatorState.AGREED


class BaseMeasure(models.Model):
    """One indicator before and after. Numbers are plain; `unit` says what they count (“%”, “£”, “visits a year”).

    `standard` ties it to the same indicator elsewhere; `indicator`, `unit` and `better` are written out beside it, so
    that a figure keeps its words when staff merge indicators.
    """

    standard = models.ForeignKey(
        Indicator,
        verbose_name=_("agreed indicator"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    indicator = models.CharField(
        _("what was measured"), max_length=160, help_text=_("For example: empty shops in the town centre")
    )
    unit = models.CharField(_("unit"), max_length=40, help_text=_("For example: %, £, people, visits a year"))
    better = models.CharField(_("which way is better"), max_length=10, choices=Better, default=Better.HIGHER)
    before = models.FloatField(_("before"), null=True, blank=True)
    before_date = PartialDateField(_("when (before)"))
    after = models.FloatField(_("after"))
    after_date = PartialDateField(_("when (after)"))
    target = models.FloatField(_("target"), null=True, blank=True, help_text=_("What you had hoped for, if you said."))
    sample = models.CharField(_("who or how many were measured"), max_length=160, blank=True)
    sample_size = models.PositiveIntegerField(
        _("how many, as a number"), null=True, blank=True, help_text=_("People, shops, streets: what was counted.")
    )
    drop_out = models.PositiveSmallIntegerField(
        _("how many dropped out (%)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Of those measured before, how many could not be measured after."),
    )
    self_reported = models.BooleanField(
        _("people’s own word"), default=False, help_text=_("The figure rests on what people say of themselves.")
    )
    comparison = models.CharField(
        _("compared with"), max_length=20, choices=Comparison, default=Comparison.BEFORE_AND_AFTER
    )
    why_comparable = models.CharField(
        _("why they can be compared"),
        max_length=300,
        blank=True,
        help_text=_("For example: the next town, of the same size, with the same shops and no scheme."),
    )
    prices = models.CharField(_("money stands"), max_length=10, choices=Prices, blank=True)
    source = models.URLField(_("source"), max_length=500, blank=True)
    note = models.CharField(_("what to know about the figure"), max_length=300, blank=True)

    class Meta:
        abstract = True

    # A draft's figure may be half written for a while (`casestudies.forms` sets this).
    checks_wait = False

    def clean(self) -> None:
        super().clean()
        if self.checks_wait:
            return
        errors: dict[str, Any] = {}
        if self.comparison == Comparison.BEFORE_AND_AFTER and self.before is None:
            errors["before"] = _("Give the figure before, or choose “No comparison”.")
        for name in ("before_date", "after_date"):
            if is_ahead(getattr(self, name)):
                errors[name] = _("This lies ahead. When was it measured? What you expect belongs under “target”.")
        try:
            check_order(self.before_date, self.after_date, field="after_date")
        except ValidationError as wrong:
            errors.setdefault("after_date", wrong.message_dict["after_date"][0])
        if errors:
            raise ValidationError(errors)

    @property
    def is_measured(self) -> bool:
        """Whether it is a figure at all: a row of a draft may be half typed."""
        return self.after is not None

    @property
    def same_as(self) -> Any:
        """What figures are put side by side by: the agreed indicator, or the same words and unit."""
        return self.standard_id or (self.indicator.strip().casefold(), self.unit.strip().casefold())

    @property
    def worked_out(self) -> Change:
        """What the figures amount to, in numbers and in words. Only of one that `is_measured`."""
        return change_of(self)

    @property
    def change(self) -> float | None:
        """After less before, in the measure's own unit; None without a figure before."""
        difference = self.worked_out.difference
        return None if difference is None else float(difference)

    @property
    def improved(self) -> bool | None:
        """Whether it moved the better way; None when there is nothing to compare or nothing moved."""
        return self.worked_out.improved


class Measure(Orderable, BaseMeasure):
    """A figure of a case study. In a draft it may lack `after`, while its author types; once published it never does
    (`link_published_measures`).
    """

    after = models.FloatField(_("after"), null=True)  # type: ignore[assignment]  # only in drafts, which nobody computes with
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="measures")

    panels = [
        FieldPanel("standard"),
        FieldPanel("indicator"),
        FieldRowPanel(
            [
                FieldPanel("unit"),
                FieldPanel("better", help_text=_("Fewer empty shops are better: lower. More visits: higher.")),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel("before", help_text=_("Just the number, before you began.")),
                FieldPanel("before_date", help_text=_("A year, like 2018, or a month, like 2018-03")),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel("after", help_text=_("The same thing, counted in the same way.")),
                FieldPanel("after_date", help_text=_("A year, like 2020, or a month, like 2020-03")),
            ]
        ),
        FieldRowPanel(
            [FieldPanel("target"), FieldPanel("prices", help_text=_("For money only: as it was paid, or adjusted."))]
        ),
        FieldRowPanel(
            [
                FieldPanel("sample", help_text=_("For example: all 120 shops in the primary frontage")),
                FieldPanel("sample_size"),
            ]
        ),
        FieldRowPanel([FieldPanel("drop_out"), FieldPanel("self_reported")]),
        FieldRowPanel(
            [
                FieldPanel("comparison", help_text=_("What tells you that it would not have happened anyway.")),
                FieldPanel("why_comparable"),
            ]
        ),
        FieldPanel("source", help_text=_("The report or data set where a reader finds this figure.")),
        FieldPanel("note", help_text=_("For example: the second count was on a market day")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")


class AdoptionMeasure(Orderable, BaseMeasure):
    """A figure of an adoption: what the adopter measured, of the same indicators where possible."""

    adoption = models.ForeignKey("casestudies.Adoption", on_delete=models.CASCADE, related_name="measures")

    class Meta(Orderable.Meta):
        verbose_name = _("measure of an adoption")
        verbose_name_plural = _("measures of adoptions")
