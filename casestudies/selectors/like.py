"""Councils like one, and what they have done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from casestudies.models import Adoption, CaseStudyPage
from members.models import Organisation
from members.selectors import beneath, similar_to
from members.similarity import is_comparable, missing_words, similarity_words, too_little_known

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class CouncilLike:
    """A council, why it is like the other in words, and how many case studies and adoptions of it are published."""

    organisation: Organisation
    why: str
    note: str
    published: int
    adoptions: int


@dataclass(frozen=True, kw_only=True)
class CouncilsLike:
    """`problem` says why there are none, where that can be said."""

    councils: list[CouncilLike]
    problem: str = ""


def councils_like(organisation: Organisation, *, user: Any, limit: int = SHOWN) -> CouncilsLike:
    """The most similar ones with a page; three queries, and none where too little is known of the organisation."""
    if not is_comparable(organisation):
        return CouncilsLike(councils=[], problem=too_little_known(organisation))
    found = [similar.other for similar in similar_to(organisation, limit=limit)]
    published = _published_below([one.page.path for one in found])
    adopted = _adoptions_of([one.pk for one in found], user=user)
    return CouncilsLike(
        councils=[
            CouncilLike(
                organisation=one,
                why=similarity_words(organisation, one),
                note=missing_words(organisation, one),
                published=published.get(one.page.path, 0),
                adoptions=adopted.get(one.pk, 0),
            )
            for one in found
        ]
    )


def _published_below(paths: list[str]) -> Mapping[str, int]:
    """By the path of the organisation's page; as many rows as they have case studies, and only their paths."""
    if not paths:
        return {}
    steps = CaseStudyPage.steplen
    pages = CaseStudyPage.objects.listed().filter(beneath(paths)).values_list("path", flat=True)
    return Counter(path[:-steps] for path in pages)


def _adoptions_of(organisation_ids: list[int], *, user: Any) -> dict[int, int]:
    if not organisation_ids:
        return {}
    theirs = Adoption.objects.visible_to(user).filter(organisation__in=organisation_ids).order_by()
    return dict(theirs.values_list("organisation").annotate(n=Count("pk")))
