"""`{% comments_for page %}`: the comments of a page and the form to add one."""

from typing import Any

from django import template

from discussion.forms import CommentForm
from discussion.permissions import can_comment, can_read_comments
from discussion.selectors import count_of, thread_of

register = template.Library()


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def comments_for(context: Any, page: Any) -> dict[str, Any]:
    """Nothing for who may not read the page. The form is for signed-in people; an anonymous page sets no cookie."""
    request = context["request"]
    user = request.user
    if not can_read_comments(user, page):
        return {"readable": False}
    thread = thread_of(page=page, user=user)
    writer = can_comment(user, page)
    return {
        "readable": True,
        "thread": thread,
        "count": count_of(thread),
        "page": page,
        "request": request,
        "form": CommentForm(ask_name=not user.name) if writer else None,
        "csrf_token": context.get("csrf_token") if writer else None,
    }
