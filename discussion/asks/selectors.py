"""Asks as readers meet them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from casestudies.models import CaseStudyPage
from core.models import Topic
from discussion.models import Ask, AskBacker, Comment
from moderation.models import ContributionState

OPEN, UNANSWERED, ANSWERED, ALL = "open", "unanswered", "answered", "all"
SHOWS = {
    ALL: _("All asks"),
    OPEN: _("Still open"),
    UNANSWERED: _("Not answered yet"),
    ANSWERED: _("With an answer that helped"),
}
STILL_WAITING = 3


def listed() -> QuerySet[Ask]:
    """What everybody may read, with what a line of a list says, in a constant number of queries."""
    answers = Count("answers", filter=Q(answers__state=ContributionState.PUBLISHED), distinct=True)
    return (
        Ask.objects.published()
        .select_related("author", "organisation", "place", "accepted")
        .prefetch_related("topics")
        .annotate(n_answers=answers, n_backers=Count("backers", distinct=True))
        .newest()
    )


def shown(show: str) -> QuerySet[Ask]:
    found = listed()
    if show == OPEN:
        return found.open()  # type: ignore[attr-defined]  # AskQuerySet
    if show == UNANSWERED:
        return found.unanswered()  # type: ignore[attr-defined]  # as above
    if show == ANSWERED:
        return found.settled()  # type: ignore[attr-defined]  # as above
    return found


def in_topic(asks: QuerySet[Ask], slug: str) -> QuerySet[Ask]:
    """Those of the topic and of those beneath it."""
    of_it = Q(topic__slug=slug) | Q(topic__parent__slug=slug)
    through = Ask.topics.through.objects.filter(of_it, ask=OuterRef("pk"))
    return asks.filter(Exists(through))


def still_waiting() -> QuerySet[Ask]:
    """Brought up again, and not answered since; the longest waiting first."""
    found = shown(UNANSWERED).filter(raised_at__isnull=False)
    return found.order_by("raised_at", "pk")[:STILL_WAITING]


def topics_with_asks() -> QuerySet[Topic]:
    """Of the first level, those with asks that everybody may read."""
    used = Ask.objects.published().values("topics")
    return Topic.objects.top_level().filter(Q(pk__in=used) | Q(children__in=used)).distinct()


@dataclass(frozen=True, kw_only=True)
class Backing:
    """How many others have the same problem, and whether the reader said so."""

    count: int
    own: bool


def backing_of(ask: Ask, user: Any) -> Backing:
    found = AskBacker.objects.filter(ask=ask)
    own = bool(user.is_authenticated) and found.filter(person=user).exists()
    return Backing(count=found.count(), own=own)


def citations_of(ask: Ask) -> list[int]:
    """The case studies that its published answers cite, the most cited first."""
    found = (
        CaseStudyPage.objects.listed()
        .filter(cited_in__comment__ask=ask, cited_in__comment__state=ContributionState.PUBLISHED)
        .annotate(times=Count("cited_in"))
        .order_by("-times", "pk")
    )
    return list(found.values_list("pk", flat=True))


def answers_citing(page: Any) -> int:
    """How many published answers to public asks cite a case study."""
    cited = Comment.objects.published().filter(citations__case_study=page)
    return int(cited.filter(ask__state=ContributionState.PUBLISHED).count())


def thanks_for(page: Any) -> tuple[Ask, list[str]] | None:
    """The published ask that a case study began as, and the names of those who answered it, in their order."""
    ask = Ask.objects.published().filter(case_study=page).select_related("author").order_by("pk").first()
    if ask is None:
        return None
    answers = Comment.objects.published().filter(ask=ask).exclude(author=ask.author_id).select_related("author")
    names = dict.fromkeys(one.author.display_name for one in answers if one.author)
    return ask, list(names)
