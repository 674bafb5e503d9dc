"""The directory of councils and communities, with how much each has published."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Length, Substr

from casestudies.models import CaseStudyPage
from members.models import Organisation, OrganisationKind, OrganisationPage, Tier

MAX_QUERY = 100


@dataclass(frozen=True, kw_only=True)
class CouncilFilters:
    """What a reader asked for; unknown values are dropped, never an error."""

    q: str = ""
    tier: str = ""
    region: str = ""

    @classmethod
    def from_query(cls, query: Any, *, regions: list[str]) -> "CouncilFilters":
        tier, region = query.get("tier", ""), query.get("region", "")
        return cls(
            q=" ".join(query.get("q", "").split())[:MAX_QUERY],
            tier=tier if tier in Tier.values else "",
            region=region if region in regions else "",
        )

    @property
    def chosen(self) -> bool:
        return bool(self.q or self.tier or self.region)


def published_by_path() -> dict[str, int]:
    """How many published case studies stand beneath each organisation's page, by its path; one query."""
    return dict(
        CaseStudyPage.objects.listed()
        .order_by()
        .annotate(parent=Substr("path", 1, Length("path") - CaseStudyPage.steplen))
        .values_list("parent")
        .annotate(n=Count("pk"))
    )


def regions() -> list[str]:
    """Those that an organisation with a page is in."""
    return list(
        Organisation.objects.listed().exclude(region="").order_by("region").values_list("region", flat=True).distinct()
    )


def councils_directory(*, filters: CouncilFilters, published: dict[str, int]) -> QuerySet[OrganisationPage]:
    """Those with case studies first (`has_published`), each half by name. The network itself is not a council."""
    found = (
        OrganisationPage.objects.live()
        .exclude(organisation__kind=OrganisationKind.NETWORK)
        .select_related("organisation")
        .annotate(
            has_published=Case(
                When(path__in=list(published), then=Value(True)), default=Value(False), output_field=BooleanField()
            )
        )
    )
    if filters.q:
        found = found.filter(
            Q(organisation__name__icontains=filters.q) | Q(organisation__short_name__icontains=filters.q)
        )
    if filters.tier:
        found = found.filter(organisation__tier=filters.tier)
    if filters.region:
        found = found.filter(organisation__region=filters.region)
    return found.order_by(F("has_published").desc(), "organisation__short_name", "pk")
