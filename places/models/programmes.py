"""The programmes and rights that places use."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from core.dates import PartialDateField, check_order, months_ago
from core.models import BasePage
from core.models.pages import PROSE_FEATURES
from places.choices import LinkKind, ProgrammeKind, Use
from places.forms import WEB_ADDRESS, ProgrammeForm
from places.models.places import Place

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Law changes; what nobody has looked at for so many months, the page says so.
CHECKED_FOR = 12


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
    """A programme or a right in law: what it is, who may use it, how it goes and whether it can be used now.

    `use` is what somebody found on the day `checked_on`; `started` and `ended` are `YYYY` or `YYYY-MM`, and `in_force`
    says the same in words, to the day where the law does.
    """

    summary = models.CharField(_("summary"), max_length=300)
    kind = models.CharField(_("what kind of thing it is"), max_length=10, choices=ProgrammeKind, blank=True)
    use = models.CharField(_("can it be used now?"), max_length=10, choices=Use, blank=True)
    checked_on = models.DateField(_("looked up on"), null=True, blank=True)
    started = PartialDateField(_("started"))
    ended = PartialDateField(_("ended"))
    what_it_is = RichTextField(_("what it is"), features=PROSE_FEATURES, blank=True)
    current_state = RichTextField(_("what was found"), features=PROSE_FEATURES, blank=True)
    who_may_use = RichTextField(_("who may use it"), features=PROSE_FEATURES, blank=True)
    legal_basis = RichTextField(_("legal basis"), features=PROSE_FEATURES, blank=True)
    nation = models.CharField(_("nation"), max_length=40, blank=True)
    in_force = models.CharField(_("in force"), max_length=160, blank=True)

    if TYPE_CHECKING:
        steps: RelatedManager["ProgrammeStep"]
        sources: RelatedManager["ProgrammeSource"]
        programme_places: RelatedManager["ProgrammePlace"]

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary", widget=AdminAutoHeightTextInput, help_text=_("What it lets whom do, in two sentences.")),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("nation", help_text=_("For example: England"))]),
        FieldPanel("what_it_is"),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("use"),
                        FieldPanel("checked_on", help_text=_("The day on which somebody last read the law or asked.")),
                    ]
                ),
                FieldPanel(
                    "current_state",
                    help_text=_("What you found, where you did not look, and how sure you are. The day is shown."),
                ),
                FieldRowPanel(
                    [
                        FieldPanel("started", help_text=_("A year, like 2012, or a month, like 2012-06")),
                        FieldPanel("ended", help_text=_("Leave it empty while it goes on.")),
                    ]
                ),
                FieldPanel("in_force", help_text=_("The same in words. For example: In force from 27 June 2012.")),
            ],
            heading=_("Can it be used now?"),
        ),
        FieldPanel("who_may_use"),
        InlinePanel(
            "steps",
            heading=_("How it goes, stage by stage"),
            label=_("stage"),
            help_text=_("In the order in which they come, each with who acts and how long it may take."),
        ),
        FieldPanel("legal_basis", help_text=_("Act, part and section; regulations. Link to the law itself below.")),
        InlinePanel("sources", heading=_("Law, guidance and sources"), label=_("link")),
        InlinePanel(
            "programme_places",
            heading=_("Places"),
            label=_("place"),
            help_text=_("Those that took part and have no case study yet; the others come with their case studies."),
        ),
    ]
    base_form_class = ProgrammeForm
    parent_page_types = ["places.ProgrammeIndexPage"]
    subpage_types: list[str] = []
    template = "places/programme_page.html"

    # A draft that is saved as it grows may contradict itself for a while (`ProgrammeForm` sets this).
    checks_wait = False

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def clean(self) -> None:
        super().clean()
        if self.checks_wait:
            return
        check_order(self.started, self.ended)
        if self.use == Use.OPEN and self.is_over(timezone.localdate()):
            raise ValidationError(
                {"use": _("It has an end date that has passed. Choose “Closed”, or remove the date.")}
            )

    def is_over(self, today: date) -> bool:
        """Whether the year or month in which it ended has passed."""
        return bool(self.ended) and self.ended < today.isoformat()[: len(self.ended)]

    @property
    def check_is_old(self) -> bool:
        """Whether it is time that somebody looked again; not of what is closed, which stays so."""
        if self.use == Use.CLOSED or self.checked_on is None:
            return False
        return self.checked_on <= months_ago(timezone.localdate(), CHECKED_FOR)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        links = list(self.sources.all())
        return {
            **super().get_context(request, *args, **kwargs),
            "follow_target": ("programme", self.pk),
            **{f"{kind}_links": [link for link in links if link.kind == kind] for kind in LinkKind.values},
        }


class ProgrammeStep(Orderable):
    """A stage of the process. `who` acts, and `takes` says how long, both in words."""

    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="steps")
    title = models.CharField(_("stage"), max_length=160)
    who = models.CharField(_("who acts"), max_length=80, blank=True)
    takes = models.CharField(_("how long it takes"), max_length=120, blank=True)
    text = models.TextField(_("what happens"), blank=True)

    panels = [
        FieldPanel("title", help_text=_("What is done, as an order. For example: Nominate early")),
        FieldRowPanel(
            [
                FieldPanel("who", help_text=_("For example: the council")),
                FieldPanel("takes", help_text=_("For example: within 30 days")),
            ]
        ),
        FieldPanel("text"),
    ]


class ProgrammeSource(Orderable):
    """A link beside the text: the law, guidance, or where the facts come from."""

    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(_("what it is"), max_length=10, choices=LinkKind, default=LinkKind.SOURCE)
    title = models.CharField(_("source"), max_length=200)
    url = models.URLField(_("address"), max_length=500)

    panels = [
        FieldRowPanel([FieldPanel("title", help_text=_("Who says it, and about what.")), FieldPanel("kind")]),
        FieldPanel("url", help_text=_("Starts with https://")),
    ]

    def clean(self) -> None:
        super().clean()
        if self.url and not self.url.startswith(("https://", "http://")):
            raise ValidationError({"url": WEB_ADDRESS})


class ProgrammePlace(Orderable):
    """A place that took part."""

    page = ParentalKey(ProgrammePage, on_delete=models.CASCADE, related_name="programme_places")
    place = models.ForeignKey(Place, verbose_name=_("place"), on_delete=models.PROTECT, related_name="+")

    panels = [FieldPanel("place")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "place"], name="programme_place_once")]
