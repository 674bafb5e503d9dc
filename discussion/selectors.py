"""The comments of a page or place as a reader meets them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
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
from discussion.where import columns, held_with, page_of
from members.models import Membership, OrganisationKind, Role
from moderation.models import OWN_ONLY, ContributionState
from moderation.permissions import can_moderate
from moderation.policy import taken_away_by_reports
from places.models import Place

TEAM = (Role.AUTHOR, Role.APPROVER, Role.LEAD)
PAGE_SIZE = 500
# Below that their order makes no difference worth two links.
SORTABLE = 3
GONE = (ContributionState.HIDDEN, ContributionState.REMOVED)


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One page of a thread. `comments` are the first level, each with its `replies`, as `components/comment_list.html`
    wants them; `count` is how many can be read on all pages; `sortable` is whether their order makes a difference.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    sortable: bool = False
    pages: Any = None


def thread_page(
    *,
    page: Any = None,
    user: Any,
    adoption: Adoption | None = None,
    ask: Ask | None = None,
    number: Any = 1,
    newest_first: bool = False,
) -> Thread:
    """The comments on the page (or place), those on one of its adoptions, or the answers to an ask: oldest first, or
    newest first with the replies to each in the order in which they were said.

    One query up to `PAGE_SIZE` comments, two beyond, whatever their number, and three more where any of them cites
    something. The reader's own that wait are among them; a removed one is there only as the place that its replies hang
    on. A page that begins within a long thread begins with the comment that it hangs on.
    """
    if not can_read_comments(user, page, adoption, ask):
        return Thread()
    found = _shown_to(user, page, adoption, ask)
    rows = found.select_related("author")
    comments = list((rows.annotate(**_whose(page)) if page else rows)[: PAGE_SIZE + 1])
    if len(comments) <= PAGE_SIZE:
        order = _order([(one.pk, one.parent_id, one.state) for one in comments], newest_first=newest_first)
        firsts = sum(parent is None for _pk, parent, _gone in order)
        listed = _assembled(comments, order, user, ask)
        return Thread(comments=listed, count=count_of(listed), sortable=firsts >= SORTABLE)
    order = _order(list(found.values_list(*_PLACES)), newest_first=newest_first)
    part = Paginator(order, PAGE_SIZE).get_page(number)
    on_page = list(part.object_list)
    if on_page[0][1] is not None:
        on_page.insert(0, next(one for one in order if one[0] == on_page[0][1]))
    rows = rows.filter(pk__in=[pk for pk, _parent, _gone in on_page])
    comments = list(rows.annotate(**_whose(page)) if page else rows)
    listed = _assembled(comments, on_page, user, ask)
    return Thread(comments=listed, count=sum(not gone for _pk, _parent, gone in order), sortable=True, pages=part)


def page_number_of(comment: Comment, user: Any) -> int:
    """On which page of its thread a comment stands, oldest first."""
    found = _shown_to(user, page_of(comment), comment.adoption, comment.ask)
    rows = list(found.values_list(*_PLACES))
    if len(rows) <= PAGE_SIZE:
        return 1
    order = [pk for pk, _parent, _gone in _order(rows)]
    return order.index(comment.pk) // PAGE_SIZE + 1 if comment.pk in order else 1


# What the order of a thread is made from, and what it is: number, the comment that it hangs on, whether it is gone.
_PLACES = ("pk", "parent_id", "state")
Position = tuple[int, int | None, bool]


def _shown_to(user: Any, page: Any, adoption: Adoption | None, ask: Ask | None) -> Any:
    shown = Q(state__in=[ContributionState.PUBLISHED, *GONE])
    if user.is_authenticated:
        shown |= Q(author=user, state__in=OWN_ONLY)
    return Comment.objects.filter(shown, **columns(page), adoption=adoption, ask=ask)


def _order(rows: Sequence[tuple[int, int | None, str]], *, newest_first: bool = False) -> list[Position]:
    """As they are read: each of the first level before what hangs on it. `rows` are oldest first."""
    replies: dict[int | None, list[Position]] = defaultdict(list)
    for pk, parent, state in rows:
        if parent is not None and state not in GONE:
            replies[parent].append((pk, parent, False))
    first = [(pk, None, state in GONE) for pk, parent, state in rows if parent is None]
    if newest_first:
        first.reverse()
    shown = [one for one in first if not one[2] or replies[one[0]]]
    return [place for one in shown for place in (one, *replies[one[0]])]


def _assembled(comments: list[Comment], order: Sequence[Position], user: Any, ask: Ask | None) -> list[dict[str, Any]]:
    cited = cards_of([one for one in comments if one.state not in GONE], user)
    named = named_in(comments)
    shown: dict[int, dict[str, Any]] = {}
    for comment in comments:
        comment.ask = ask
        shown[comment.pk] = _shown(comment, user, cited, named.get(comment.pk, ()))
    listed: list[dict[str, Any]] = []
    for pk, parent, _gone in order:
        if pk in shown:  # it may have gone between the two queries
            (listed if parent is None else shown[parent]["replies"]).append(shown[pk])
    return listed


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
        "url": reverse("comment", args=[comment.pk]),
        "author": name_of(author),
        "posted": comment.created_at,
        "edited": comment.edited_at,
        "held": comment.state == ContributionState.HELD,
        "badges": _badges(comment),
        "removed": gone,
        "removed_text": _why_gone(comment) if gone else "",
        "html": "" if gone else with_titles(render(comment.body, named), cited.get(comment.pk, ())),
        "cites": [] if gone else cited.get(comment.pk, []),
        "actions": [] if gone else _actions(comment, user),
        "replies": [],
    }


def _why_gone(comment: Comment) -> str:
    if taken_away_by_reports(comment.state_reasons):
        return _("This comment is hidden until a moderator has looked at it.")
    if comment.state == ContributionState.HIDDEN or "decision" in comment.state_reasons:
        return _("A moderator removed this comment.")
    return _("Its author removed this comment.")


def _whose(page: Any) -> dict[str, Any]:
    """Whether each comment's author belongs today to those who wrote the case study, or to somebody who adopted it; on
    a place, to a council of it, so that what its officers say does not pass for a resident's.

    Read from memberships and adoptions with the comments, in their one query: nobody says so of themselves, and who
    left has no badge.
    """
    held = Membership.objects.active().filter(person=OuterRef("author"))
    if isinstance(page, Place):
        return {"by_council": Exists(held.filter(held_with(page), organisation__kind=OrganisationKind.COUNCIL))}
    team = held.filter(held_with(page), role__in=TEAM)
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
    if getattr(comment, "by_council", False):
        badges.append(str(OrganisationKind.COUNCIL.label))
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
            if comment.edited_at:
                actions.append({"text": _("Earlier versions"), "url": reverse("comment_history", args=[comment.pk])})
            url = reverse("moderation_contribution", args=["comment", comment.pk])
            actions.append({"text": _("Moderate"), "url": url})
    return actions
