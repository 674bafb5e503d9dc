"""Writing, changing and removing comments and answers. Whether one is published at once is moderation's policy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.plain_text import tidy
from discussion.citations import keep_citations
from discussion.errors import BadText, NotAllowed, TooLate
from discussion.mentions import keep_mentions
from discussion.models import BODY_LENGTH, Ask, Comment, CommentCitation, CommentMention, CommentVersion
from discussion.permissions import can_comment, can_delete, can_edit, can_read_comments, can_reply
from discussion.where import columns, page_of
from moderation import services as moderation
from moderation.models import ContributionState, Report
from moderation.policy import Verdict

if TYPE_CHECKING:
    from accounts.models import User
    from casestudies.models import Adoption

NAME_LENGTH = 120


@transaction.atomic
def add_comment(
    *,
    page: Any = None,
    ask: Ask | None = None,
    body: str,
    by: "User",
    reply_to: Comment | None = None,
    adoption: "Adoption | None" = None,
    name: str = "",
) -> tuple[Comment, Verdict]:
    """Write a comment, or a reply (a reply to a reply stands under the first comment).

    It stands on a `page`, which may be a place, or answers an `ask`; `adoption` puts it in the thread of that adoption
    of the page. A reply stands where its comment does.
    `name` becomes the person's name if they have none yet. Raises `NotAllowed` and `BadText`.
    """
    adoption = reply_to.adoption if reply_to is not None else adoption
    stands_on, ask_id = columns(page), (ask.pk if ask else None)
    of_another = adoption is not None and adoption.case_study_id != stands_on["page_id"]
    if not can_comment(by, page, adoption, ask) or of_another:
        raise NotAllowed(_("You cannot comment here."))
    if reply_to is not None and (
        (reply_to.page_id, reply_to.place_id, reply_to.ask_id) != (*stands_on.values(), ask_id)
        or not can_reply(by, reply_to)
    ):
        raise NotAllowed(_("The comment that you answer is no longer there."))
    check_name(by, name)
    comment = Comment(
        **stands_on,
        ask=ask,
        adoption=adoption,
        parent=(reply_to.parent or reply_to) if reply_to else None,
        in_reply_to=reply_to,
        author=by,
        body=_checked(body),
        state=ContributionState.DRAFT,
    )
    comment.save()
    keep_citations(comment=comment)
    keep_mentions(comment=comment)
    return comment, moderation.submit(contribution=comment, by=by)


@transaction.atomic
def edit_comment(*, comment: Comment, body: str, by: "User") -> Verdict:
    """Change one's own comment; the policy judges it again. Raises `NotAllowed`, `TooLate` and `BadText`."""
    locked = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if (
        locked.author_id != by.pk
        or not by.is_active
        or not can_read_comments(by, page_of(locked), locked.adoption, locked.ask)
    ):
        raise NotAllowed(_("Only its author may change a comment."))
    if not can_edit(by, locked):
        raise TooLate(_("A comment can be changed for 15 minutes. You can remove it and write a new one."))
    before, locked.body = locked.body, _checked(body)
    if before != locked.body:
        CommentVersion.objects.create(comment=locked, body=before)
    if locked.state != ContributionState.HELD:
        locked.edited_at = timezone.now()
    locked.save(update_fields=["body", "edited_at"])
    keep_citations(comment=locked)
    keep_mentions(comment=locked)
    verdict = moderation.submit(contribution=locked, by=by)
    comment.refresh_from_db()
    return verdict


@transaction.atomic
def delete_comment(*, comment: Comment, by: "User") -> None:
    """Remove one's own comment, and its words: a year later, if somebody has reported it and no moderator has looked.

    Repeating it does nothing. Raises `NotAllowed`.
    """
    locked = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if locked.author_id == by.pk and locked.state == ContributionState.REMOVED:
        return
    if not can_delete(by, locked):
        raise NotAllowed(_("Only its author may remove a comment."))
    reported = Report.objects.waiting().about(locked).exists()
    moderation.remove_own(contribution=locked, by=by)
    if not reported:
        forget_words([locked.pk])
    comment.refresh_from_db()


@transaction.atomic
def forget_words(numbers: Sequence[int]) -> int:
    """What removed comments said, with their versions. Returns how many still said something."""
    said = Comment.objects.filter(pk__in=numbers, state=ContributionState.REMOVED).exclude(body="")
    gone = list(said.values_list("pk", flat=True))
    Comment.objects.filter(pk__in=gone).update(body="")
    CommentVersion.objects.filter(comment__in=gone).delete()
    CommentCitation.objects.filter(comment__in=gone).delete()
    CommentMention.objects.filter(comment__in=gone).delete()
    return len(gone)


def check_name(by: "User", name: str) -> None:
    """Keep the name that the person gives with the first thing they write. Raises `BadText`."""
    if by.name:
        return
    by.name = " ".join(tidy(name).split())[:NAME_LENGTH]
    if not by.name:
        raise BadText(_("Tell us the name that others will see with what you write."))
    by.save(update_fields=["name"])


def _checked(body: str) -> str:
    body = tidy(body)
    if not body:
        raise BadText(_("Write your comment."))
    if len(body) > BODY_LENGTH:
        raise BadText(
            _("Your comment has %(length)s characters; at most %(most)s are possible.")
            % {"length": f"{len(body):,}", "most": f"{BODY_LENGTH:,}"}
        )
    return body
