"""Who may read and write comments. They are as private as the page, or the adoption, that they stand on."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from casestudies.models import Adoption, CaseStudyPage
from casestudies.permissions import can_read, can_read_adoption
from discussion.models import Comment
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate

EDIT_WINDOW = timedelta(minutes=15)


def has_comments(page: Any) -> bool:
    """Whether this kind of page is discussed at all."""
    return isinstance(page, CaseStudyPage)


def can_read_comments(user: Any, page: Any, adoption: Adoption | None = None) -> bool:
    """Those on the page, or those in the thread of one of its adoptions."""
    if adoption is not None and not can_read_adoption(user, adoption):
        return False
    return has_comments(page) and can_read(user, page)


def can_comment(user: Any, page: Any, adoption: Adoption | None = None) -> bool:
    """Any signed-in person who may read it, who wrote the original among them; their name is asked for with the first
    comment.
    """
    return bool(user.is_authenticated and user.is_active) and can_read_comments(user, page, adoption)


def can_see(user: Any, comment: Comment) -> bool:
    """Whether the person may know that the comment exists. Twin: `comments_visible_to`."""
    if can_moderate(user):
        return True
    own = user.is_authenticated and comment.author_id == user.pk and comment.state in OWN_ONLY
    return (comment.state == ContributionState.PUBLISHED or own) and can_read_comments(
        user, comment.page.specific, comment.adoption
    )


def comments_visible_to(user: Any) -> Any:
    """The queryset twin of `can_see`."""
    if can_moderate(user):
        return Comment.objects.all()
    pages = CaseStudyPage.objects.visible_to(user).values("pk")
    adoptions = Adoption.objects.visible_to(user).values("pk")
    return Comment.objects.shown_to(user).filter(Q(adoption=None) | Q(adoption__in=adoptions), page__in=pages)


def can_reply(user: Any, comment: Comment) -> bool:
    return comment.state == ContributionState.PUBLISHED and can_comment(user, comment.page.specific, comment.adoption)


def can_edit(user: Any, comment: Comment) -> bool:
    """Its author: for a quarter of an hour after writing, and whenever a moderator asked for changes."""
    if not user.is_authenticated or not user.is_active or comment.author_id != user.pk:
        return False
    if comment.state == ContributionState.DRAFT:
        return True
    recent = timezone.now() - comment.created_at <= EDIT_WINDOW
    return recent and comment.state in {ContributionState.PUBLISHED, ContributionState.HELD}


def can_delete(user: Any, comment: Comment) -> bool:
    return (
        bool(user.is_authenticated and user.is_active)
        and comment.author_id == user.pk
        and comment.state not in {ContributionState.REMOVED, ContributionState.HIDDEN}
    )
