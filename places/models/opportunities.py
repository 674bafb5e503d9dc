"""Opportunities: a council's published window for expressions of interest, and what became of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, PageManager
from wagtail.query import PageQuerySet

from core.models import BasePage, Topic
from members.models import Organisation, OrganisationPage
from members.permissions import is_editor
from members.selectors import beneath_pages_of, organisation_of, organisation_page_above
from places.models.places import Place
from places.models.programmes import ProgrammePage
from places.opportunities import times
from places.opportunities.forms import OpportunityForm
from places.opportunities.rules import trouble_with_dates, trouble_with_link

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class WithdrawnReason(models.TextChoices):
    """Chosen and not written, so that a window can be withdrawn at once, without a reviewer."""

    PLANS = "plans", _("The council’s plans have changed")
    MONEY = "money", _("The money is no longer there")
    REPLACED = "replaced", _("Another window replaces it")
    ERROR = "error", _("It was published by mistake")
    LAW = "law", _("The law does not allow it, or has changed")
    OTHER = "other", _("Another reason: the contact can say which")


class OpportunityQuerySet(PageQuerySet):
    def listed(self) -> "OpportunityQuerySet":
        """Published: everybody may read the whole of it. Twin of `permissions.can_read_opportunity`."""
        return self.live().exclude(window=None)

    def standing(self) -> "OpportunityQuerySet":
        """Published, and not withdrawn."""
        return self.listed().filter(window__withdrawn_at=None)

    def open(self, now: datetime | None = None) -> "OpportunityQuerySet":
        now = now or timezone.now()
        return self.standing().filter(opens__lte=now, closes__gt=now)

    def upcoming(self, now: datetime | None = None) -> "OpportunityQuerySet":
        return self.standing().filter(opens__gt=now or timezone.now())

    def current(self, now: datetime | None = None) -> "OpportunityQuerySet":
        """Open, or yet to open."""
        return self.standing().filter(closes__gt=now or timezone.now())

    def closing(self, now: datetime | None = None) -> "OpportunityQuerySet":
        """Open, and closing within a week."""
        now = now or timezone.now()
        return self.open(now).filter(closes__lt=times.reminded_before(now))

    def over(self, now: datetime | None = None) -> "OpportunityQuerySet":
        """Closed or withdrawn."""
        return self.listed().filter(Q(closes__lte=now or timezone.now()) | Q(window__withdrawn_at__isnull=False))

    def withdrawable_by(self, user: Any) -> "OpportunityQuerySet":
        """Twin of `permissions.can_withdraw_opportunity`."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if is_editor(user):
            return self.listed()
        return self.listed().filter(beneath_pages_of(Organisation.objects.writable_by(user)))

    def of(self, what: Any) -> "OpportunityQuerySet":
        """Those of a programme, a place, or an organisation; its page, where that is at hand, spares a query."""
        if isinstance(what, ProgrammePage):
            return self.filter(programme=what.pk)
        if isinstance(what, Place):
            return self.filter(places=what)
        if isinstance(what, OrganisationPage):
            return self.child_of(what)
        return self.filter(beneath_pages_of([what]))

    def for_lists(self) -> "OpportunityQuerySet":
        """With what a row of a list shows, less the long texts."""
        return (
            self.defer("description", "who_may_apply", "how_to_apply")
            .select_related("window__organisation", "programme")
            .prefetch_related("places")
        )


OpportunityManager = PageManager.from_queryset(OpportunityQuerySet)


class OpportunityPage(BasePage):
    """`/councils/<slug>/<opportunity>/`: what a council asks people to come forward for, from when until when, and how.

    Drafted, reviewed, scheduled and published like a case study. `opens` and `closes` are moments, typed and shown by
    London's clocks. That it was withdrawn is no part of its text (`Window`).
    """

    summary = models.CharField(
        _("summary"),
        max_length=300,
        help_text=_(
            "Who is asked for what, in a sentence or two. For example: “Community groups may say that they want to run "
            "our three branch libraries from April.”"
        ),
    )
    service = models.CharField(
        _("service"), max_length=160, help_text=_("What it is about. For example: “Branch libraries”.")
    )
    description = RichTextField(
        _("what is asked for"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("What a group would take on, from when, and what the council gives with it."),
    )
    who_may_apply = RichTextField(_("who may apply"), features=TEXT_FEATURES, blank=True)
    opens = models.DateTimeField(_("opens"), null=True, help_text=_("By the clock in London."))
    closes = models.DateTimeField(
        _("closes"), null=True, help_text=_("The last moment. A time like 17:00 or 23:59 is clearer than midnight.")
    )
    how_to_apply = RichTextField(
        _("how to apply"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("What to send, to whom, and what happens then. People without the web need a way too."),
    )
    apply_url = models.URLField(_("page or form to apply with"), max_length=500, blank=True)
    contact_name = models.CharField(
        _("contact: team or name"), max_length=120, blank=True, help_text=_("Everybody reads this. A team is enough.")
    )
    contact_email = models.EmailField(_("contact: email"), blank=True, help_text=_("Everybody reads this."))
    contact_phone = models.CharField(_("contact: telephone"), max_length=40, blank=True)
    programme = models.ForeignKey(
        ProgrammePage, verbose_name=_("programme"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="opportunities")
    places = ParentalManyToManyField(Place, verbose_name=_("places"), blank=True, related_name="opportunities")
    source_url = models.URLField(
        _("where it was published first"),
        max_length=500,
        blank=True,
        help_text=_("The council’s own page or notice, if there is one."),
    )

    if TYPE_CHECKING:
        documents: RelatedManager["OpportunityDocument"]
        window: "Window"

    objects = OpportunityManager()

    content_panels = [
        # Not TitleFieldPanel: it fills an address field, and the address is none of the author's business.
        FieldPanel(
            "title", help_text=_("Say who may do what: “Run one of our three branch libraries”, not “EOI notice 14”.")
        ),
        HelpPanel(
            _(
                "Readers see it when it is published. Those who follow the council, the programme, a place or a topic "
                "are told when it opens, and again a week before it closes. To call it off, publish nothing: press "
                "“Withdraw this opportunity” at the top."
            )
        ),
        FieldPanel("summary"),
        FieldPanel("service"),
        MultiFieldPanel([FieldPanel("opens"), FieldPanel("closes")], heading=_("From when until when")),
        FieldPanel("description"),
        FieldPanel("who_may_apply"),
        MultiFieldPanel(
            [
                FieldPanel("how_to_apply"),
                FieldPanel("apply_url"),
                FieldPanel("contact_name"),
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
            ],
            heading=_("How to apply, and whom to ask"),
        ),
        InlinePanel("documents", heading=_("Documents"), label=_("document")),
        MultiFieldPanel(
            [FieldPanel("programme"), FieldPanel("places"), FieldPanel("topics")], heading=_("Where it belongs")
        ),
        FieldPanel("source_url"),
    ]
    promote_panels = [FieldPanel("slug", permission="superuser"), FieldPanel("search_description")]
    base_form_class = OpportunityForm
    parent_page_types = ["members.OrganisationPage"]
    subpage_types: list[str] = []
    comes_with = ("window__organisation", "programme")
    template = "places/opportunity_page.html"
    page_description = _("A window in which people may come forward for something: what, until when, and how.")

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")

    # A draft that is saved as it grows may contradict itself for a while (`OpportunityForm` sets this).
    checks_wait = False

    def clean(self) -> None:
        super().clean()
        if self.checks_wait:
            return
        wrong = trouble_with_dates(self.opens, self.closes)
        wrong |= {
            name: trouble
            for name in ("apply_url", "source_url")
            if (trouble := trouble_with_link(getattr(self, name) or ""))
        }
        if wrong:
            raise ValidationError({name: [words] for name, words in wrong.items()})

    @property
    def withdrawn(self) -> "Window | None":
        """What is known of its being withdrawn, if it was."""
        window: Window | None = getattr(self, "window", None)
        return window if window and window.withdrawn_at else None

    @property
    def council(self) -> Organisation | None:
        return organisation_of(self)

    @property
    def state(self) -> times.State | None:
        return times.state_at(timezone.now(), opens=self.opens, closes=self.closes, withdrawn=bool(self.withdrawn))

    @property
    def state_label(self) -> str:
        return str(self.state.label) if self.state else ""

    @property
    def when(self) -> str:
        """“Closes 17:00 on Friday 12 December 2026”."""
        return times.in_words(self.state, opens=self.opens, closes=self.closes)

    @property
    def opens_said(self) -> str:
        return times.said_opening(self.opens) if self.opens else ""

    @property
    def closes_said(self) -> str:
        return times.said(self.closes) if self.closes else ""

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        above = organisation_page_above(self)
        return {
            **super().get_context(request, *args, **kwargs),
            "organisation_page": above,
            "organisation": above.organisation if above else None,
        }


class OpportunityDocument(Orderable):
    """A form, a specification, a map. As public as the page: whoever may read the page may open it."""

    page = ParentalKey(OpportunityPage, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("document"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("what it is"), max_length=160, blank=True)

    panels = [FieldPanel("document"), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    @property
    def name(self) -> str:
        return self.title or str(self.document.title)


class Window(models.Model):
    """What calendars and followers know of a published opportunity. No revision of the page holds it.

    It outlives the page, so that calendars hear that the window is gone: `number` is the page's, `gone_at` when it was
    last taken from readers. `sequence` rises with every published change, `changed_at` is when. `opened_for`,
    `closing_for` and `closed_for` are the dates of which the log has told, each once; empty when that is to be told
    again, because the date has moved. `names` are those that calendars show besides (`places.opportunities.names`).
    """

    page = models.OneToOneField(OpportunityPage, null=True, on_delete=models.SET_NULL, related_name="window")
    number = models.PositiveBigIntegerField(unique=True)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="windows")
    programme = models.ForeignKey(ProgrammePage, null=True, on_delete=models.SET_NULL, related_name="+")
    places = models.ManyToManyField(Place, related_name="windows")
    names = models.JSONField(default=list)
    gone_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=10, choices=WithdrawnReason, blank=True)
    opened_for = models.DateTimeField(null=True)
    closing_for = models.DateTimeField(null=True)
    closed_for = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("window of an opportunity")
        verbose_name_plural = _("windows of opportunities")

    def __str__(self) -> str:
        return f"opportunity {self.number}"
