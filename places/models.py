"""Places, and the programmes that they take part in."""

from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.snippets.models import register_snippet

from core.models import BasePage
from core.models.pages import PROSE_FEATURES
from members.models import Organisation
from places.forms import PlaceForm

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PLACE_KINDS = [
    ("town", _("Town or city")),
    ("parish", _("Parish or village")),
    ("neighbourhood", _("Neighbourhood")),
    ("area", _("Council area")),
]


@register_snippet
class Place(models.Model):
    """A town, parish or neighbourhood, as one point (WGS 84 degrees), with the councils that serve it."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=PLACE_KINDS, default="town")
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(49.0), MaxValueValidator(61.5)])
    lng = models.FloatField(_("longitude"), validators=[MinValueValidator(-9.0), MaxValueValidator(2.5)])
    organisations = models.ManyToManyField(Organisation, verbose_name=_("councils"), blank=True, related_name="places")
    summary = models.TextField(_("in a few sentences"), blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        MultiFieldPanel(
            [FieldPanel("lat"), FieldPanel("lng"), FieldPanel("point_is_right")], heading=_("Point on the map")
        ),
        FieldPanel("organisations"),
        FieldPanel("summary"),
    ]

    base_form_class = PlaceForm

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return self.get_absolute_url()

    def get_absolute_url(self) -> str:
        return reverse("place", args=[self.slug])


class ProgrammeIndexPage(BasePage):
    """`/programmes/`"""

    introduction = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["core.HomePage"]
    subpage_types = ["places.ProgrammePage"]
    max_count = 1
    is_structure = True
    template = "places/programme_index_page.html"

    class Meta:
        verbose_name = _("list of programmes")
        verbose_name_plural = _("lists of programmes")


class ProgrammePage(BasePage):
    """A programme or a right in law: what it is, who may use it, how it goes and whether it can be used now."""

    summary = models.CharField(_("summary"), max_length=300)
    what_it_is = RichTextField(_("what it is"), features=PROSE_FEATURES, blank=True)
    current_state = RichTextField(
        _("can it be used now?"), features=PROSE_FEATURES, blank=True, help_text=_("With the date of the check.")
    )
    who_may_use = RichTextField(_("who may use it"), features=PROSE_FEATURES, blank=True)
    legal_basis = RichTextField(_("legal basis"), features=PROSE_FEATURES, blank=True)
    nation = models.CharField(_("nation"), max_length=40, blank=True)
    in_force = models.CharField(_("in force"), max_length=160, blank=True)

    if TYPE_CHECKING:
        steps: RelatedManager["ProgrammeStep"]
        sources: RelatedManager["ProgrammeSource"]

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("what_it_is"),
        FieldPanel("current_state"),
        FieldPanel("who_may_use"),
        FieldPanel("legal_basis"),
        MultiFieldPanel([FieldPanel("nation"), FieldPanel("in_force")], heading=_("Where and since when")),
        InlinePanel("steps", heading=_("How it goes, step by step"), label=_("step")),
        InlinePanel("sources", heading=_("Sources"), label=_("source")),
    ]
    parent_page_types = ["places.ProgrammeIndexPage"]
    subpage_types: list[str] = []
    template = "places/programme_page.html"

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "follow_target": ("programme", self.pk)}


class ProgrammeStep(Orderable):
    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="steps")
    title = models.CharField(_("step"), max_length=160)
    text = models.TextField(_("what happens"), blank=True)

    panels = [FieldPanel("title"), FieldPanel("text")]


class ProgrammeSource(Orderable):
    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("source"), max_length=200)
    url = models.URLField(_("address"), max_length=500)

    panels = [FieldPanel("title"), FieldPanel("url")]
