"""The briefing: what an organisation found out, with a conclusion for everybody and the rest for members."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from casestudies.briefings.panels import edit_handler
from casestudies.briefings.querysets import BriefingManager, BriefingTrialQuerySet
from casestudies.choices import Audience
from casestudies.models.case_study import AS_A_MEMBER, AS_EVERYBODY, SUMMARY_LENGTH, CaseStudyPage
from core.models import BasePage, Topic
from members.models import Organisation
from places.models import ProgrammePage

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

CONCLUSION_FEATURES = ["bold", "italic", "ol", "ul", "link"]
# No images: a picture in a text is served by its own address, and would need a guard of its own.
BODY_FEATURES = ["h2", "h3", *CONCLUSION_FEATURES, "table"]
TRIAL_FOR = timedelta(days=7)
TRIAL_OPENS = 20


def _today() -> Any:
    return timezone.localdate()


class BriefingPage(BasePage):
    """Stands beneath its organisation's page, whose rights and review are its own, and is read at `/briefings/<slug>/`.

    Title, summary, conclusion, authors, date, topics and programme are for everybody. `body` and all rows below it are
    for members: `casestudies.permissions.can_read` decides, and asks for `audience`, which no briefing can change.
    """

    audience = Audience.MEMBERS

    summary = models.CharField(
        _("summary, for everybody"),
        max_length=SUMMARY_LENGTH,
        help_text=_("What it is about and why it matters now, in two sentences. Everybody reads this."),
    )
    conclusion = RichTextField(
        _("conclusion, for everybody"),
        features=CONCLUSION_FEATURES,
        help_text=_("What you found, so that somebody who reads no further knows it. Everybody reads this."),
    )
    body = RichTextField(
        _("the briefing, for members"),
        features=BODY_FEATURES,
        help_text=_("Only members read this. Its headings tell others how many parts it has, and no more."),
    )
    authors = models.CharField(
        _("who wrote it"), max_length=200, help_text=_("Names as they stand on the page, for example: Nia Rees, policy")
    )
    dated = models.DateField(_("date"), default=_today, help_text=_("The day that its facts were checked."))
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="briefings")
    programme = models.ForeignKey(
        ProgrammePage, verbose_name=_("programme"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    if TYPE_CHECKING:
        documents: RelatedManager["BriefingDocument"]
        related: RelatedManager["BriefingCaseStudy"]
        sources: RelatedManager["BriefingSource"]
        trials: RelatedManager["BriefingTrial"]

    objects = BriefingManager()

    edit_handler = edit_handler
    parent_page_types = ["members.OrganisationPage"]
    subpage_types: list[str] = []
    template = "casestudies/briefing_page.html"
    page_description = _("What you found out, for members, with a conclusion that everybody may read.")

    class Meta:
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")

    @property
    def is_members_only(self) -> bool:
        return True

    def get_absolute_url(self) -> str:
        return reverse("briefing", args=[self.slug])

    def get_url_parts(self, request: Any = None) -> Any:
        """Of one address for all organisations: a briefing that moves to another keeps its links."""
        parts = super().get_url_parts(request)
        return (parts[0], parts[1], self.get_absolute_url()) if parts and parts[2] is not None else parts

    @staticmethod
    def _slug_is_available(slug: str, parent_page: Any, page: Any = None) -> bool:
        """Wagtail asks this before it makes up or takes an address; ours is one for all organisations."""
        taken = BriefingPage.objects.filter(slug=slug)
        if page is not None and page.pk:
            taken = taken.exclude(pk=page.pk)
        return bool(Page._slug_is_available(slug, parent_page, page)) and not taken.exists()

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from casestudies.briefings.selectors import reading_context

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
        """At its place in the tree it only says where it is read. What members see stays in no cache on the way."""
        here = getattr(request, "resolver_match", None)
        if here and here.url_name == "wagtail_serve":
            return HttpResponsePermanentRedirect(self.get_absolute_url())
        response = super().serve(request, *args, **kwargs)
        if request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


class BriefingDocument(Orderable):
    page = ParentalKey(BriefingPage, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        "wagtaildocs.Document", verbose_name=_("document"), on_delete=models.PROTECT, related_name="+"
    )

    panels = [FieldPanel("document")]


class BriefingCaseStudy(Orderable):
    page = ParentalKey(BriefingPage, on_delete=models.CASCADE, related_name="related")
    case_study = models.ForeignKey(
        CaseStudyPage, verbose_name=_("case study"), on_delete=models.CASCADE, related_name="in_briefings"
    )

    panels = [FieldPanel("case_study")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "case_study"], name="briefing_names_case_study_once")]


class BriefingSource(Orderable):
    page = ParentalKey(BriefingPage, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("source"), max_length=200)
    url = models.URLField(_("address"), max_length=500)

    panels = [FieldRowPanel([FieldPanel("title"), FieldPanel("url", help_text=_("Starts with https://"))])]


class BriefingTrial(models.Model):
    """A link with which somebody without an account reads one briefing for a few days. A council lead gives it.

    It works until `expires_at`, `opens` is `most_opens`, somebody takes it back, or who gave it is no lead of the
    organisation any more. The link itself is nowhere: it is signed with the row's number.
    """

    briefing = models.ForeignKey(BriefingPage, on_delete=models.CASCADE, related_name="trials")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="briefing_trials")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="briefing_trials"
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    expires_at = models.DateTimeField(_("works until"))
    note = models.CharField(_("for whom"), max_length=80, blank=True)
    opens = models.PositiveIntegerField(_("times opened"), default=0)
    most_opens = models.PositiveIntegerField(_("times it may be opened"), default=TRIAL_OPENS)
    last_opened_at = models.DateTimeField(_("last opened"), null=True)
    revoked_at = models.DateTimeField(_("taken back"), null=True)

    objects = BriefingTrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial link")
        verbose_name_plural = _("trial links")
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.briefing_id} · {self.organisation_id} · {self.opens}/{self.most_opens}"
