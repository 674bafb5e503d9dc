"""The provider's dated records: what the law asks whoever runs the site to write down, review and keep."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, RevisionMixin

REVIEW_AFTER = timedelta(days=365)


class RecordKind(models.TextChoices):
    """Sources: Online Safety Act 2023, sections 9, 23 and 36; UK GDPR, article 35."""

    ILLEGAL_CONTENT = "illegal_content", _("Illegal content risk assessment")
    CHILDREN_ACCESS = "children_access", _("Children’s access assessment")
    MEASURES = "measures", _("Record of measures taken")
    DPIA = "dpia", _("Data protection impact assessment")
    RELEASE = "release", _("Release checklist")
    OTHER = "other", _("Another record")


# Without one of each, the CMS says so.
NEEDED = (RecordKind.ILLEGAL_CONTENT, RecordKind.CHILDREN_ACCESS, RecordKind.MEASURES, RecordKind.DPIA)


def in_a_year() -> date:
    return timezone.localdate() + REVIEW_AFTER


class ProviderRecord(RevisionMixin, ClusterableModel):
    """One record, as it stands; every saved version of it is a revision, and goes into the export.

    `author` is who wrote it, as words: whoever wrote it may not have an account.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=RecordKind)
    title = models.CharField(_("title"), max_length=200)
    dated = models.DateField(_("date"), default=timezone.localdate)
    author = models.CharField(_("written by"), max_length=200)
    next_review = models.DateField(
        _("to be reviewed by"),
        default=in_a_year,
        help_text=_(
            "At the latest a year after its date. Review it before that when you change who can post, see or contact."
        ),
    )
    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"])

    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("title"),
                FieldPanel("dated"),
                FieldPanel("author"),
                FieldPanel("next_review"),
            ],
            heading=_("What it is"),
        ),
        FieldPanel("body"),
        InlinePanel("attachments", label=_("Attachment")),
    ]

    class Meta:
        verbose_name = _("provider’s record")
        verbose_name_plural = _("provider’s records")
        ordering = ["kind", "-dated", "-pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.dated and self.next_review and self.next_review <= self.dated:
            raise ValidationError({"next_review": _("The review comes after the date of the record.")})

    @property
    def is_overdue(self) -> bool:
        return self.next_review <= timezone.localdate()


def check_attachment(upload: Any) -> None:
    """A document of the kinds that the site takes, that is what its name says."""
    from core.documents import trouble_with

    extension = str(upload.name).rpartition(".")[2].lower()
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(_("Attach a PDF, a Word, Excel or OpenDocument file, CSV or plain text."))
    if upload.size > settings.WAGTAILDOCS_MAX_UPLOAD_SIZE:
        raise ValidationError(_("This file is too large."))
    if hasattr(upload.file, "read") and (trouble := trouble_with(upload.file)):
        raise ValidationError(trouble)


class ProviderRecordAttachment(Orderable):
    """Not a document of the library: it is nobody's to link to, and leaves only with the export."""

    record = ParentalKey(ProviderRecord, on_delete=models.CASCADE, related_name="attachments")
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="provider-records/", validators=[check_attachment])

    panels: ClassVar[list[Any]] = [FieldPanel("title"), FieldPanel("file")]

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.title
