"""What is searched for: numbers a day, and nothing about who searched."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchCount(models.Model):
    """The readers' searches for one text on one day (Europe/London), in small letters and without what looks like
    somebody's personal data (`search.counting`).

    No person, address, device or cookie goes into it. `found_nothing` of them found nothing without any filter; a
    result was `opened` so often.
    """

    text = models.CharField(_("text"), max_length=80)
    day = models.DateField(_("day"))
    searched = models.PositiveIntegerField(_("searched"), default=0)
    found_nothing = models.PositiveIntegerField(_("found nothing"), default=0)
    opened = models.PositiveIntegerField(_("results opened"), default=0)

    class Meta:
        verbose_name = _("search count")
        verbose_name_plural = _("search counts")
        constraints = [models.UniqueConstraint(fields=["day", "text"], name="search_count_once_a_day")]

    def __str__(self) -> str:
        return f"{self.text} {self.day}: {self.searched}"
