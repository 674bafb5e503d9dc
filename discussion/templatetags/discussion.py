"""`{% comments_for page %}`, `{% comments_on_adoption adoption %}`: comments, and the form to add one."""

from typing import Any

from django import template
from django.urls import reverse

from casestudies.models import Adoption
from discussion.forms import CommentForm
from discussion.permissions import can_comment, can_read_comments
from discussion.selectors import count_of, thread_of

register = template.Library()


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def comments_for(context: Any, page: Any) -> dict[str, Any]:
    """Nothing for who may not read the page. The form is for signed-in people; an anonymous page sets no cookie."""
    where = {"add_url": reverse("comment_add", args=[page.pk]), "here": page.get_url(context["request"]) or ""}
    return _thread(context, page, None, where)


@register.inclusion_tag("discussion/comments.html", takes_context=True)
def comments_on_adoption(context: Any, adoption: Adoption) -> dict[str, Any]:
    """The short thread of an adoption; nothing while it is not published."""
    where = {
        "add_url": reverse("comment_on_adoption", args=[adoption.pk]),
        "here": reverse("adoption", args=[adoption.pk]),
    }
    return _thread(context, adoption.case_study, adoption, where)


def _thread(context: Any, page: Any, adoption: Adoption | None, where: dict[str, str]) -> dict[str, Any]:
    request = context["request"]
    user = request.user
    if not can_read_comments(user, page, adoption):
        return {"readable": False}
    thread = thread_of(page=page, user=user, adoption=adoption)
    writer = can_comment(user, page, adoption)
    return {
        "readable": True,
        "thread": thread,
        "count": count_of(thread),
        "adoption": adoption,
        "request": request,
        "form": CommentForm(ask_name=not user.name) if writer else None,
        "csrf_token": context.get("csrf_token") if writer else None,
        **where,
    }
