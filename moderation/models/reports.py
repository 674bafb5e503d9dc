"""Reports of what should not be here, each a case with its reference, its clock and its log. No account is needed."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# No vowels and nothing that looks like something else: read out on the telephone, and never a word.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """“R-7KQ4-M2XP”: says nothing about how many there are."""
    letters = "".join(secrets.choice(ALPHABET) for _number in range(8))
    return f"R-{letters[:4]}-{letters[4:]}"


class ReportKind(models.TextChoices):
    """In the order of how serious they are; `moderation.report_kinds` says what each sets in motion."""

    CHILD_ABUSE = "child_abuse", _("It shows or supports the sexual abuse of a child")
    INTIMATE_IMAGE = "intimate_image", _("It is an intimate picture of somebody who did not agree to it")
    ILLEGAL = "illegal", _("It may be against the law")
    DEFAMATION = "defamation", _("It is untrue and harms somebody’s good name (defamation)")
    PERSONAL_DATA = "personal_data", _("It contains personal details")
    ABUSE = "abuse", _("It attacks or insults somebody")
    WRONG = "wrong", _("It is wrong or misleading")
    SPAM = "spam", _("It is advertising or spam")
    OTHER = "other", _("Something else")
    COMPLAINT = "complaint", _("A complaint about how we run the network")


class ReportState(models.TextChoices):
    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_PROGRESS = "in_progress", _("In progress")
    DECIDED = "decided", _("Decided")


class ReportOutcome(models.TextChoices):
    ACTED = "acted", _("Taken away")
    LEFT = "left", _("Left as it is")
    ANSWERED = "answered", _("Answered")
    GONE = "gone", _("It was no longer there")
    MISUSED = "misused", _("Misuse of reporting")


class ReportQuerySet(models.QuerySet["Report"]):
    def waiting(self) -> "ReportQuerySet":
        return self.filter(handled_at=None)

    def about(self, subject: models.Model) -> "ReportQuerySet":
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk)

    def overdue(self) -> "ReportQuerySet":
        return self.waiting().filter(due_at__lt=timezone.now())


class Report(models.Model):
    """One case. Kept with the time it came, the time the thing was hidden and the time it was dealt with.

    Without a subject it is about the network itself. `answers` are what its kind of form asks beside the details
    (`moderation.report_forms`). `visitor` is a keyed hash of the connection it came from, kept while the case is
    open, to tell independent readers apart. `hid_at` says that this report hid the thing by itself, and
    `hid_revision` which revision of a page was public then. `about_case` is what a complaint names; never itself a
    complaint about a case. `poster_answer` is what the writer of reported words
    replied to a notice of complaint.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True)
    object_id = models.BigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("content_type", "object_id")
    about_case = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="complaints",
        verbose_name=_("about case"),
    )
    kind = models.CharField(_("what is wrong"), max_length=20, choices=ReportKind)
    details = models.TextField(_("details"), blank=True, max_length=4000)
    answers = models.JSONField(default=dict, blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    reporter_email = models.EmailField(_("your email address"), blank=True)
    language = models.CharField(max_length=2, default="en")
    visitor = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    due_at = models.DateTimeField(_("due"), db_index=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    hid_at = models.DateTimeField(null=True, blank=True)
    hid_revision = models.BigIntegerField(null=True, blank=True)
    passed_on_at = models.DateTimeField(null=True, blank=True)
    poster_answer = models.JSONField(default=dict, blank=True)
    nca_reference = models.CharField(_("reference of the National Crime Agency"), max_length=80, blank=True)
    nca_reported_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=ReportOutcome, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="report_subject"),
            models.Index(fields=["visitor", "created_at"], name="report_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.created_at:%Y-%m-%d})"

    @property
    def state(self) -> ReportState:
        """Read from what has happened, so that the two can never differ."""
        if self.handled_at:
            return ReportState.DECIDED
        if self.started_at:
            return ReportState.IN_PROGRESS
        return ReportState.ACKNOWLEDGED if self.acknowledged_at else ReportState.RECEIVED

    @property
    def contact(self) -> str:
        """Where its reporter hears from us; empty where they left nothing."""
        if self.reporter is not None:
            return self.reporter.email
        return self.reporter_email


class LineKind(models.TextChoices):
    """What may happen in a case; the words stand in its log."""

    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Receipt confirmed to whoever reported it")
    HIDDEN = "hidden", _("Hidden until somebody has looked")
    SHOWN = "shown", _("Shown again")
    ALERTED = "alerted", _("People who can act were told at once")
    PRESERVED = "preserved", _("Content and author’s data kept for the authorities")
    NOTE = "note", _("Note")
    WRITTEN = "written", _("Written to whoever reported it")
    PASSED_ON = "passed_on", _("Notice passed to the writer")
    POSTER_ANSWERED = "poster_answered", _("The writer answered")
    NCA = "nca", _("Reported to the National Crime Agency")
    OPENED = "opened", _("Content of a locked case opened")
    DECIDED = "decided", _("Decided")
    REOPENED = "reopened", _("Decision taken back: the case is open again")
    ERASED = "erased", _("Personal details erased, their time being over")


class ReportLine(models.Model):
    """One line of a case's log: appended, never changed (the database refuses updates and deletions).

    `by` is empty where the system did it, or somebody without an account.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="lines")
    what = models.CharField(max_length=16, choices=LineKind)
    words = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("line of a case")
        verbose_name_plural = _("lines of cases")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(LineKind(self.what).label)


class PreservedContent(models.Model):
    """What a locked case was about and whose it was, kept for the authorities until `kept_until`, shown nowhere.

    SI 2026/268: the content and the user data for a year.
    """

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="preserved")
    content: Any = models.JSONField()
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("preserved content")
        verbose_name_plural = _("preserved contents")

    def __str__(self) -> str:
        return self.report.reference
