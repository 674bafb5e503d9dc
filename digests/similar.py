"""“Councils like Stockport”: what the followers of a council's likes are told.

Who is like whom is read when a run is planned, once for all that are followed: a council that becomes like another
brings news from then on. `docs/decisions/0010-places-like-yours.md` says what like means.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from digests.targets import COUNCILS_LIKE, Target
from members.models import SimilarOrganisation

NEAREST = 10
PUBLISHED = "case_study.published"


def match(
    kinds: Mapping[int, str], touched: Mapping[int, Collection[Target]], *, followed: Collection[int]
) -> dict[Target, list[int]]:
    """The first publications, among these events (id → kind), of the ten councils most like each followed one.

    Not what concerns the followed council itself: that is another follow. One query, none where nobody follows such.
    """
    published = [pk for pk, kind in kinds.items() if kind == PUBLISHED] if followed else []
    if not published:
        return {}
    likes = _likes(followed)
    brought: dict[Target, list[int]] = defaultdict(list)
    for event in published:
        own = {pk for kind, pk in touched[event] if kind == "organisation"}
        for organisation, others in likes.items():
            if own & others and organisation not in own:
                brought[COUNCILS_LIKE, organisation].append(event)
    return brought


def _likes(organisations: Collection[int]) -> Mapping[int, set[int]]:
    """Organisation → those most like it that have a page."""
    rows = SimilarOrganisation.objects.filter(organisation__in=organisations, other__page__live=True).order_by("rank")
    nearest: dict[int, set[int]] = defaultdict(set)
    for organisation, other in rows.values_list("organisation", "other"):
        if len(nearest[organisation]) < NEAREST:
            nearest[organisation].add(other)
    return nearest
