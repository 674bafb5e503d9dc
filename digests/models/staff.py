"""What staff saw of people's mail, and what they did with it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Deed(models.TextChoices):
    LOOKED = "looked", _("Read somebody’s mail history")
    REHEARSED = "rehearsed", _("Saw what somebody would get")
    PREVIEWED = "previewed", _("Previewed a mail as somebody")
    RETRIED = "retried", _("Had mail tried again")
    SET_ASIDE = "set_aside", _("Set mail aside")
    RELEASED = "released", _("Let an address get mail again")


class StaffDeed(models.Model):
    """One look at somebody's data, or one thing done with their mail: who, whom, what and when.

    A row of its own rather than an event of `core.Event`: that log is about shared content and is told on to search,
    feeds and digests. And rather than a line in a log file: a person may ask who looked. It goes when they go.

    What concerns many mails is done in batches: `wish` says which mails, `cursor` the last one that was seen to (from
    the newest to the oldest), `mails` how many were changed, and `finished_at` that it is done.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=10, choices=Deed)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.EmailField(max_length=254, blank=True)
    words = models.CharField(max_length=300, blank=True)
    wish = models.JSONField(default=dict, blank=True)
    cursor = models.BigIntegerField(null=True, blank=True)
    mails = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deed of staff")
        verbose_name_plural = _("deeds of staff")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(finished_at=None), name="staff_deed_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.what}"
