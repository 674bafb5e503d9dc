"""Entries of places' records as documents, each with the replies beneath it."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.dates import display
from places.models import RecordEntry
from places.record.selectors import listed
from search.documents.base import Point, SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, place_terms, topic_names, topic_terms, without_empty
from search.text import join, tidy

TYPE = "record"
SUMMARY_LENGTH = 300


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """Those that everybody may read; a reply is found with its entry."""
    found = listed().filter(pk__in=ids).select_related("topic__parent")
    with override("en"):
        return [_document(entry) for entry in found.prefetch_related("place__organisations")]


def ids() -> Iterable[int]:
    found = RecordEntry.objects.published().filter(answers=None)
    return found.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _document(entry: RecordEntry) -> SearchDocument:
    place, programme = entry.place, entry.programme if entry.programme and entry.programme.live else None
    councils = list(place.organisations.all())
    topics = [entry.topic] if entry.topic else []
    words = tidy(entry.words)
    names = [place.name, *topic_names(topics), *(name for one in councils for name in (one.name, one.short_name))]
    alt = entry.picture.alt if entry.picture else ""
    return SearchDocument(
        kind="record",
        object_id=entry.pk,
        url=entry.get_absolute_url(),
        title=tidy(f"{place.name}, {display(entry.when)}: {entry.title}"),
        summary=words if len(words) <= SUMMARY_LENGTH else f"{words[:SUMMARY_LENGTH].rsplit(' ', 1)[0]} …",
        context=tuple(tidy(name) for name in [*names, programme.title if programme else ""] if name),
        lessons=tidy(entry.lesson),
        public_text=tidy(join([words, alt, *(reply.words for reply in entry.replies.all())])),
        facets=without_empty(
            {
                "type": (Term(TYPE),),
                "topic": topic_terms(topics),
                "place": place_terms([place]),
                "programme": (Term(programme.slug, programme.title),) if programme else (),
                "year": (Term(entry.when[:4]),),
                **council_facets(councils),
            }
        ),
        points=(Point(place.lat, place.lng),),
        published_at=entry.created_at,
        started=entry.when,
        card={"place": place.name, "started": entry.when, "side": entry.side},
    )


def in_topics(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(topic__in=ids) | Q(topic__parent__in=ids))


def of_organisations(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(place__organisations__in=ids))


def in_places(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(place__in=ids))


def of_programmes(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(programme__in=ids))


def _with_the_reply(ids: Sequence[int]) -> Iterator[str]:
    """What a reply says stands in the document of its entry."""
    replies = RecordEntry.objects.filter(pk__in=ids, answers__isnull=False)
    for pk in replies.values_list("answers", flat=True):
        if pk is not None:
            yield document_key("record", pk)


def _keys(which: Q) -> Iterator[str]:
    found = RecordEntry.objects.published().filter(which, answers=None)
    for pk in found.distinct().order_by("pk").values_list("pk", flat=True):
        yield document_key("record", pk)


SOURCE = Source(
    kind="record",
    type=TYPE,
    label=_("Entries of places’ records"),
    label_one=_("Entry of a place’s record"),
    build=build,
    ids=ids,
    dependents=_with_the_reply,
)
