"""Case studies as documents."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from casestudies.models import CaseStudyPage
from core.dates import year_of
from members.models import Organisation, OrganisationPage
from search.documents.base import Point, SearchDocument, Source, Term
from search.documents.terms import (
    cost_band,
    council_facets,
    page_path,
    place_terms,
    topic_names,
    topic_terms,
    without_empty,
)
from search.text import join, plain, tidy

TYPE = "case_study"
_ROWS = ("lessons", "risks", "needs", "milestones", "measures", "partners", "sources")
_LESSONS = ("did_not_work", "advice")
_TEXTS = ("who_for", "approach", "results", "what_next", "other_text")


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """The published ones of these, in a constant number of queries."""
    pages = list(
        CaseStudyPage.objects.listed()
        .filter(pk__in=ids)
        .select_related("programme", "locale", "standing")
        .prefetch_related("topics__parent", "tagged_items__tag", "case_study_places__place", *_ROWS)
    )
    councils = _organisations_of(pages)
    with override("en"):
        return [_document(page, councils.get(_parent_path(page))) for page in pages]


def ids() -> Iterable[int]:
    return CaseStudyPage.objects.listed().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def of_organisations(organisation_ids: Sequence[int]) -> Iterator[int]:
    paths = OrganisationPage.objects.filter(organisation__in=organisation_ids).values_list("path", flat=True)
    for path in paths:
        yield from CaseStudyPage.objects.listed().filter(path__startswith=path).values_list("pk", flat=True)


def _parent_path(page: CaseStudyPage) -> str:
    return str(page.path[: -page.steplen])


def _organisations_of(pages: Iterable[CaseStudyPage]) -> dict[str, Organisation]:
    parents = OrganisationPage.objects.filter(path__in={_parent_path(page) for page in pages})
    found: dict[str, Organisation] = {}
    for parent in parents.select_related("organisation"):
        found[parent.path] = parent.organisation
        found[parent.path].page = parent
    return found


def _document(page: CaseStudyPage, council: Organisation | None) -> SearchDocument:
    topics = list(page.topics.all())
    places = [row.place for row in page.case_study_places.all()]
    open_facets = {
        "type": (Term(TYPE),),
        "topic": topic_terms(topics),
        **(council_facets([council]) if council else {}),
    }
    rating, adoptions, stale = _standing(page)
    inner_facets = {
        "outcome": (Term(page.outcome),) if page.outcome else (),
        "stage": (Term(page.stage),) if page.stage else (),
        "evidence": (Term(str(rating)),) if rating is not None else (),
        "cost": (Term(band),) if (band := cost_band(page.setup_cost, page.yearly_cost)) else (),
        "year": (Term(str(year)),) if (year := year_of(page.started)) else (),
        "place": place_terms(places),
        "programme": (Term(page.programme.slug, page.programme.title),) if page.programme else (),
    }
    inner_card = {
        "place": ", ".join(place.name for place in places[:3]),
        "outcome": page.outcome,
        "stage": page.stage,
        "started": page.started,
        "ended": page.ended,
        "evidence": rating,
        "adoptions": adoptions,
        "stale": stale,
    }
    names = [*topic_names(topics), *([council.name, council.short_name, council.region] if council else [])]
    inner_names = [place.name for place in places] + ([page.programme.title] if page.programme else [])
    points = tuple(Point(place.lat, place.lng) for place in places)
    problem, lessons, text = tidy(plain(page.problem)), _lessons(page), _text(page)
    tags = [row.tag.name for row in page.tagged_items.all()]
    is_public = not page.is_members_only
    return SearchDocument(
        kind="case_study",
        object_id=page.pk,
        url=page_path(page),
        title=tidy(page.title),
        summary=tidy(page.summary),
        tags=tuple(map(tidy, tags)) if is_public else (),
        context=tuple(map(tidy, filter(None, [*names, *(inner_names if is_public else [])]))),
        problem=problem if is_public else "",
        lessons=lessons if is_public else "",
        public_text=text if is_public else "",
        members_problem="" if is_public else problem,
        members_lessons="" if is_public else lessons,
        members_text="" if is_public else join([*tags, *inner_names, text]),
        facets=without_empty({**open_facets, **(inner_facets if is_public else {})}),
        members_facets={} if is_public else without_empty(inner_facets),
        points=points if is_public else (),
        members_points=() if is_public else points,
        published_at=page.first_published_at,
        started=page.started if is_public else "",
        evidence=rating if is_public else None,
        adoptions=adoptions if is_public else 0,
        members_evidence=None if is_public else rating,
        members_adoptions=0 if is_public else adoptions,
        stale=stale and is_public,
        members_stale=stale and not is_public,
        audience=page.audience,
        locale=page.locale.language_code,
        card={
            "council": council.short_name if council else "",
            "council_url": page_path(council.page) if council else "",
            "council_slug": council.slug if council else "",
            **(inner_card if is_public else {}),
        },
        members_card={} if is_public else inner_card,
    )


def _standing(page: CaseStudyPage) -> tuple[int | None, int, bool]:
    """The evidence rating, None where nobody has worked it out yet, in how many other places it was tried, and whether
    nobody has said for two years that it is true (the nightly comparison finds those that became so).
    """
    standing = getattr(page, "standing", None)
    if standing is None:
        return None, 0, False
    return standing.rating if standing.rated_at else None, standing.adoptions, standing.is_stale


def _lessons(page: CaseStudyPage) -> str:
    """What another place can learn from it, what did not work first."""
    parts = [plain(getattr(page, name)) for name in _LESSONS]
    for lesson in page.lessons.all():
        parts += [lesson.lesson, lesson.why]
    return tidy(join(parts))


def _text(page: CaseStudyPage) -> str:
    """Everything else that the page says below its summary. Never the named contact."""
    parts = [plain(getattr(page, name)) for name in _TEXTS]
    for risk in page.risks.all():
        parts += [risk.risk, risk.response]
    parts += [need.need for need in page.needs.all()]
    parts += [milestone.text for milestone in page.milestones.all()]
    for measure in page.measures.all():
        parts += [measure.indicator, measure.sample, measure.note]
    parts += [partner.name for partner in page.partners.all()]
    parts += [page.ended_reason, page.cost_note, page.funder, page.staff_time, page.time_to_first_result]
    parts += [source.title for source in page.sources.all()]
    return tidy(join(parts))


SOURCE = Source(kind="case_study", type=TYPE, label=_("Case studies"), label_one=_("Case study"), build=build, ids=ids)
