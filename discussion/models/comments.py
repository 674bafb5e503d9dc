"""Comments on pages and places, and answers to asks: two levels, plain text with links and lists."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from casestudies.models import Adoption, CaseStudyPage
from moderation.models import Contribution
from places.models import Place

if TYPE_CHECKING:
    from datetime import datetime

BODY_LENGTH = 4000


class Comment(Contribution):
    """One comment: on a page or, if `adoption` is set, in the thread of an adoption of that page; on a place; or an
    answer to an ask, which stands on neither.

    A reply's `parent` is always a comment of the first level, of the same thread;
    `in_reply_to` is the comment that was really answered, of either level.

    `body` is what the person typed, made plain by `discussion.text.tidy`; it is empty only when its author removed it.
    """

    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.CASCADE, related_name="discussion_comments")
    # As with the record: a place does not go and take with it what people wrote about it.
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="comments")
    ask = models.ForeignKey("discussion.Ask", null=True, blank=True, on_delete=models.CASCADE, related_name="answers")
    adoption = models.ForeignKey(Adoption, null=True, blank=True, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    in_reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField(_("comment"), max_length=BODY_LENGTH)
    edited_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        created_at: datetime
        page_id: int | None
        place_id: int | None
        ask_id: int | None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["page", "created_at"], name="comment_on_page"),
            models.Index(fields=["place", "created_at"], name="comment_on_place"),
            models.Index(fields=["ask", "created_at"], name="comment_on_ask"),
            models.Index(fields=["state", "state_changed_at"], name="comment_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(body="") | Q(state="removed"), name="comment_says_something"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="comment_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "published", "hidden", "removed"]), name="comment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(page__isnull=False, ask__isnull=True, place__isnull=True)
                | Q(page__isnull=True, ask__isnull=False, place__isnull=True, adoption__isnull=True)
                | Q(page__isnull=True, ask__isnull=True, place__isnull=False, adoption__isnull=True),
                name="comment_in_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class CommentVersion(models.Model):
    """What a comment said before it was changed, for moderators: nobody can insult somebody and make it unsaid.

    It goes when the author removes the comment, unless somebody has reported it.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField(max_length=BODY_LENGTH)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier version of a comment")
        verbose_name_plural = _("earlier versions of comments")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.comment_id}, {self.replaced_at:%Y-%m-%d %H:%M}"


class CommentMention(models.Model):
    """Somebody whom a comment names, and the name as it stands there; `discussion.mentions` says who may be named."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    written = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="mentioned_once_in_a_comment")]

    def __str__(self) -> str:
        return f"{self.comment_id}: @{self.written}"


class CommentCitation(models.Model):
    """A case study that a comment has a link to. What a reader may see of it is asked when it is shown."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="citations")
    case_study = models.ForeignKey(CaseStudyPage, on_delete=models.CASCADE, related_name="cited_in")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "case_study"], name="cited_once_in_a_comment")]

    def __str__(self) -> str:
        return f"{self.comment_id} → {self.case_study_id}"
