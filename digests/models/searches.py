"""What the searches that people follow have found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(models.TextChoices):
    """Whom a search may tell of what it found."""

    EVERYBODY = "everybody", _("Everybody")
    OPEN_PART = "open_part", _("Everybody: it was found by what is open of a case study for members")
    MEMBERS = "members", _("Members")
    OTHERS = "others", _("Everybody but members, who could find it before")


class SearchMatch(models.Model):
    """A run asked what a search finds among what was published, and it found this; asked once for all who follow it.

    What it may tell whom is decided when the mail is written: `reach` says what it was found by, and the page what it
    is now.
    """

    search = models.ForeignKey("search.SavedSearch", on_delete=models.CASCADE, related_name="matches")
    event = models.ForeignKey("core.Event", on_delete=models.CASCADE, related_name="+")
    reach = models.CharField(max_length=10, choices=Reach)

    class Meta:
        verbose_name = _("match of a saved search")
        verbose_name_plural = _("matches of saved searches")
        constraints = [models.UniqueConstraint(fields=["search", "event"], name="search_match_once")]

    def __str__(self) -> str:
        return f"search {self.search_id} → event {self.event_id}: {self.reach}"
