"""Councils and community bodies as documents."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.models import Organisation, OrganisationKind
from places.models import Place
from search.documents import asks, briefings, case_studies, opportunities, record
from search.documents.base import Point, SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, page_path, without_empty
from search.text import join, plain, tidy


def _findable() -> Any:
    """Those with a live page; the network's own editors are no council to be found."""
    return Organisation.objects.listed().exclude(kind=OrganisationKind.NETWORK)


def build(ids: Sequence[int]) -> list[SearchDocument]:
    found = _findable().filter(pk__in=ids).select_related("page__locale")
    with override("en"):
        return [_document(one) for one in found]


def ids() -> Iterable[int]:
    return _findable().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _document(one: Organisation) -> SearchDocument:
    about = plain(one.page.about)
    return SearchDocument(
        kind="organisation",
        object_id=one.pk,
        url=page_path(one.page),
        title=tidy(one.page.title),
        summary=about if len(about) <= 300 else f"{about[:297].rsplit(' ', 1)[0]} …",
        context=tuple(tidy(name) for name in (one.name, one.short_name, one.region, one.nation) if name),
        public_text=tidy(join([about, one.get_tier_display() if one.tier else ""])),
        facets=without_empty({"type": (Term("council"),), **council_facets([one])}),
        points=(Point(one.lat, one.lng),) if one.lat is not None and one.lng is not None else (),
        published_at=one.page.first_published_at,
        locale=one.page.locale.language_code,
        card={"place": one.region, "tier": one.tier, "council_slug": one.slug},
    )


def _dependents(ids: Sequence[int]) -> Iterator[str]:
    for pk in case_studies.of_organisations(ids):
        yield document_key("case_study", pk)
    for pk in Place.objects.filter(organisations__in=ids).distinct().values_list("pk", flat=True):
        yield document_key("place", pk)
    yield from asks.of_organisations(ids)
    yield from opportunities.of_organisations(ids)
    yield from briefings.of_organisations(ids)
    yield from record.of_organisations(ids)


SOURCE = Source(
    kind="organisation",
    type="council",
    label=_("Councils and communities"),
    label_one=_("Council or community"),
    build=build,
    ids=ids,
    dependents=_dependents,
)
