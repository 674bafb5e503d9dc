"""The facts that the evidence rating is computed from, for many case studies in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import strip_tags

from casestudies.choices import Audience, SourceKind, WrittenBy
from casestudies.evidence import AdopterFacts, EvidenceFacts, MeasureFacts
from casestudies.models import KNOWN_OUTCOMES, Adoption, AdoptionMeasure, BaseMeasure, CaseStudyPage, Measure, Source
from members.models import Organisation
from members.selectors import organisation_of, organisation_pages_above

_OWN_FIELDS = (
    "path", "depth", "title", "problem", "approach", "outcome", "source_url", "setup_cost", "yearly_cost", "cost_note",
    "audience",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FoundFacts:
    """What the database says of one published case study: for its rating, and how far it has travelled.

    `adoptions` counts the published ones, `outcomes` how many of them ended in each known way.
    """

    evidence: EvidenceFacts
    adoptions: int
    outcomes: dict[str, int]

    @property
    def known_outcomes(self) -> int:
        return sum(self.outcomes.values())


def facts_of(page_ids: Iterable[int]) -> dict[int, FoundFacts]:
    """The facts of those that are published, by id; at most seven queries, however many."""
    found = CaseStudyPage.objects.live().filter(pk__in=list(page_ids)).only(*_OWN_FIELDS)
    pages = {page.pk: page for page in found}
    above = organisation_pages_above(pages.values())
    origins = {pk: above[page.path].organisation if page.path in above else None for pk, page in pages.items()}
    adoptions = _published_adoptions(pages)
    adopters = _adopters(
        {pk: [one for one in adoptions[pk] if _counts(one, origins[pk])] for pk in pages},
        audiences={pk: page.audience for pk, page in pages.items()},
    )
    sources: dict[int, list[Source]] = defaultdict(list)
    for source in Source.objects.filter(page__in=pages):
        sources[source.page_id].append(source)
    measures: dict[int, list[Measure]] = defaultdict(list)
    for measure in Measure.objects.filter(page__in=pages):
        measures[measure.page_id].append(measure)
    return {
        pk: FoundFacts(
            evidence=_evidence(page, sources=sources[pk], measures=measures[pk], adopters=adopters[pk]),
            adoptions=len(adoptions[pk]),
            outcomes=dict(Counter(one.outcome for one in adoptions[pk] if one.outcome in KNOWN_OUTCOMES)),
        )
        for pk, page in pages.items()
    }


def facts_of_new(page: CaseStudyPage) -> EvidenceFacts:
    """The facts of a page that holds its rows in memory and that nobody can have adopted yet; no query."""
    return _evidence(page, sources=page.sources.all(), measures=page.measures.all(), adopters=())


def facts_of_draft(page: CaseStudyPage) -> EvidenceFacts:
    """The facts of a page as its editor holds it in memory, with the adoptions of its published version."""
    if not page.pk:
        return facts_of_new(page)
    origin = organisation_of(page)
    counted = [one for one in _published_adoptions([page.pk])[page.pk] if _counts(one, origin)]
    adopters = _adopters({page.pk: counted}, audiences={page.pk: page.audience})
    return replace(facts_of_new(page), adopters=adopters[page.pk])


def _published_adoptions(page_ids: Iterable[int]) -> dict[int, list[Adoption]]:
    found: dict[int, list[Adoption]] = defaultdict(list)
    adoptions = Adoption.objects.published().filter(case_study__in=list(page_ids))
    for one in adoptions.select_related("author", "organisation").order_by("pk"):
        found[one.case_study_id].append(one)
    return found


def _counts(adoption: Adoption, origin: Organisation | None) -> bool:
    """Whether its figures bear on the rating: another organisation's, and vouched for, or written up from a source.

    What demonstration people made up says nothing of a real case study.
    """
    if origin is not None and adoption.organisation_id == origin.pk:
        return False
    if adoption.is_example and not (origin and origin.is_demonstration):
        return False
    return adoption.verified or (adoption.written_by == WrittenBy.EDITORS and bool(adoption.source_url))


def _adopters(
    adoptions: Mapping[int, Sequence[Adoption]], *, audiences: Mapping[int, str]
) -> dict[int, tuple[AdopterFacts, ...]]:
    """What they measured: in the record of the adoption, and in their own published account where it is linked.

    An account for members only does not bear on the rating that everybody sees.
    """
    every = [one for some in adoptions.values() for one in some]
    recorded: dict[int, list[BaseMeasure]] = defaultdict(list)
    accounts: dict[int, list[Measure]] = defaultdict(list)
    if every:
        for measure in AdoptionMeasure.objects.filter(adoption__in=every):
            recorded[measure.adoption_id].append(measure)
    if linked := {one.own_case_study_id for one in every if one.own_case_study_id}:
        for own in Measure.objects.filter(page__in=linked, page__live=True).select_related("page"):
            accounts[own.page_id].append(own)

    def measures_of(adoption: Adoption, audience: str) -> list[Any]:
        account = accounts[adoption.own_case_study_id] if adoption.own_case_study_id else []
        return recorded[adoption.pk] + [one for one in account if one.page.audience in {Audience.PUBLIC, audience}]

    return {
        pk: tuple(
            AdopterFacts(
                organisation=one.organisation_id,
                measures=tuple(_measure(measure) for measure in measures_of(one, audiences[pk])),
            )
            for one in some
        )
        for pk, some in adoptions.items()
    }


def _evidence(
    page: CaseStudyPage,
    *,
    sources: Iterable[Source],
    measures: Iterable[BaseMeasure],
    adopters: tuple[AdopterFacts, ...],
) -> EvidenceFacts:
    # A row of a draft without its number is no measurement, and its source bears out nothing.
    named, rows = list(sources), [one for one in measures if one.is_measured]
    addresses = {page.source_url, *(one.url for one in named), *(one.source for one in rows)} - {""}
    return EvidenceFacts(
        problem=_says_something(page.problem),
        approach=_says_something(page.approach),
        outcome=page.outcome,
        sources=len(addresses),
        independent=tuple(one.title for one in named if one.kind == SourceKind.EVALUATION and one.independent),
        cost=page.has_cost,
        measures=tuple(_measure(one) for one in rows),
        adopters=adopters,
    )


def _measure(measure: Any) -> MeasureFacts:
    return MeasureFacts(
        same_as=measure.same_as,
        indicator=measure.indicator,
        before=measure.before,
        before_date=measure.before_date,
        after=measure.after,
        after_date=measure.after_date,
        comparison=measure.comparison,
        why_comparable=measure.why_comparable,
        sample_size=measure.sample_size,
        drop_out=measure.drop_out,
        self_reported=measure.self_reported,
    )


def _says_something(html: str) -> bool:
    return bool(strip_tags(html or "").strip())
