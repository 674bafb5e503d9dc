"""The rows that belong to a case study: measures, lessons, milestones and the rest.

They are children of the page, so they are drafted, compared, published and rolled back with it.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from casestudies.choices import Better, Comparison, NeedKind, SourceKind
from core.dates import PartialDateField, check_order
from places.models import Place


class Measure(Orderable):
    """One indicator before and after. Numbers are plain; `unit` says what they count (“%”, “£”, “visits a year”)."""

    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="measures")
    indicator = models.CharField(
        _("what was measured"), max_length=160, help_text=_("For example: empty shops in the town centre")
    )
    unit = models.CharField(_("unit"), max_length=40, help_text=_("For example: %, £, people, visits a year"))
    better = models.CharField(_("which way is better"), max_length=10, choices=Better, default=Better.HIGHER)
    before = models.FloatField(_("before"), null=True, blank=True)
    before_date = PartialDateField(_("when (before)"))
    after = models.FloatField(_("after"))
    after_date = PartialDateField(_("when (after)"))
    sample = models.CharField(_("who or how many were measured"), max_length=160, blank=True)
    comparison = models.CharField(
        _("compared with"), max_length=20, choices=Comparison, default=Comparison.BEFORE_AND_AFTER
    )
    source = models.URLField(_("source"), max_length=500, blank=True)
    note = models.CharField(_("what to know about the figure"), max_length=300, blank=True)

    panels = [
        FieldPanel("indicator"),
        FieldRowPanel([FieldPanel("unit"), FieldPanel("better")]),
        FieldRowPanel([FieldPanel("before"), FieldPanel("before_date")]),
        FieldRowPanel([FieldPanel("after"), FieldPanel("after_date")]),
        FieldRowPanel([FieldPanel("comparison"), FieldPanel("sample")]),
        FieldPanel("source"),
        FieldPanel("note"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")

    def clean(self) -> None:
        super().clean()
        if self.comparison == Comparison.BEFORE_AND_AFTER and self.before is None:
            raise ValidationError({"before": _("Give the figure before, or choose “No comparison”.")})
        check_order(self.before_date, self.after_date, field="after_date")

    @property
    def change(self) -> float | None:
        """After less before, in the measure's own unit; None without a figure before."""
        return None if self.before is None else self.after - self.before

    @property
    def improved(self) -> bool | None:
        """Whether it moved the better way; None when there is nothing to compare or nothing moved."""
        change = self.change
        if not change:
            return None
        return (change > 0) == (self.better == Better.HIGHER)


class Lesson(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="lessons")
    lesson = models.CharField(
        _("lesson"), max_length=300, help_text=_("For example: list the building before it is for sale")
    )
    why = models.TextField(_("why it matters"), blank=True)

    panels = [FieldPanel("lesson"), FieldPanel("why")]


class Milestone(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="milestones")
    date = PartialDateField(_("when"), blank=False, help_text=_("A year, like 2013, or a month, like 2013-03"))
    text = models.CharField(_("what happened"), max_length=300)

    panels = [FieldRowPanel([FieldPanel("date"), FieldPanel("text")])]


class Risk(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="risks")
    risk = models.CharField(_("risk"), max_length=300)
    response = models.TextField(_("what we did about it"), blank=True)

    panels = [FieldPanel("risk"), FieldPanel("response")]


class Need(Orderable):
    """One thing that another place would need."""

    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="needs")
    kind = models.CharField(_("kind"), max_length=10, choices=NeedKind, default=NeedKind.PEOPLE)
    need = models.CharField(
        _("what you need"), max_length=300, help_text=_("For example: a solicitor and a surveyor on the steering group")
    )
    core = models.BooleanField(_("it does not work without"), default=True)

    panels = [FieldRowPanel([FieldPanel("kind"), FieldPanel("core")]), FieldPanel("need")]


class CaseStudyPlace(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="case_study_places")
    place = models.ForeignKey(Place, verbose_name=_("place"), on_delete=models.PROTECT, related_name="+")

    panels = [FieldPanel("place")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "place"], name="case_study_place_once")]


class Partner(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("organisation"), max_length=160)

    panels = [FieldPanel("name")]


class Source(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("source"), max_length=200)
    url = models.URLField(_("address"), max_length=500)
    kind = models.CharField(_("kind"), max_length=12, choices=SourceKind, default=SourceKind.OFFICIAL)

    panels = [FieldPanel("title"), FieldRowPanel([FieldPanel("url"), FieldPanel("kind")])]


class Photo(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="photos")
    image = models.ForeignKey(
        "wagtailimages.Image", verbose_name=_("photo"), on_delete=models.PROTECT, related_name="+"
    )
    alternative_text = models.CharField(
        _("what the photo shows"),
        max_length=200,
        help_text=_("For people who do not see it. For example: a market stall under the old town hall"),
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)

    panels = [FieldPanel("image"), FieldPanel("alternative_text"), FieldPanel("credit")]


class Document(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("document"), on_delete=models.PROTECT, related_name="+"
    )

    panels = [FieldPanel("document")]
