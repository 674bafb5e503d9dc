"""Asks: somebody describes a problem, and the network answers."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from casestudies.models import CaseStudyPage
from core.models import Topic
from members.models import Organisation
from moderation.models import Contribution, ContributionState
from moderation.models.contributions import ContributionQuerySet
from places.models import Place

if TYPE_CHECKING:
    from datetime import datetime

    from discussion.models.comments import Comment

TITLE_LENGTH = 150
ASK_LENGTH = 5000
MOST_TOPICS = 3


class ClosedReason(models.TextChoices):
    SOLVED = "solved", _("Solved")
    NOT_NEEDED = "not_needed", _("No longer needed")
    DUPLICATE = "duplicate", _("Asked before")
    CASE_STUDY = "case_study", _("Became a case study")


class AskQuerySet(ContributionQuerySet):
    def settled(self) -> Self:
        """With an accepted answer that readers can see."""
        return self.filter(accepted__state=ContributionState.PUBLISHED)

    def open(self) -> Self:
        """Neither closed nor settled: an answer is still wanted."""
        return self.filter(closed_at=None).exclude(pk__in=self.model._default_manager.settled().values("pk"))

    def unanswered(self) -> Self:
        """Open, and nobody but the asker has written anything that readers can see."""
        from discussion.models.comments import Comment

        # Of an asker who has left nothing is known to be their own answer: nobody equals nobody in a database.
        of_others = ~Q(author=OuterRef("author")) | Q(ask__author=None)
        answers = Comment.objects.published().filter(of_others, ask=OuterRef("pk"))
        return self.open().exclude(Exists(answers))

    def newest(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Ask(Contribution):
    """A question in one line (`title`) and the problem in the asker’s words (`body`, made plain by `text.tidy`).

    `accepted` is the answer that helped; whether readers see it is its own state. A closed ask takes no more answers:
    `closed_reason` says why, `duplicate_of` and `case_study` where to go on. `raised_at` is when it was brought up
    again because nobody had answered: once.
    """

    title = models.CharField(_("question"), max_length=TITLE_LENGTH)
    body = models.TextField(_("problem"), max_length=ASK_LENGTH)
    topics = models.ManyToManyField(Topic, related_name="asks", verbose_name=_("topics"))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="asks"
    )
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="asks")
    accepted: "models.OneToOneField[Comment | None, Comment | None]" = models.OneToOneField(
        "discussion.Comment", null=True, blank=True, on_delete=models.SET_NULL, related_name="settles"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    raised_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(_("closed because"), max_length=12, choices=ClosedReason, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    case_study = models.ForeignKey(
        CaseStudyPage, null=True, blank=True, on_delete=models.SET_NULL, related_name="began_as"
    )

    objects = AskQuerySet.as_manager()  # type: ignore[misc]  # narrower than that of every contribution

    if TYPE_CHECKING:
        created_at: datetime
        accepted_id: int | None
        place_id: int | None
        organisation_id: int | None

    class Meta:
        verbose_name = _("ask")
        verbose_name_plural = _("asks")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "state_changed_at"], name="ask_waiting")]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") | Q(state="removed"), name="ask_asks_something"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_reason="") | Q(closed_at__isnull=False) & ~Q(closed_reason=""),
                name="ask_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("id")), name="ask_not_its_own_duplicate"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "published", "hidden", "removed"]), name="ask_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """From the words; a title without any that an address can hold is an “ask”."""
        return slugify(self.title)[:80].strip("-") or "ask"

    def get_absolute_url(self) -> str:
        return reverse("ask", args=[self.pk, self.slug])

    @property
    def is_settled(self) -> bool:
        return self.accepted is not None and self.accepted.state == ContributionState.PUBLISHED

    @property
    def takes_answers(self) -> bool:
        return self.state == ContributionState.PUBLISHED and self.closed_at is None


class AskVersion(models.Model):
    """What an ask said before it was changed, for moderators; kept and forgotten as `CommentVersion` is."""

    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="versions")
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(max_length=ASK_LENGTH)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier version of an ask")
        verbose_name_plural = _("earlier versions of asks")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.ask_id}, {self.replaced_at:%Y-%m-%d %H:%M}"


class AskBacker(models.Model):
    """“I have this too”: somebody else with the same problem."""

    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="backers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="backed_asks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("person with the same problem")
        verbose_name_plural = _("people with the same problem")
        constraints = [models.UniqueConstraint(fields=["ask", "person"], name="backed_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.ask_id}"
