"""Writing what is said of a case study beside its text."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from casestudies.evidence import Rating, rate
from casestudies.models import CaseStudyPage, Standing
from casestudies.selectors.evidence import FoundFacts, facts_of, facts_of_new
from core import events
from members.selectors import organisation_pages_above, standing_below

BATCH = 200
_COMPUTED = ("rating", "answers", "adoptions", "known_outcomes", "outcomes")


def confirm(*, page_ids: Iterable[int], on: date) -> None:
    """Note that these case studies were still true on a day; one statement, safe to repeat."""
    Standing.objects.bulk_create(
        [Standing(page_id=pk, confirmed_on=on, asked_on=None) for pk in page_ids],
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=["confirmed_on", "asked_on"],
    )


def begin(*, pages: Sequence[CaseStudyPage], published: bool, on: date) -> None:
    """Where new pages stand that hold their rows in memory: true on the day, and rated if published; one statement.

    Their first rating is no event of its own: that of their publication brings it to the index.
    """
    Standing.objects.bulk_create(
        Standing(page_id=page.pk, confirmed_on=on, **(_rated(rate(facts_of_new(page))) if published else {}))
        for page in pages
    )


def rate_case_studies(page_ids: Collection[int]) -> int:
    """Compute rating and adoption figures of the published ones anew; return how many ratings changed.

    A constant number of queries for each 200, and none to write where nothing changed; safe to repeat. A rating that
    changed is recorded as `case_study.rated` (data: from, to, title). The first of a case study carries `first`: it
    brings the search index up to date, and is no news beside the publication.
    """
    ids = sorted(set(page_ids))
    return sum(_rate_batch(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


@transaction.atomic
def _rate_batch(page_ids: Sequence[int]) -> int:
    found = facts_of(page_ids)
    stored = _standings().filter(page__in=found).in_bulk()
    changed, moved, counted = [], [], []
    for pk, facts in found.items():
        old = stored.get(pk)
        new = _standing(pk, facts)
        if old is None or old.rated_at is None or any(getattr(old, name) != getattr(new, name) for name in _COMPUTED):
            changed.append(new)
        was = old.rating if old else 0
        if new.rating != was:
            moved.append((pk, {"from": was, "to": new.rating}, old is None or old.rated_at is None))
        elif old is None or old.rated_at is None or old.adoptions != new.adoptions:
            counted.append(pk)
    Standing.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["page"], update_fields=[*_COMPUTED, "rated_at"]
    )
    if moved:
        _record(moved)
    if counted:
        # A first rating of 0, or another adoption, is no news to anybody but the search index.
        events.record_many([events.Happening(kind="case_study.counted", subject=("case_study", pk)) for pk in counted])
    return len(moved)


def _standings() -> QuerySet[Standing]:
    """Locked where the database can, so that of two workers the second sees what the first wrote."""
    return Standing.objects.select_for_update(of=("self",)).order_by("pk")


def _standing(pk: int, facts: FoundFacts) -> Standing:
    return Standing(
        page_id=pk,
        adoptions=facts.adoptions,
        known_outcomes=facts.known_outcomes,
        outcomes=facts.outcomes,
        **_rated(rate(facts.evidence)),
    )


def _rated(rating: Rating) -> dict[str, Any]:
    return {"rating": rating.value, "answers": rating.stored(), "rated_at": timezone.now()}


def _record(moved: Sequence[tuple[int, dict[str, Any], bool]]) -> None:
    from casestudies.events import touches

    pages = CaseStudyPage.objects.without_texts().filter(pk__in=[pk for pk, _, _ in moved])
    by_id = {page.pk: page for page in pages.prefetch_related("topics", "case_study_places")}
    above = organisation_pages_above(by_id.values())
    for page in by_id.values():
        if page.path in above:
            standing_below(page, above[page.path].organisation)
    events.record_many(
        [
            events.Happening(
                kind="case_study.rated",
                subject=("case_study", pk),
                targets=list(touches(by_id[pk])),
                data={**change, "title": by_id[pk].title, **({"first": True} if first else {})},
            )
            for pk, change, first in moved
        ]
    )
