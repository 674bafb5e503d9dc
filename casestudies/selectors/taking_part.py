"""Which programmes places took part in: as editors noted, and as case studies and opportunities there say, as far as
the reader may read them. The rule stands here once, for a page and for tables and indexes of many places.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from casestudies.models import CaseStudyPage, CaseStudyPlace
from places.models import OpportunityPage, Place, ProgrammePage, ProgrammePlace


def _said(places: Iterable[Any], *, user: Any) -> tuple[tuple[Any, str], ...]:
    """Rows of these places, and the way from a row to the programme."""
    readable = CaseStudyPage.objects.visible_to(user).order_by().values("pk")
    asked = OpportunityPage.objects.standing().order_by().values("pk")
    return (
        (ProgrammePlace.objects.filter(place__in=places).order_by(), "page"),
        (CaseStudyPlace.objects.filter(place__in=places, page__in=readable).order_by(), "page__programme"),
        (
            OpportunityPage.places.through.objects.filter(place__in=places, opportunitypage__in=asked),
            "opportunitypage__programme",
        ),
    )


def programmes_at(place: Place, *, user: Any) -> list[ProgrammePage]:
    """By title; one query."""
    said = Q()
    for rows, programme in _said([place.pk], user=user):
        said |= Q(pk__in=rows.filter(**{f"{programme}__isnull": False}).values(programme))
    return list(ProgrammePage.objects.live().filter(said).order_by("title", "pk"))


def programmes_of(places: Iterable[int], *, user: Any) -> dict[int, list[tuple[str, str]]]:
    """Place → (slug, title) of each, by slug; three queries, however many places."""
    ids = list(places)
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for rows, programme in _said(ids, user=user):
        live = rows.filter(**{f"{programme}__live": True})
        for place, slug, title in live.values_list("place", f"{programme}__slug", f"{programme}__title").distinct():
            found[place].add((slug, title))
    return {place: sorted(programmes) for place, programmes in found.items()}
