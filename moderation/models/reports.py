"""A reader's report of something that should not be here. No account is needed."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    ILLEGAL = "illegal", _("It may be against the law")
    PERSONAL_DATA = "personal_data", _("It contains personal details")
    ABUSE = "abuse", _("It attacks or insults somebody")
    WRONG = "wrong", _("It is wrong or misleading")
    SPAM = "spam", _("It is advertising or spam")
    OTHER = "other", _("Something else")


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> "ReportQuerySet":
        return self.filter(handled_at=None)

    def about(self, subject: models.Model) -> "ReportQuerySet":
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk)


class Report(models.Model):
    """Kept with the time it came and the time it was dealt with (Online Safety Act 2023, section 20)."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    kind = models.CharField(_("what is wrong"), max_length=20, choices=ReportKind)
    details = models.TextField(_("details"), blank=True, max_length=4000)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    reporter_email = models.EmailField(_("your email address"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="report_subject")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.created_at:%Y-%m-%d})"
