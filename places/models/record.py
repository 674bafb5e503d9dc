"""The residents' record of a place: what people saw change, beside the council's own account."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core.dates import PartialDateField
from core.models import Topic
from members.models import Organisation
from moderation.models import Contribution, ContributionState
from places.models.places import Place
from places.models.programmes import ProgrammePage

if TYPE_CHECKING:
    from datetime import datetime

WORDS_LENGTH = 2000
LESSON_LENGTH = 1000
SOURCE_LENGTH = 500
ALT_LENGTH = 200
TITLE_LENGTH = 90
# The longer side of the two files of a photo, in pixels.
LARGE, SMALL = 1600, 480
GONE = (ContributionState.HIDDEN, ContributionState.REMOVED)


class Side(models.TextChoices):
    """Whose account an entry belongs to: told apart on the page by word, shape and colour."""

    RESIDENT = "resident", _("Residents’ record")
    COUNCIL = "council", _("Council’s account")
    EDITORS = "editors", _("From public sources")


class RecordEntry(Contribution):
    """One dated entry, or (`answers` is set) the one reply that a side has to an entry of the other.

    `words` say what changed, `lesson` what another place could learn; both plain text. `when` is `YYYY` or `YYYY-MM`,
    empty for a reply. `organisation` is the council that speaks, for its side alone.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="record")
    side = models.CharField(_("whose account"), max_length=10, choices=Side, default=Side.RESIDENT)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="record_entries"
    )
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    words = models.TextField(_("what changed"), max_length=WORDS_LENGTH)
    when = PartialDateField(_("when"))
    lesson = models.TextField(_("what another place could learn"), max_length=LESSON_LENGTH, blank=True)
    source_url = models.URLField(
        _("source"), max_length=SOURCE_LENGTH, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="record_entries")
    programme = models.ForeignKey(
        ProgrammePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="record_entries"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        created_at: datetime
        place_id: int
        organisation_id: int | None
        answers_id: int | None
        topic_id: int | None
        programme_id: int | None
        photo: "RecordPhoto"
        shown_replies: list["RecordEntry"]
        sides_replied: set[str]

    class Meta:
        verbose_name = _("entry in a place’s record")
        verbose_name_plural = _("entries in places’ records")
        ordering = ["-when", "-created_at", "-pk"]
        indexes = [
            models.Index(fields=["place", "when"], name="record_of_place"),
            models.Index(fields=["state", "state_changed_at"], name="record_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(words="") | Q(state="removed"), name="record_says_something"),
            models.CheckConstraint(
                condition=Q(answers=None) & ~Q(when="") | Q(answers__isnull=False, when=""), name="record_has_its_date"
            ),
            models.CheckConstraint(condition=Q(answers=None) | ~Q(answers=F("id")), name="record_not_its_own_reply"),
            # Of two who reply at once for one side, one does. What was removed leaves room for another.
            models.UniqueConstraint(
                fields=["answers", "side"],
                condition=~Q(state="removed") & Q(answers__isnull=False),
                name="record_one_reply_each",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "published", "hidden", "removed"]), name="record_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The beginning of its words, on one line."""
        return Truncator(" ".join(self.words.split())).chars(TITLE_LENGTH)

    @property
    def is_reply(self) -> bool:
        return self.answers_id is not None

    @property
    def is_gone(self) -> bool:
        return self.state in GONE

    @property
    def entry(self) -> "RecordEntry":
        """The entry that it is, or replies to."""
        return self.answers if self.answers is not None else self

    @property
    def picture(self) -> "RecordPhoto | None":
        return getattr(self, "photo", None)

    def get_absolute_url(self) -> str:
        """A reply stands on the page of its entry."""
        own = reverse("record_entry", args=[self.place.slug, self.answers_id or self.pk])
        return f"{own}#entry-{self.pk}" if self.is_reply else own


class RecordVersion(models.Model):
    """What an entry said before it was changed, for moderators.

    It goes when the author withdraws the entry; a year later if somebody has reported it.
    """

    entry = models.ForeignKey(RecordEntry, on_delete=models.CASCADE, related_name="versions")
    words = models.TextField(max_length=WORDS_LENGTH)
    when = models.CharField(max_length=7, blank=True)
    lesson = models.TextField(max_length=LESSON_LENGTH, blank=True)
    source_url = models.URLField(max_length=SOURCE_LENGTH, blank=True)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier version of an entry")
        verbose_name_plural = _("earlier versions of entries")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.entry_id}, {self.replaced_at:%Y-%m-%d %H:%M}"


class RecordPhoto(models.Model):
    """A photo as it was written anew, in two sizes; `by` has sent it and no entry holds it yet, or an entry has it.

    The files lie in the private part of the storage: `places.photos` serves them to who may see the entry.
    """

    entry = models.OneToOneField(RecordEntry, null=True, blank=True, on_delete=models.CASCADE, related_name="photo")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    large = models.CharField(max_length=100)
    small = models.CharField(max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(_("what the photo shows"), max_length=ALT_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    if TYPE_CHECKING:
        entry_id: int | None
        by_id: int | None

    class Meta:
        verbose_name = _("photo of a place’s record")
        verbose_name_plural = _("photos of places’ records")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.large

    @property
    def files(self) -> tuple[str, str]:
        return (self.large, self.small)

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height of the small file, so that the page does not jump when it comes."""
        scale = min(1, SMALL / max(self.width, self.height))
        return round(self.width * scale), round(self.height * scale)
