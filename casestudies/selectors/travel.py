"""Does it travel? The adoptions of a case study, as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Window

from casestudies.models import Adoption, AdoptionMeasure, CaseStudyPage
from casestudies.permissions import can_read
from casestudies.querysets import LONG_TEXTS
from casestudies.selectors.headline import adoptions_with_known_outcome
from casestudies.travel import known_first
from members.models import Organisation
from members.selectors import likenesses, own_organisation
from members.similarity import similarity_words

SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Adopter:
    """One row of the list. `likeness` says how the adopter compares with `beside`, the council they are ranked for.

    `own_case_study` is the adopter's own account, if the reader may read it.
    """

    adoption: Adoption
    likeness: str = ""
    beside: str = ""
    own_case_study: CaseStudyPage | None = None

    @property
    def is_example(self) -> bool:
        return self.adoption.is_example


def adopters(
    adoptions: Iterable[Adoption], *, user: Any, like: Organisation | None = None
) -> tuple[list[Adopter], Organisation | None]:
    """The rows in their order, and the council they are ranked for: `like`, or a member's own. Else those with a
    known outcome come first, newest first. No query for who is not signed in, three for a member.
    """
    found = known_first(adoptions)
    own = like or own_organisation(user)
    words: dict[int, str] = {}
    if own is not None and found:
        organisations = {one.organisation.pk: one.organisation for one in found}
        alike = likenesses(own, organisations.values())
        words = {pk: similarity_words(own, one) for pk, one in organisations.items() if alike[pk].is_known}
        found.sort(key=lambda one: -(alike[one.organisation.pk].score or 0))
    rows = [
        Adopter(
            adoption=one,
            likeness=words.get(one.organisation.pk, ""),
            beside=own.short_name if own else "",
            own_case_study=one.own_case_study if one.own_case_study and can_read(user, one.own_case_study) else None,
        )
        for one in found
    ]
    return rows, own if words else None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The first of a list of adoptions, and how many there are in all."""

    total: int
    adoptions: list[Adoption]


def lately_known(*, limit: int = 4) -> Listed:
    """The network's headline number and the newest of what it counts; one query."""
    return _listed(adoptions_with_known_outcome(), limit=limit)


def adopted_by(organisation: Organisation, *, user: Any, limit: int = 12) -> Listed:
    """What an organisation took over from others, as far as the person may read of it; one query."""
    return _listed(Adoption.objects.visible_to(user).filter(organisation=organisation), limit=limit)


def _listed(adoptions: Any, *, limit: int) -> Listed:
    found = (
        adoptions.select_related("organisation__page", "case_study", "author")
        .defer(*(f"case_study__{name}" for name in LONG_TEXTS))
        .annotate(total=Window(Count("pk")))
        .order_by("-state_changed_at", "-pk")
    )
    rows = list(found[:limit])
    return Listed(total=rows[0].total if rows else 0, adoptions=rows)


def adoptions_of(page: CaseStudyPage) -> list[Adoption]:
    """The published ones with all that a list shows, for pages that did not come with them; two queries."""
    found: Any = (
        Adoption.objects.published()
        .filter(case_study=page)
        .select_related("organisation__page", "place", "author")
        .prefetch_related(
            Prefetch("own_case_study", CaseStudyPage.objects.without_texts()),
            Prefetch("measures", AdoptionMeasure.objects.order_by("sort_order", "pk"), to_attr="measure_list"),
        )
    )
    return list(found)
