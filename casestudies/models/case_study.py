"""The case study: the network's convention for an example, as a guided page."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail.fields import RichTextField

from casestudies.choices import Audience, Outcome, Stage, WrittenBy
from casestudies.panels import edit_handler
from casestudies.querysets import CaseStudyManager
from casestudies.reads import note_read
from core.dates import PartialDateField, check_order
from core.models import BasePage, Topic
from places.models import ProgrammePage

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from casestudies.models import adoptions, parts, standing
    from casestudies.models import measures as figures

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "table"]
SUMMARY_LENGTH = 300
AS_A_MEMBER, AS_EVERYBODY = "member", "everybody"


class CaseStudyTag(TaggedItemBase):
    content_object = ParentalKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="tagged_items")


def _text(label: Any, help_text: Any = "") -> RichTextField:
    return RichTextField(label, features=TEXT_FEATURES, blank=True, help_text=help_text)


class CaseStudyPage(BasePage):
    """What somebody tried: the problem, what was done, what it cost, what changed and what did not work.

    Money is in whole pounds. Dates are `YYYY` or `YYYY-MM`. `audience` is a field, so that who may read is
    drafted, reviewed and published with the text; `casestudies.permissions.can_read` decides.
    """

    summary = models.CharField(
        _("summary"),
        max_length=SUMMARY_LENGTH,
        help_text=_(
            "What was tried, where, and what came of it, with a number if you have one. For example: “Regulars "
            "raised £142,600 in shares, bought their pub and opened it within a year.”"
        ),
    )
    problem = _text(
        _("the problem"),
        _("What was wrong, for whom, and how you knew. For example: “One shop in four on the High Street was empty.”"),
    )
    who_for = _text(_("who it is for"), _("The people who were meant to gain, and how many of them there are."))
    approach = _text(_("what we did"), _("In the order in which you did it, so that another place could follow."))
    results = _text(
        _("results in words"),
        _("What changed, by how much, since when. Say too what did not change. Figures go below."),
    )
    did_not_work = _text(
        _("what did not work"),
        _(
            "The most useful part for the next place. For example: “We opened the grant for two weeks in August and "
            "nobody applied.” If everything worked, say what you would do differently."
        ),
    )
    advice = _text(_("advice for another place"), _("What you would tell a colleague who starts on Monday."))
    what_next = _text(_("what happens next"), _("Whether it goes on, who pays for it, and what you will try now."))
    other_text = RichTextField(
        _("other text from the document"),
        features=[*TEXT_FEATURES, "h3"],
        blank=True,
        help_text=_(
            "What stood in your Word file and belongs under none of the questions. Move it where it belongs, keep it "
            "here under its own headings for readers, or delete it."
        ),
    )

    outcome = models.CharField(_("did it work?"), max_length=20, choices=Outcome, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.RUNNING)
    ended_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    started = PartialDateField(_("started"), help_text=_("A year, like 2013, or a month, like 2013-03"))
    ended = PartialDateField(_("ended"))

    setup_cost = models.DecimalField(
        _("cost to set up (£)"),
        max_digits=12,
        decimal_places=0,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    yearly_cost = models.DecimalField(
        _("cost a year (£)"), max_digits=12, decimal_places=0, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    cost_note = models.CharField(
        _("what to know about the money"), max_length=400, blank=True, help_text=_("What the figures include, and not.")
    )
    funder = models.CharField(_("who paid"), max_length=200, blank=True)
    staff_time = models.CharField(
        _("staff time"), max_length=160, blank=True, help_text=_("For example: one officer, two days a week, a year")
    )
    time_to_first_result = models.CharField(_("time to the first result"), max_length=120, blank=True)

    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="case_studies")
    tags = ClusterTaggableManager(through=CaseStudyTag, blank=True, verbose_name=_("tags"))
    programme = models.ForeignKey(
        ProgrammePage, verbose_name=_("programme"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    written_by = models.CharField(_("written by"), max_length=12, choices=WrittenBy, default=WrittenBy.ORGANISATION)
    audience = models.CharField(
        _("who may read it"),
        max_length=10,
        choices=Audience,
        default=Audience.PUBLIC,
        help_text=_("“Members only” shows everybody else the title, the summary and how to join."),
    )
    contact_name = models.CharField(_("contact: name"), max_length=120, blank=True)
    contact_role = models.CharField(_("contact: job title"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact: email"), blank=True)
    source_url = models.URLField(_("where it was published first"), max_length=500, blank=True)
    public_details = models.JSONField(
        _("meant to be public"),
        default=list,
        blank=True,
        help_text=_(
            "What looks like somebody’s personal details, and its author says is meant to be read by everybody."
        ),
    )
    import_id = models.CharField(
        _("number in the import"), max_length=120, null=True, blank=True, unique=True, editable=False
    )
    import_digest = models.CharField(max_length=64, blank=True, editable=False)

    if TYPE_CHECKING:
        standing: standing.Standing
        adoptions: RelatedManager[adoptions.Adoption]
        measures: RelatedManager[figures.Measure]
        lessons: RelatedManager[parts.Lesson]
        milestones: RelatedManager[parts.Milestone]
        risks: RelatedManager[parts.Risk]
        needs: RelatedManager[parts.Need]
        case_study_places: RelatedManager[parts.CaseStudyPlace]
        partners: RelatedManager[parts.Partner]
        sources: RelatedManager[parts.Source]
        photos: RelatedManager[parts.Photo]
        documents: RelatedManager[parts.Document]

    objects = CaseStudyManager()

    edit_handler = edit_handler
    # A copy is a new account, which the import does not know.
    exclude_fields_in_copy = ["import_id", "import_digest", "public_details"]
    parent_page_types = ["members.OrganisationPage"]
    subpage_types: list[str] = []
    template = "casestudies/case_study_page.html"
    page_description = _("What you tried, what it cost, what changed and what did not work.")

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")

    # A draft that is saved as it grows may contradict itself for a while (`CaseStudyForm` sets this).
    checks_wait = False

    def clean(self) -> None:
        super().clean()
        if self.checks_wait:
            return
        check_order(self.started, self.ended)
        errors: dict[str, Any] = {}
        if self.ended and self.stage != Stage.ENDED:
            errors["stage"] = _("It has an end date. Choose “Ended”, or remove the date.")
        if errors:
            raise ValidationError(errors)

    @property
    def has_cost(self) -> bool:
        """Nothing is a cost too: 0 counts as stated."""
        return self.setup_cost is not None or self.yearly_cost is not None or bool(self.cost_note)

    @property
    def is_members_only(self) -> bool:
        return self.audience == Audience.MEMBERS

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from casestudies.selectors import reading_context

        preview = bool(getattr(request, "is_preview", False))
        return {
            **super().get_context(request, *args, **kwargs),
            **reading_context(page=self, user=request.user, preview=preview),
        }

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [(AS_A_MEMBER, _("As a member sees it")), (AS_EVERYBODY, _("As everybody sees it"))]

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """As everybody sees it, nobody is signed in; as a member, whoever looks is one."""
        if mode_name == AS_EVERYBODY:
            request.user = AnonymousUser()
        return super().serve_preview(request, mode_name)

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What members or signed-in people see beyond the public page stays in no cache on the way."""
        response = super().serve(request, *args, **kwargs)
        note_read(self, request, response)
        if request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response
