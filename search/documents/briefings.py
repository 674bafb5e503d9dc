"""Briefings as documents: what everybody may read of them, and apart from it what only members find them by."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from casestudies.models import BriefingPage
from members.models import OrganisationPage
from members.selectors import organisation_pages_above
from search.documents.base import SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, page_path, topic_names, topic_terms, without_empty
from search.text import join, plain, tidy

TYPE = "briefing"


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """The published ones of these, in a constant number of queries."""
    found = (
        BriefingPage.objects.listed()
        .filter(pk__in=ids)
        .select_related("locale", "programme")
        .prefetch_related("topics__parent", "documents__document", "sources")
    )
    with override("en"):
        pages = list(found)
        above = organisation_pages_above(pages)
        return [_document(page, above.get(page.path)) for page in pages]


def ids() -> Iterable[int]:
    return BriefingPage.objects.listed().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _document(page: BriefingPage, above: OrganisationPage | None) -> SearchDocument:
    topics = list(page.topics.all())
    organisation = above.organisation if above else None
    programme = page.programme if page.programme and page.programme.live else None
    names = topic_names(topics)
    if organisation:
        names += [organisation.name, organisation.short_name, organisation.region]
    if programme:
        names.append(programme.title)
    inner = [row.document.title for row in page.documents.all()] + [source.title for source in page.sources.all()]
    return SearchDocument(
        kind="briefing",
        object_id=page.pk,
        url=page.get_absolute_url(),
        title=tidy(page.title),
        summary=tidy(page.summary),
        context=tuple(tidy(name) for name in names if name),
        public_text=tidy(join([plain(page.conclusion), page.authors])),
        members_text=tidy(join([plain(page.body), *inner])),
        facets=without_empty(
            {
                "type": (Term(TYPE),),
                "topic": topic_terms(topics),
                "programme": (Term(programme.slug, programme.title),) if programme else (),
                **(council_facets([organisation]) if organisation else {}),
            }
        ),
        published_at=page.first_published_at,
        audience=str(page.audience),
        locale=page.locale.language_code,
        card={
            "council": organisation.short_name if organisation else "",
            "council_url": page_path(above) if above else "",
            "council_slug": organisation.slug if organisation else "",
        },
    )


def in_topics(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(topics__in=ids) | Q(topics__parent__in=ids))


def of_programmes(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(programme__in=ids))


def of_organisations(ids: Sequence[int]) -> Iterator[str]:
    which = Q(pk__in=[])
    for path in OrganisationPage.objects.filter(organisation__in=ids).values_list("path", flat=True):
        which |= Q(path__startswith=path)
    yield from _keys(which)


def _keys(which: Q) -> Iterator[str]:
    for pk in BriefingPage.objects.listed().filter(which).distinct().values_list("pk", flat=True):
        yield document_key("briefing", pk)


SOURCE = Source(kind="briefing", type=TYPE, label=_("Briefings"), label_one=_("Briefing"), build=build, ids=ids)
