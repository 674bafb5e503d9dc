"""What moderation needs to know about comments and asks."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import events
from discussion.models import Ask, Comment
from discussion.permissions import can_read_ask, can_see
from discussion.text import render
from discussion.where import path_of
from moderation import registry
from moderation.models import ContributionState
from moderation.subjects import page_kind

_NOT_PUBLISHED = _("Something that is not published now")


def address(comment: Comment) -> str:
    """Where the comment stands, as a path with its anchor; also an old one finds the way."""
    return f"{standing_at(comment)}#comment-{comment.pk}"


def standing_at(comment: Comment) -> str:
    """The path of what it is written about: a page, a place, an adoption or an ask."""
    if comment.ask is not None:
        return comment.ask.get_absolute_url()
    if comment.adoption_id is not None:
        return reverse("adoption", args=[comment.adoption_id])
    stands_on = comment.place or comment.page
    return path_of(stands_on) if stands_on else ""


def _around(comment: Comment) -> Sequence[Comment]:
    """The thread that a reply stands in, up to it."""
    if comment.parent is None:
        return []
    before = comment.parent.replies.published().filter(created_at__lt=comment.created_at)
    return [comment.parent, *before.select_related("author")]


def _targets(comment: Comment) -> list[tuple[str, int]]:
    """A comment on an adoption is the followers' of the case study too."""
    if comment.ask_id is not None:
        return [("ask", comment.ask_id), ("comment", comment.pk)]
    if comment.place_id is not None:
        return [("place", comment.place_id), ("comment", comment.pk)]
    assert comment.page_id is not None  # noqa: S101 - the database holds one of the three
    adoption = [("adoption", comment.adoption_id)] if comment.adoption_id else []
    return [(page_kind(comment.page), comment.page_id), *adoption, ("comment", comment.pk)]


def _data(comment: Comment) -> dict[str, Any]:
    answered = comment.in_reply_to or comment.parent
    return {
        "page_id": comment.page_id,
        "adoption_id": comment.adoption_id,
        "ask_id": comment.ask_id,
        "reply_to_author_id": answered.author_id if answered else None,
        "mentioned_ids": sorted(comment.mentions.values_list("person", flat=True)) if "@" in comment.body else [],
    }


def title_of_place(comment: Comment) -> str:
    """What it is written about, in words. Mails and the queue have it, so it is not said of what is not published:
    that may be hidden, or what a locked case is about.
    """
    if comment.ask is not None:
        return comment.ask.title if comment.ask.state == ContributionState.PUBLISHED else str(_NOT_PUBLISHED)
    stands_on = comment.place or comment.page
    if comment.page is not None and not comment.page.live:
        return str(_NOT_PUBLISHED)
    title: str = stands_on.title if stands_on else ""
    return title if comment.adoption is None else f"{comment.adoption.organisation.short_name}: {title}"


def _ask_targets(ask: Ask) -> list[tuple[str, int]]:
    """Followers of its topics (and of those above them), its place and its asker's organisation hear of it."""
    topics = {pk for topic in ask.topics.all() for pk in (topic.pk, topic.parent_id) if pk}
    found: list[tuple[str, int]] = [("ask", ask.pk), *(("topic", pk) for pk in sorted(topics))]
    if ask.place_id:
        found.append(("place", ask.place_id))
    return [*found, ("organisation", ask.organisation_id)] if ask.organisation_id else found


def ask_happened(ask: Ask, kind: str, *, by: Any = None, **data: Any) -> None:
    """Record `ask.<kind>` with everything that it touches."""
    events.record(
        kind=f"ask.{kind}", subject=("ask", ask.pk), by=by, targets=_ask_targets(ask), data={"title": ask.title, **data}
    )


def register() -> None:
    registry.register(
        registry.Kind(
            name="comment",
            model=Comment,
            label=Comment._meta.verbose_name,
            title=title_of_place,
            text=lambda comment: comment.body,
            html=lambda comment: render(comment.body),
            url=address,
            place=title_of_place,
            visible_to=can_see,
            targets=_targets,
            data=_data,
            around=_around,
            evidence=lambda comment: {"versions": list(comment.versions.values("body", "replaced_at"))},
            versions=lambda comment: [(one.replaced_at, "", render(one.body)) for one in comment.versions.all()],
            built_upon=lambda comment: comment.replies.exclude(author=comment.author_id).exists(),
            select=(
                "author",
                "page",
                "place",
                "parent__author",
                "in_reply_to",
                "adoption__organisation",
                "ask__author",
            ),
        )
    )
    registry.register(
        registry.Kind(
            name="ask",
            model=Ask,
            label=Ask._meta.verbose_name,
            title=lambda ask: ask.title,
            text=lambda ask: f"{ask.title}\n\n{ask.body}",
            html=lambda ask: render(ask.body),
            url=lambda ask: ask.get_absolute_url(),
            place=lambda ask: ask.organisation.short_name if ask.organisation else "",
            visible_to=can_read_ask,
            targets=_ask_targets,
            data=lambda ask: {"title": ask.title},
            evidence=lambda ask: {"versions": list(ask.versions.values("title", "body", "replaced_at"))},
            versions=lambda ask: [(one.replaced_at, one.title, render(one.body)) for one in ask.versions.all()],
            built_upon=lambda ask: ask.answers.exclude(author=ask.author_id).exists(),
            select=("author", "organisation", "place"),
        )
    )
