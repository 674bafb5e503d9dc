"""What moderation needs to know about comments."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from discussion.models import Comment
from discussion.permissions import can_see
from discussion.text import render
from moderation import registry


def address(comment: Comment) -> str:
    """Where the comment stands, as a path with its anchor; also an old one finds the way."""
    where = comment.page.get_url() if comment.adoption_id is None else reverse("adoption", args=[comment.adoption_id])
    return f"{where or ''}#comment-{comment.pk}"


def _around(comment: Comment) -> Sequence[Comment]:
    """The thread that a reply stands in, up to it."""
    if comment.parent is None:
        return []
    before = comment.parent.replies.published().filter(created_at__lt=comment.created_at)
    return [comment.parent, *before.select_related("author")]


def _targets(comment: Comment) -> list[tuple[str, int]]:
    """A comment on an adoption is the followers' of the case study too."""
    adoption = [("adoption", comment.adoption_id)] if comment.adoption_id else []
    return [("case_study", comment.page_id), *adoption, ("comment", comment.pk)]


def _data(comment: Comment) -> dict[str, Any]:
    answered = comment.in_reply_to or comment.parent
    return {
        "page_id": comment.page_id,
        "adoption_id": comment.adoption_id,
        "reply_to_author_id": answered.author_id if answered else None,
    }


def _title(comment: Comment) -> str:
    if comment.adoption is None:
        return comment.page.title
    return f"{comment.adoption.organisation.short_name}: {comment.page.title}"


def register() -> None:
    registry.register(
        registry.Kind(
            name="comment",
            model=Comment,
            label=Comment._meta.verbose_name,
            title=_title,
            text=lambda comment: comment.body,
            html=lambda comment: render(comment.body),
            url=address,
            place=_title,
            visible_to=can_see,
            targets=_targets,
            data=_data,
            around=_around,
            select=("author", "page", "parent__author", "in_reply_to", "adoption__organisation"),
        )
    )
