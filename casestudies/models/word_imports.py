"""What was understood of a Word file, kept between the preview and the draft."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(hours=24)


class WordImportQuerySet(models.QuerySet["WordImport"]):
    def of(self, person: object) -> "WordImportQuerySet":
        """What this person may go on with: their own, while it is kept."""
        return self.filter(person=person, created_at__gt=timezone.now() - KEPT)

    def expired(self) -> "WordImportQuerySet":
        return self.filter(created_at__lte=timezone.now() - KEPT)


class WordImport(models.Model):
    """The text of an uploaded document in parts; the file itself is not kept. Only who uploaded it reaches it.

    `content` is `casestudies.word.Understood.as_json()`. It goes when the draft is made, and after a day in any case.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="word_imports")
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = WordImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Word import")
        verbose_name_plural = _("Word imports")

    def __str__(self) -> str:
        return self.file_name
