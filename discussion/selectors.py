"""The comments of a page as a reader meets them."""

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from casestudies.models import Adoption
from discussion.models import Comment
from discussion.permissions import can_delete, can_edit, can_read_comments
from discussion.text import render
from members.models import Membership, Role
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate

TEAM = (Role.AUTHOR, Role.APPROVER, Role.LEAD)
GONE = (ContributionState.HIDDEN, ContributionState.REMOVED)


def thread_of(*, page: Any, user: Any, adoption: Adoption | None = None) -> list[dict[str, Any]]:
    """The first level, oldest first, each with its `replies`, as `components/comment_list.html` wants them: the
    comments on the page, or those on one of its adoptions.

    One query, whatever their number. The reader's own that wait are among them; a removed one is there only as the
    place that its replies hang on.
    """
    if not can_read_comments(user, page, adoption):
        return []
    shown = Q(state__in=[ContributionState.PUBLISHED, *GONE])
    if user.is_authenticated:
        shown |= Q(author=user, state__in=OWN_ONLY)
    replies: dict[int, list[dict[str, Any]]] = defaultdict(list)
    first: list[Comment] = []
    found = Comment.objects.filter(shown, page=page.pk, adoption=adoption).select_related("author")
    for comment in found.annotate(**_whose(page)):
        if comment.parent_id is None:
            first.append(comment)
        elif comment.state not in GONE:
            replies[comment.parent_id].append(_shown(comment, user))
    return [
        {**_shown(comment, user), "replies": replies[comment.pk]}
        for comment in first
        if comment.state not in GONE or replies[comment.pk]
    ]


def shown_comment(comment: Comment, user: Any) -> dict[str, Any]:
    """One comment for `components/comment.html`, without what can be done with it."""
    return {**_shown(comment, user), "actions": []}


def count_of(thread: list[dict[str, Any]]) -> int:
    """How many can be read: the removed ones are not counted."""
    return sum((not one["removed"]) + len(one["replies"]) for one in thread)


def _shown(comment: Comment, user: Any) -> dict[str, Any]:
    gone = comment.state in GONE
    author = comment.author
    return {
        "id": comment.pk,
        "author": author.display_name if author else _("Somebody who has left"),
        "posted": comment.created_at,
        "edited": comment.edited_at,
        "held": comment.state == ContributionState.HELD,
        "badges": _badges(comment),
        "removed": gone,
        "removed_text": (
            _("A moderator removed this comment.")
            if comment.state == ContributionState.HIDDEN or "decision" in comment.state_reasons
            else _("Its author removed this comment.")
        )
        if gone
        else "",
        "html": "" if gone else render(comment.body),
        "actions": [] if gone else _actions(comment, user),
        "replies": [],
    }


def _whose(page: Any) -> dict[str, Any]:
    """Whether each comment's author belongs today to those who wrote the case study, or to somebody who adopted it.

    Read from memberships and adoptions with the comments, in their one query: nobody says so of themselves, and who
    left has no badge.
    """
    held = Membership.objects.active().filter(person=OuterRef("author"))
    team = held.filter(role__in=TEAM, organisation__page__path=page.path[: -page.steplen])
    adopters = Adoption.objects.published().filter(case_study=page.pk).values("organisation")
    return {"by_team": Exists(team), "by_adopter": Exists(held.filter(organisation__in=adopters))}


def _badges(comment: Comment) -> list[str]:
    """A comment that was not loaded with its thread has no badge of records."""
    badges = [_("A moderator asks you to change this")] if comment.state == ContributionState.DRAFT else []
    if getattr(comment, "by_team", False):
        badges.append(_("Team"))
    if getattr(comment, "by_adopter", False):
        badges.append(_("Adopter"))
    return badges


def _actions(comment: Comment, user: Any) -> list[dict[str, str]]:
    actions = []
    published = comment.state == ContributionState.PUBLISHED
    if published and user.is_authenticated:
        actions.append({"text": _("Reply"), "url": reverse("comment_reply", args=[comment.pk])})
    if can_edit(user, comment):
        actions.append({"text": _("Change"), "url": reverse("comment_edit", args=[comment.pk])})
    if can_delete(user, comment):
        actions.append({"text": _("Remove"), "url": reverse("comment_delete", args=[comment.pk])})
    if published and not (user.is_authenticated and comment.author_id == user.pk):
        actions.append({"text": _("Report"), "url": reverse("report", args=["comment", comment.pk])})
        if can_moderate(user):
            url = reverse("moderation_contribution", args=["comment", comment.pk])
            actions.append({"text": _("Moderate"), "url": url})
    return actions
