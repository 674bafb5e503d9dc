"""Case studies as documents.

A rebuild makes a hundred thousand of these, so they are read as rows and not as pages: what a page and all that belongs
to it cost to be made is many times what the text in them costs.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from casestudies.choices import Audience
from casestudies.confirming import is_stale
from casestudies.models import CaseStudyPage
from core.dates import year_of
from members.models import OrganisationPage
from search.documents.base import Point, SearchDocument, Source, Term
from search.documents.surroundings import RowTexts, Surroundings, council_path
from search.documents.terms import cost_band, page_paths, without_empty
from search.text import join, plain, tidy

TYPE = "case_study"
_LESSONS = ("did_not_work", "advice")
_TEXTS = ("who_for", "approach", "results", "what_next", "other_text")
_SHORT_TEXTS = ("ended_reason", "cost_note", "funder", "staff_time", "time_to_first_result")
# The rows of a page whose texts are searched, in the order in which the page has them.
_ROWS = {
    "lessons": ("lesson", "why"),
    "risks": ("risk", "response"),
    "needs": ("need",),
    "milestones": ("text",),
    "measures": ("indicator", "sample", "note"),
    "partners": ("name",),
    "sources": ("title",),
}
_COLUMNS = (
    "pk", "path", "url_path", "title", "summary", "problem", *_LESSONS, *_TEXTS, *_SHORT_TEXTS,
    "outcome", "stage", "started", "ended", "setup_cost", "yearly_cost", "audience", "first_published_at",
    "locale__language_code", "programme__slug", "programme__title",
    "standing__rating", "standing__rated_at", "standing__adoptions", "standing__confirmed_on", "standing__ended",
)  # fmt: skip


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """The published ones of these, in a constant number of queries."""
    with override("en"):
        pages = list(CaseStudyPage.objects.listed().filter(pk__in=ids).values_list(*_COLUMNS, named=True))
        if not pages:
            return []
        around = Surroundings.of(pages, rows=_ROWS)
        path_of, today = page_paths(), timezone.localdate()
        return [_document(page, around, url=path_of(page.url_path), today=today) for page in pages]


def ids() -> Iterable[int]:
    return CaseStudyPage.objects.listed().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def of_organisations(organisation_ids: Sequence[int]) -> Iterator[int]:
    paths = OrganisationPage.objects.filter(organisation__in=organisation_ids).values_list("path", flat=True)
    for path in paths:
        yield from CaseStudyPage.objects.listed().filter(path__startswith=path).values_list("pk", flat=True)


def _document(page: Any, around: Surroundings, *, url: str, today: date) -> SearchDocument:
    """`page` is a row of `_COLUMNS`."""
    council = around.councils.get(council_path(page))
    topics, topic_names = around.topics(page.pk)
    places = around.places.get(page.pk, ())
    rows = around.texts.get(page.pk, {})
    open_facets = {"type": (Term(TYPE),), "topic": topics, **(council.facets if council else {})}
    # None where nobody has worked the rating out yet.
    rating = page.standing__rating if page.standing__rated_at else None
    adoptions = page.standing__adoptions or 0
    stale = is_stale(
        confirmed_on=page.standing__confirmed_on, stage=page.stage, ended=page.standing__ended or "", today=today
    )
    inner_facets = {
        "outcome": (Term(page.outcome),) if page.outcome else (),
        "stage": (Term(page.stage),) if page.stage else (),
        "evidence": (Term(str(rating)),) if rating is not None else (),
        "cost": (Term(band),) if (band := cost_band(page.setup_cost, page.yearly_cost)) else (),
        "year": (Term(str(year)),) if (year := year_of(page.started)) else (),
        "place": tuple(Term(place.slug, place.name) for place in places),
        "programme": (Term(page.programme__slug, page.programme__title),) if page.programme__slug else (),
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
    names = [*topic_names, *(council.names if council else ())]
    inner_names = [place.name for place in places] + ([page.programme__title] if page.programme__slug else [])
    points = tuple(Point(place.lat, place.lng) for place in places)
    problem, lessons, text = plain(page.problem), _lessons(page, rows), _text(page, rows)
    tags = around.tags.get(page.pk, ())
    is_public = page.audience != Audience.MEMBERS
    return SearchDocument(
        kind="case_study",
        object_id=page.pk,
        url=url,
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
        locale=page.locale__language_code,
        card={
            "council": council.short_name if council else "",
            "council_url": council.url if council else "",
            "council_slug": council.slug if council else "",
            **(inner_card if is_public else {}),
        },
        members_card={} if is_public else inner_card,
    )


def _lessons(page: Any, rows: RowTexts) -> str:
    """What another place can learn from it, what did not work first."""
    return tidy(join([*(plain(getattr(page, name)) for name in _LESSONS), *rows.get("lessons", ())]))


def _text(page: Any, rows: RowTexts) -> str:
    """Everything else that the page says below its summary. Never the named contact."""
    parts = [plain(getattr(page, name)) for name in _TEXTS]
    for name in ("risks", "needs", "milestones", "measures", "partners"):
        parts += rows.get(name, ())
    parts += [getattr(page, name) for name in _SHORT_TEXTS]
    parts += rows.get("sources", ())
    return tidy(join(parts))


SOURCE = Source(kind="case_study", type=TYPE, label=_("Case studies"), label_one=_("Case study"), build=build, ids=ids)
