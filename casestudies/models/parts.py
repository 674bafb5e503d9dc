"""The rows that belong to a case study beside its measures: lessons, milestones and the rest.

They are children of the page, so they are drafted, compared, published and rolled back with it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from casestudies.choices import NeedKind, SourceKind
from core.dates import PartialDateField
from places.models import Place


class Lesson(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="lessons")
    lesson = models.CharField(
        _("lesson"), max_length=300, help_text=_("For example: list the building before it is for sale")
    )
    why = models.TextField(_("why it matters"), blank=True)

    panels = [
        FieldPanel("lesson"),
        FieldPanel(
            "why", help_text=_("For example: the six months run from the listing, and the owner sold in the fifth")
        ),
    ]


class Milestone(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="milestones")
    date = PartialDateField(_("when"), blank=False, help_text=_("A year, like 2013, or a month, like 2013-03"))
    text = models.CharField(_("what happened"), max_length=300)

    panels = [
        FieldRowPanel([FieldPanel("date"), FieldPanel("text", help_text=_("For example: first twelve stalls open"))])
    ]


class Risk(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="risks")
    risk = models.CharField(_("risk"), max_length=300)
    response = models.TextField(_("what we did about it"), blank=True)

    panels = [
        FieldPanel("risk", help_text=_("For example: shops complain about cheap competition")),
        FieldPanel("response", help_text=_("For example: we asked them first, and gave them the corner stalls")),
    ]


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
    independent = models.BooleanField(
        _("by somebody independent"),
        default=False,
        help_text=_("An evaluation by people who neither delivered nor commissioned it as their own success."),
    )

    panels = [
        FieldPanel("title", help_text=_("For example: Town centre audit 2020, Stockport Council")),
        FieldRowPanel([FieldPanel("url", help_text=_("Starts with https://")), FieldPanel("kind")]),
        FieldPanel("independent"),
    ]


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

    panels = [
        FieldPanel("image"),
        FieldPanel("alternative_text"),
        FieldPanel("credit", help_text=_("Who took it, and that you may use it. For example: Stockport Council")),
    ]


class Document(Orderable):
    page = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("document"), on_delete=models.PROTECT, related_name="+"
    )

    panels = [FieldPanel("document")]
