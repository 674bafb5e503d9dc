"""Places and programmes as documents."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from casestudies.models import CaseStudyPage, CaseStudyPlace
from casestudies.selectors import programmes_of
from places.choices import LinkKind
from places.models import OpportunityPage, Place, ProgrammePage, ProgrammePlace
from search.documents import asks, briefings, opportunities, record
from search.documents.base import Point, SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, page_path, place_terms, without_empty
from search.text import join, plain, tidy


def build_places(ids: Sequence[int]) -> list[SearchDocument]:
    found = Place.objects.filter(pk__in=ids).prefetch_related("organisations")
    programmes = programmes_of(ids, user=AnonymousUser())
    with override("en"):
        return [_place(place, starmap(Term, programmes.get(place.pk, ()))) for place in found]


def place_ids() -> Iterable[int]:
    return Place.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _place(place: Place, programmes: Iterable[Term]) -> SearchDocument:
    councils = list(place.organisations.all())
    facets = {"type": (Term("place"),), "place": place_terms([place]), "programme": tuple(programmes)}
    return SearchDocument(
        kind="place",
        object_id=place.pk,
        url=place.get_absolute_url(),
        title=tidy(place.name),
        summary=tidy(place.summary),
        lessons=tidy(plain(place.meaning)),
        context=tuple(tidy(name) for one in councils for name in (one.name, one.short_name, one.region) if name),
        facets=without_empty({**facets, **council_facets(councils)}),
        points=(Point(place.lat, place.lng),),
        card={"council": ", ".join(one.short_name for one in councils)},
    )


def _in_places(ids: Sequence[int]) -> Iterator[str]:
    found = CaseStudyPage.objects.listed().filter(case_study_places__place__in=ids).distinct()
    for pk in found.values_list("pk", flat=True):
        yield document_key("case_study", pk)
    for pk in ProgrammePlace.objects.filter(place__in=ids).values_list("page", flat=True).distinct():
        yield document_key("programme", pk)
    yield from asks.in_places(ids)
    yield from opportunities.in_places(ids)
    yield from record.in_places(ids)


def build_programmes(ids: Sequence[int]) -> list[SearchDocument]:
    found: Any = ProgrammePage.objects.live().filter(pk__in=ids).select_related("locale")
    places = ProgrammePlace.objects.select_related("place")
    found = found.prefetch_related("steps", "sources", Prefetch("programme_places", places))
    with override("en"):
        return [_programme(page) for page in found]


def programme_ids() -> Iterable[int]:
    return ProgrammePage.objects.live().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _programme(page: ProgrammePage) -> SearchDocument:
    texts = [plain(text) for text in (page.what_it_is, page.current_state, page.who_may_use, page.legal_basis)]
    steps = [text for step in page.steps.all() for text in (step.title, step.who, step.takes, step.text)]
    links = [link.title for link in page.sources.all() if link.kind != LinkKind.SOURCE]
    took_part = [row.place.name for row in page.programme_places.all()]
    return SearchDocument(
        kind="programme",
        object_id=page.pk,
        url=page_path(page),
        title=tidy(page.title),
        summary=tidy(page.summary),
        context=tuple(tidy(name) for name in (page.nation, *took_part) if name),
        public_text=tidy(join([*texts, *steps, *links, page.in_force])),
        facets={"type": (Term("programme"),), "programme": (Term(page.slug, page.title),)},
        published_at=page.first_published_at,
        locale=page.locale.language_code,
    )


def _of_programmes(ids: Sequence[int]) -> Iterator[str]:
    for pk in CaseStudyPage.objects.listed().filter(programme__in=ids).values_list("pk", flat=True):
        yield document_key("case_study", pk)
    yield from briefings.of_programmes(ids)
    yield from opportunities.in_programmes(ids)
    yield from record.of_programmes(ids)
    places = set(ProgrammePlace.objects.filter(page__in=ids).values_list("place", flat=True))
    places |= set(CaseStudyPlace.objects.filter(page__programme__in=ids).values_list("place", flat=True))
    places |= set(
        OpportunityPage.places.through.objects.filter(opportunitypage__programme__in=ids).values_list(
            "place", flat=True
        )
    )
    yield from (document_key("place", pk) for pk in sorted(places))


PLACES = Source(
    kind="place",
    type="place",
    label=_("Places"),
    label_one=_("Place"),
    build=build_places,
    ids=place_ids,
    dependents=_in_places,
)
PROGRAMMES = Source(
    kind="programme",
    type="programme",
    label=_("Programmes"),
    label_one=_("Programme"),
    build=build_programmes,
    ids=programme_ids,
    dependents=_of_programmes,
)
