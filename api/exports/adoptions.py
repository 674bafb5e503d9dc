"""The rows of adoptions."""

from collections.abc import Iterator

from api.exports.columns import Row
from api.exports.shared import (
    columns_of,
    columns_of_case_study,
    in_batches,
    is_made_up,
    moment,
    organisation_of_page,
    public_case_studies,
    without_texts,
)
from api.selectors import NOBODY, councils_of
from casestudies.models import Adoption
from casestudies.selectors import adoptions_with_known_outcome


def adoption_rows() -> Iterator[Row]:
    found = Adoption.objects.visible_to(NOBODY).select_related("organisation", "place", "author", "case_study")
    return in_batches(without_texts(found, "case_study"), _adoptions)


def _adoptions(adoptions: list[Adoption]) -> Iterator[Row]:
    councils = councils_of(adoption.case_study for adoption in adoptions)
    counted = set(
        adoptions_with_known_outcome().filter(pk__in=[one.pk for one in adoptions]).values_list("pk", flat=True)
    )
    own = {adoption.own_case_study_id for adoption in adoptions if adoption.own_case_study_id}
    public = set(public_case_studies().filter(pk__in=own).values_list("pk", flat=True)) if own else set()
    for adoption in adoptions:
        origin = organisation_of_page(adoption.case_study, councils)
        yield {
            "id": adoption.pk,
            **columns_of_case_study(adoption.case_study),
            "origin": origin.name if origin else "",
            **columns_of(adoption.organisation),
            "place": adoption.place.name if adoption.place else "",
            "lat": adoption.place.lat if adoption.place else None,
            "lng": adoption.place.lng if adoption.place else None,
            "status": adoption.status,
            "started": adoption.started,
            "ended": adoption.ended,
            "outcome": adoption.outcome,
            "reasons": list(adoption.reasons),
            "other_reason": adoption.other_reason,
            "changed": adoption.changed,
            "words": adoption.words,
            "verified": adoption.verified,
            "written_by": adoption.written_by,
            "source_url": adoption.source_url,
            "own_case_study_id": adoption.own_case_study_id if adoption.own_case_study_id in public else None,
            "last_confirmed": moment(adoption.confirmed_on),
            "counted": adoption.pk in counted,
            "is_demonstration": adoption.is_example or is_made_up(origin),
        }
