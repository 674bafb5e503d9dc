"""Working out ahead which councils are most alike (`docs/decisions/0010-places-like-yours.md`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from django.db import transaction
from django.utils import timezone

from members.models import Organisation, OrganisationKind, SimilarityScale, SimilarOrganisation
from members.similarity import FACTS, Scale, is_comparable, likeness, scale_of

KEPT = 50


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """`compared` councils, and how many are left out because too little is known of them."""

    compared: int
    unknown: int


@transaction.atomic
def refresh_similarity(*, track: Callable[[Sequence[Organisation]], Iterable[Organisation]] = iter) -> Refreshed:
    """Work out anew, for every organisation of which enough is known, the `KEPT` most like it. Safe to repeat.

    `track` is given the councils and yields them again, to show progress. The lock on the scale lets one refresh
    follow the other, so that what was read last is what stays.
    """
    SimilarityScale.objects.get_or_create(pk=SimilarityScale.ONLY)
    row = SimilarityScale.objects.select_for_update().get(pk=SimilarityScale.ONLY)
    every = list(
        Organisation.objects.exclude(kind=OrganisationKind.NETWORK)
        .only("pk", "is_demonstration", *FACTS)
        .order_by("pk")
    )
    councils = [one for one in every if is_comparable(one)]
    scale = scale_of(councils)
    SimilarOrganisation.objects.all().delete()
    for one in track(councils):
        SimilarOrganisation.objects.bulk_create(_most_like(one, councils, scale))
    row.take(scale, councils=len(councils), refreshed_at=timezone.now())
    row.save()
    return Refreshed(compared=len(councils), unknown=len(every) - len(councils))


def _most_like(one: Organisation, councils: Sequence[Organisation], scale: Scale) -> list[SimilarOrganisation]:
    """What is made up for the demonstration may be compared with real councils, and is no comparison for them."""
    scored = [
        (score, -other.pk, other)
        for other in councils
        if other.pk != one.pk
        and not other.is_demonstration
        and (score := likeness(one, other, scale=scale).score) is not None
    ]
    return [
        SimilarOrganisation(organisation=one, other=other, rank=rank, score=score)
        for rank, (score, _, other) in enumerate(nlargest(KEPT, scored, key=lambda row: row[:2]), start=1)
    ]
