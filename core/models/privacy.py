"""Records about personal data: what was forgotten and when, which of the staff looked at whose, and what waits for
somebody to sign in.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RetentionRecord(models.Model):
    """One rule of the retention schedule, run once (`core.retention`). Numbers only: nothing of what was forgotten.

    `error` is the kind of error that stopped it, without its words, which could name somebody.
    """

    rule = models.CharField(max_length=60)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("retention record")
        verbose_name_plural = _("retention records")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["rule", "-id"], name="retention_last_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.started_at:%Y-%m-%d %H:%M}: {self.rows}"


class KeptForm(models.Model):
    """What somebody sent to `path` without being signed in, for an hour (`core.keeping`). `key` is in their session."""

    key = models.CharField(max_length=40, unique=True)
    size = models.PositiveIntegerField()
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)
    path = models.TextField()
    words = models.TextField()

    class Meta:
        verbose_name = _("kept form")
        verbose_name_plural = _("kept forms")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.size}, {self.kept_at:%Y-%m-%d %H:%M}"


class LookedAt(models.TextChoices):
    LISTED = "listed", _("Searched the list of people")
    ACCOUNT = "account", _("Opened somebody’s account in the CMS")
    CHANGED = "changed", _("Changed somebody’s account in the CMS")
    HISTORY = "history", _("Opened somebody’s history in moderation")
    MAIL = "mail", _("Read somebody’s mail history")


class StaffLook(models.Model):
    """Somebody of the staff saw personal data of somebody else. Appended to, never changed or deleted before its time:
    the database refuses (`core.looks`).

    `by` and `person` are bare numbers of accounts, so that the record outlives both and keeps no name. A look at many
    people at once has no person, and `words` say what was looked for by its kind, never the words typed.
    """

    by = models.BigIntegerField(db_index=True)
    person = models.BigIntegerField(null=True, blank=True, db_index=True)
    what = models.CharField(max_length=10, choices=LookedAt)
    people = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.by} → {self.person}: {self.what}"
