"""What moderation needs to know about comments."""

from collections.abc import Sequence
from typing import Any

from discussion.models import Comment
from discussion.permissions import can_see
from discussion.text import render
from moderation import registry


def address(comment: Comment) -> str:
    """Where the comment stands, as a path with its anchor; also an old one finds the way."""
    return f"{comment.page.get_url() or ''}#comment-{comment.pk}"


def _around(comment: Comment) -> Sequence[Comment]:
    """The thread that a reply stands in, up to it."""
    if comment.parent is None:
        return []
    before = comment.parent.replies.published().filter(created_at__lt=comment.created_at)
    return [comment.parent, *before.select_related("author")]


def _targets(comment: Comment) -> list[tuple[str, int]]:
    return [("case_study", comment.page_id), ("comment", comment.pk)]


def _data(comment: Comment) -> dict[str, Any]:
    answered = comment.in_reply_to or comment.parent
    return {"page_id": comment.page_id, "reply_to_author_id": answered.author_id if answered else None}


def register() -> None:
    registry.register(
        registry.Kind(
            name="comment",
            model=Comment,
            label=Comment._meta.verbose_name,
            title=lambda comment: comment.page.title,
            text=lambda comment: comment.body,
            html=lambda comment: render(comment.body),
            url=address,
            place=lambda comment: comment.page.title,
            visible_to=can_see,
            targets=_targets,
            data=_data,
            around=_around,
            select=("author", "page", "parent__author", "in_reply_to"),
        )
    )
