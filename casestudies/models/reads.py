"""How often a case study was read: one number a day, and nothing about who read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadCount(models.Model):
    """The readers' requests for one page on one day (Europe/London). `from_search` of them came from our own search.

    No person, address, device or cookie goes into it. Robots that say so are left out, and so are pages that a
    browser showed again without asking; `casestudies.reads` counts.
    """

    page = models.ForeignKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="read_counts")
    day = models.DateField(_("day"))
    reads = models.PositiveIntegerField(_("reads"), default=0)
    from_search = models.PositiveIntegerField(_("reads from our search"), default=0)

    class Meta:
        verbose_name = _("read count")
        verbose_name_plural = _("read counts")
        constraints = [models.UniqueConstraint(fields=["page", "day"], name="read_count_once_a_day")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day}: {self.reads}"
