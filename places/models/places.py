"""Towns, parishes and neighbourhoods."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.snippets.models import register_snippet

from core.models.pages import PROSE_FEATURES
from members.models import Organisation
from places.choices import SummingUp
from places.forms import PlaceForm

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
    meaning = RichTextField(
        _("what this could mean for other places"),
        features=PROSE_FEATURES,
        blank=True,
        help_text=_("What the council’s account and the residents’ record together say to somebody elsewhere."),
    )
    meaning_by = models.CharField(
        _("summed up by"), max_length=120, blank=True, help_text=_("Name and role, as readers see it.")
    )
    meaning_on = models.DateField(_("on"), null=True, blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        MultiFieldPanel(
            [FieldPanel("lat"), FieldPanel("lng"), FieldPanel("point_is_right")], heading=_("Point on the map")
        ),
        FieldPanel("organisations"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("meaning"), FieldPanel("meaning_by"), FieldPanel("meaning_on")],
            heading=_("What this could mean for other places"),
        ),
    ]

    base_form_class = PlaceForm

    # What an editor has just done to what it means for others (`PlaceForm` sets this): readers are told of it.
    summed_up: SummingUp | None = None

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
