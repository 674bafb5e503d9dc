"""The comments of a page as a reader meets them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_of
from casestudies.models import Adoption
from core.cards import Card
from discussion.citations import cards_of, with_titles
from discussion.mentions import named_in
from discussion.models import Ask, Comment
from discussion.permissions import can_accept, can_delete, can_edit, can_read_comments
from discussion.text import render
from members.models import Membership, Role
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate

TEAM = (Role.AUTHOR, Role.APPROVER, Role.LEAD)
GONE = (ContributionState.HIDDEN, ContributionState.REMOVED)


def thread_of(
    *, page: Any = None, user: Any, adoption: Adoption | None = None, ask: Ask | None = None
) -> list[dict[str, Any]]:
    """The first level, oldest first, each with its `replies`, as `components/comment_list.html` wants them: the
    comments on the page, those on one of its adoptions, or the answers to an ask.

    One query, whatever their number, and three more where any of them cites something. The reader's own that wait are
    among them; a removed one is there only as the place that its replies hang on.
    """
    if not can_read_comments(user, page, adoption, ask):
        return []
    shown = Q(state__in=[ContributionState.PUBLISHED, *GONE])
    if user.is_authenticated:
        shown |= Q(author=user, state__in=OWN_ONLY)
    replies: dict[int, list[dict[str, Any]]] = defaultdict(list)
    first: list[Comment] = []
    found = Comment.objects.filter(shown, page=page.pk if page else None, adoption=adoption, ask=ask)
    found = found.select_related("author")
    comments = list(found.annotate(**_whose(page)) if page else found)
    cited = cards_of([one for one in comments if one.state not in GONE], user)
    named = named_in(comments)
    for comment in comments:
        comment.ask = ask
        if comment.parent_id is None:
            first.append(comment)
        elif comment.state not in GONE:
            replies[comment.parent_id].append(_shown(comment, user, cited, named.get(comment.pk, ())))
    return [
        {**_shown(comment, user, cited, named.get(comment.pk, ())), "replies": replies[comment.pk]}
        for comment in first
        if comment.state not in GONE or replies[comment.pk]
    ]


def shown_comment(comment: Comment, user: Any) -> dict[str, Any]:
    """One comment for `components/comment.html`, without what can be done with it."""
    shown = _shown(comment, user, cards_of([comment], user), named_in([comment]).get(comment.pk, ()))
    return {**shown, "actions": []}


def count_of(thread: list[dict[str, Any]]) -> int:
    """How many can be read: the removed ones are not counted."""
    return sum((not one["removed"]) + len(one["replies"]) for one in thread)


def _shown(comment: Comment, user: Any, cited: Mapping[int, list[Card]], named: Collection[str] = ()) -> dict[str, Any]:
    gone = comment.state in GONE
    author = comment.author
    return {
        "id": comment.pk,
        "author": name_of(author),
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
        "html": "" if gone else with_titles(render(comment.body, named), cited.get(comment.pk, ())),
        "cites": [] if gone else cited.get(comment.pk, []),
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
    if comment.ask is not None and comment.ask.accepted_id == comment.pk:
        badges.append(_("This helped"))
    if getattr(comment, "by_team", False):
        badges.append(_("Team"))
    if getattr(comment, "by_adopter", False):
        badges.append(_("Adopter"))
    return badges


def _actions(comment: Comment, user: Any) -> list[dict[str, str]]:
    actions = []
    published = comment.state == ContributionState.PUBLISHED
    if published and user.is_authenticated and (comment.ask is None or comment.ask.takes_answers):
        actions.append({"text": _("Reply"), "url": reverse("comment_reply", args=[comment.pk])})
    if can_accept(user, comment) and comment.ask and comment.ask.accepted_id != comment.pk:
        url = reverse("ask_accept", args=[comment.ask_id, comment.pk])
        actions.append({"text": _("This helped"), "url": url})
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
