"""The rows of figures: of case studies, and of those who adopted them."""

from collections.abc import Iterator
from typing import Any

from api.exports.columns import Row
from api.exports.shared import (
    columns_of_case_study,
    in_batches,
    is_made_up,
    organisation_of_page,
    public_case_studies,
    without_texts,
)
from api.selectors import NOBODY, councils_of
from casestudies.change import change_of, significant
from casestudies.models import Adoption, AdoptionMeasure, CaseStudyPage, Measure


def measure_rows(*, page: CaseStudyPage | None = None) -> Iterator[Row]:
    """The measures of all public case studies and of their published adoptions; or those of one page, whose reader's
    rights the caller has asked about.
    """
    pages = public_case_studies().values("pk") if page is None else [page.pk]
    own = Measure.objects.filter(page__in=pages).select_related("standard", "page")
    yield from in_batches(without_texts(own, "page"), _own_measures)
    adoptions = Adoption.objects.published().filter(case_study__in=pages)
    theirs = AdoptionMeasure.objects.filter(adoption__in=adoptions.values("pk"))
    theirs = theirs.select_related("standard", "adoption__organisation", "adoption__author", "adoption__case_study")
    yield from in_batches(without_texts(theirs, "adoption__case_study"), _adopters_measures)


def _own_measures(measures: list[Measure]) -> Iterator[Row]:
    councils = councils_of(measure.page for measure in measures)
    for measure in measures:
        organisation = organisation_of_page(measure.page, councils)
        yield {
            "id": f"m{measure.pk}",
            **columns_of_case_study(measure.page),
            "adoption_id": None,
            "measured_by": organisation.name if organisation else "",
            **_measure(measure),
            "is_demonstration": is_made_up(organisation),
        }


def _adopters_measures(measures: list[AdoptionMeasure]) -> Iterator[Row]:
    councils = councils_of(measure.adoption.case_study for measure in measures)
    for measure in measures:
        adoption = measure.adoption
        yield {
            "id": f"a{measure.pk}",
            **columns_of_case_study(adoption.case_study),
            "adoption_id": adoption.pk,
            "measured_by": adoption.organisation.name,
            **_measure(measure),
            "is_demonstration": adoption.is_example or is_made_up(organisation_of_page(adoption.case_study, councils)),
        }


def _measure(measure: Any) -> Row:
    change = change_of(measure)
    relative = None if change.relative is None else float(significant(change.relative * 100))
    as_they_are = ("before", "before_date", "after", "after_date")
    notes = (
        "prices", "comparison", "why_comparable", "sample", "sample_size", "drop_out", "self_reported", "source",
        "note",
    )  # fmt: skip
    return {
        "indicator": measure.indicator,
        "agreed_indicator": measure.standard.name if measure.standard and measure.standard.is_agreed else "",
        "unit": measure.unit,
        "better": measure.better,
        **{name: getattr(measure, name) for name in as_they_are},
        "difference": None if change.difference is None else float(change.difference),
        "difference_unit": "percentage points" if change.in_points else measure.unit,
        "relative_change_percent": relative,
        "improved": change.improved,
        "target": measure.target,
        "target_result": str(change.target_result or ""),
        **{name: getattr(measure, name) for name in notes},
        "in_words": change.summary,
    }


def count_measures() -> int:
    theirs = AdoptionMeasure.objects.filter(adoption__in=Adoption.objects.visible_to(NOBODY).values("pk"))
    return int(Measure.objects.filter(page__in=public_case_studies().values("pk")).count()) + int(theirs.count())
