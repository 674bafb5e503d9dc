"""Asks, their answers, and comments on what everybody may read, as the API gives them.

A name stands beside what somebody wrote as it does on the page, and goes from here when it goes from there. The tables
of the open data have none: copies of those stay where they are.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode

from api import schemas
from api.addresses import absolute
from api.selectors import NOBODY
from casestudies.models import CaseStudyPage
from discussion.asks.selectors import in_topic, listed
from discussion.contributions import address
from discussion.models import Comment, CommentCitation
from discussion.permissions import comments_visible_to


def asks(*, topic: str = "", council: str = "", place: str = "") -> Any:
    """Published asks, newest first; `topic` includes the topics below it."""
    found = listed()
    if topic:
        found = in_topic(found, topic)
    if council:
        found = found.filter(organisation__slug=council)
    if place:
        found = found.filter(place__slug=place)
    return found


def ask(one: Any) -> schemas.Ask:
    """`one` comes from `asks`."""
    made_up = (one.organisation and one.organisation.is_demonstration) or (one.author and one.author.is_demonstration)
    return schemas.Ask(
        id=one.pk,
        url=absolute(one.get_absolute_url()),
        title=one.title,
        body=one.body,
        topics=[topic.slug for topic in one.topics.all()],
        council=one.organisation.slug if one.organisation else None,
        place=one.place.slug if one.place else None,
        author=one.author.display_name if one.author else None,
        asked=one.created_at,
        edited=one.edited_at,
        answers=one.n_answers,
        answers_url=absolute(f"{reverse('api:comments')}?{urlencode({'ask': one.pk})}"),
        backers=one.n_backers,
        settled=one.is_settled,
        helped=one.accepted_id if one.is_settled else None,
        closed=one.closed_at,
        closed_reason=one.closed_reason,
        is_demonstration=bool(made_up),
    )


def comments(*, ask: int | None = None, case_study: int | None = None, place: str = "") -> Any:
    """What everybody may read of comments and answers, newest first."""
    found = comments_visible_to(NOBODY)
    if ask is not None:
        found = found.filter(ask=ask)
    if case_study is not None:
        found = found.filter(page=case_study)
    if place:
        found = found.filter(place__slug=place)
    public = CommentCitation.objects.filter(case_study__in=CaseStudyPage.objects.listed()).order_by("pk")
    related = found.select_related("author", "page", "place", "ask", "adoption")
    return related.prefetch_related(Prefetch("citations", queryset=public)).order_by("-created_at", "-pk")


def told(rows: Sequence[Comment]) -> list[schemas.Comment]:
    """`rows` come from `comments`."""
    return [_comment(one) for one in rows]


def _comment(one: Comment) -> schemas.Comment:
    return schemas.Comment(
        id=one.pk,
        url=absolute(address(one)),
        ask=one.ask_id,
        case_study=one.page_id,
        place=one.place.slug if one.place else None,
        adoption_url=absolute(reverse("adoption", args=[one.adoption_id])) if one.adoption_id else None,
        thread=one.parent_id,
        reply_to=one.in_reply_to_id,
        author=one.author.display_name if one.author else None,
        body=one.body,
        cites=[citation.case_study_id for citation in one.citations.all()],
        helped=one.ask is not None and one.ask.accepted_id == one.pk,
        written=one.created_at,
        edited=one.edited_at,
        is_demonstration=bool(one.author and one.author.is_demonstration),
    )
