"""Opportunities as documents. What is over is found as well, below what is not: `stale` once it is closed or withdrawn,
which an event tells when the time has come.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.models import Topic
from members.models import Organisation
from members.selectors import beneath_pages_of, organisation_pages_above
from places.models import OpportunityPage
from search.documents.base import Point, SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, page_paths, place_terms, topic_names, topic_terms, without_empty
from search.text import join, plain, tidy

TYPE = "opportunity"


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """The published ones of these, in a constant number of queries."""
    found = (
        OpportunityPage.objects.listed()
        .filter(pk__in=ids)
        .select_related("window", "programme", "locale")
        .prefetch_related("places", "documents__document")
    )
    with override("en"):
        pages = list(found)
        above, topics, path_of = organisation_pages_above(pages), _topics(pages), page_paths()
        return [
            _document(
                page,
                above[page.path].organisation if page.path in above else None,
                topics.get(page.pk, []),
                url=path_of(page.url_path),
            )
            for page in pages
        ]


def ids() -> Iterable[int]:
    return OpportunityPage.objects.listed().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _topics(pages: Sequence[OpportunityPage]) -> dict[int, list[Topic]]:
    rows = OpportunityPage.topics.through.objects.filter(opportunitypage__in=[page.pk for page in pages])
    found: dict[int, list[Topic]] = {}
    for row in rows.select_related("topic__parent").order_by("topic__order", "topic__name"):
        found.setdefault(row.opportunitypage_id, []).append(row.topic)
    return found


def _document(page: Any, organisation: Organisation | None, topics: list[Topic], *, url: str) -> SearchDocument:
    places = list(page.places.all())
    programme = page.programme if page.programme and page.programme.live else None
    names = [*topic_names(topics), *(place.name for place in places)]
    if organisation:
        names += [organisation.name, organisation.short_name, organisation.region]
    if programme:
        names.append(programme.title)
    texts = [plain(text) for text in (page.description, page.who_may_apply, page.how_to_apply)]
    documents = [one.name for one in page.documents.all()]
    return SearchDocument(
        kind="opportunity",
        object_id=page.pk,
        url=url,
        title=tidy(page.title),
        summary=tidy(page.summary),
        tags=(tidy(page.service),),
        context=tuple(tidy(name) for name in names if name),
        public_text=tidy(join([*texts, *documents])),
        facets=without_empty(
            {
                "type": (Term(TYPE),),
                "topic": topic_terms(topics),
                "place": place_terms(places),
                "programme": (Term(programme.slug, programme.title),) if programme else (),
                **(council_facets([organisation]) if organisation else {}),
            }
        ),
        points=_points(places, organisation),
        published_at=page.first_published_at,
        stale=page.state in {"closed", "withdrawn"},
        locale=page.locale.language_code,
        card={
            "council": organisation.short_name if organisation else "",
            "place": ", ".join(place.name for place in places[:3]),
            "opens": page.opens.isoformat() if page.opens else "",
            "closes": page.closes.isoformat() if page.closes else "",
            "withdrawn": page.withdrawn is not None,
        },
    )


def _points(places: list[Any], organisation: Organisation | None) -> tuple[Point, ...]:
    """Where it is about; where that is not said, where the council is."""
    if places:
        return tuple(Point(place.lat, place.lng) for place in places)
    if organisation is None or organisation.lat is None or organisation.lng is None:
        return ()
    return (Point(organisation.lat, organisation.lng),)


def in_topics(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(topics__in=ids) | Q(topics__parent__in=ids))


def of_organisations(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(beneath_pages_of(ids))


def in_places(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(places__in=ids))


def in_programmes(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(programme__in=ids))


def _keys(which: Q) -> Iterator[str]:
    for pk in OpportunityPage.objects.listed().filter(which).distinct().values_list("pk", flat=True):
        yield document_key("opportunity", pk)


SOURCE = Source(
    kind="opportunity", type=TYPE, label=_("Opportunities"), label_one=_("Opportunity"), build=build, ids=ids
)
