"""Asks as documents: what somebody asked, and the answer that helped."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from discussion.models import Ask
from moderation.models import ContributionState
from search.documents.base import SearchDocument, Source, Term, document_key
from search.documents.terms import council_facets, place_terms, topic_names, topic_terms, without_empty
from search.text import tidy

TYPE = "ask"
SUMMARY_LENGTH = 300
_ADDRESS = re.compile(r"https?://\S+")


def build(ids: Sequence[int]) -> list[SearchDocument]:
    """Those that everybody may read; nothing of one that waits for a moderator or was hidden."""
    answers = Count("answers", filter=Q(answers__state=ContributionState.PUBLISHED))
    found = (
        Ask.objects.published()
        .filter(pk__in=ids)
        .select_related("organisation__page", "place", "accepted")
        .prefetch_related("topics__parent")
        .annotate(n_answers=answers)
    )
    with override("en"):
        return [_document(ask) for ask in found]


def ids() -> Iterable[int]:
    return Ask.objects.published().order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _document(ask: Ask) -> SearchDocument:
    topics = list(ask.topics.all())
    organisation, place = ask.organisation, ask.place
    body = _without_addresses(ask.body)
    names = [*topic_names(topics)]
    if organisation:
        names += [organisation.name, organisation.short_name, organisation.region]
    if place:
        names.append(place.name)
    return SearchDocument(
        kind="ask",
        object_id=ask.pk,
        url=ask.get_absolute_url(),
        title=tidy(ask.title),
        summary=body if len(body) <= SUMMARY_LENGTH else f"{body[:SUMMARY_LENGTH].rsplit(' ', 1)[0]} …",
        context=tuple(tidy(name) for name in names if name),
        problem=body,
        public_text=_without_addresses(ask.accepted.body) if ask.accepted and ask.is_settled else "",
        facets=without_empty(
            {
                "type": (Term(TYPE),),
                "topic": topic_terms(topics),
                "place": place_terms([place]) if place else (),
                **(council_facets([organisation]) if organisation else {}),
            }
        ),
        published_at=ask.created_at,
        card={
            "council": organisation.short_name if organisation else "",
            "place": place.name if place else "",
            "answers": ask.n_answers,  # type: ignore[attr-defined]  # counted in `build`
            "settled": ask.is_settled,
        },
    )


def _without_addresses(text: str) -> str:
    """The words of an address are another page’s."""
    return tidy(_ADDRESS.sub(" ", text))


def in_topics(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(topics__in=ids) | Q(topics__parent__in=ids))


def of_organisations(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(organisation__in=ids))


def in_places(ids: Sequence[int]) -> Iterator[str]:
    yield from _keys(Q(place__in=ids))


def _keys(which: Q) -> Iterator[str]:
    for pk in Ask.objects.published().filter(which).distinct().values_list("pk", flat=True):
        yield document_key("ask", pk)


SOURCE = Source(kind="ask", type=TYPE, label=_("Asks"), label_one=_("Ask"), build=build, ids=ids)
