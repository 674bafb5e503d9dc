"""Keeping the documents in tables."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet

from search import welsh
from search.documents import SearchDocument, Term
from search.engines.sql import vocabulary
from search.engines.sql.dialect import Dialect, TextRow
from search.models import DocumentFacet, DocumentPoint, FacetValue, IndexedDocument, RemovedDocument

WELSH = "cy"
# Of how the texts and tables beside the documents are made. A new one has every document written anew.
MAKE = 4
# Since this make the words of each document are counted; what an older one wrote never was.
COUNTED_SINCE = 2


@transaction.atomic
def index(dialect: Dialect, documents: Sequence[SearchDocument], *, version: int) -> None:
    """Write a batch in a constant number of statements, leaving out what is held at a later version."""
    keys = [document.key for document in documents]
    later = set(
        IndexedDocument.objects.select_for_update()
        .filter(key__in=keys, version__gt=version)
        .values_list("key", flat=True)
    )
    later.update(RemovedDocument.objects.filter(key__in=keys, version__gt=version).values_list("key", flat=True))
    fresh = {document.key: document for document in documents if document.key not in later}
    if not fresh:
        return
    before = _counted(dialect, IndexedDocument.objects.filter(key__in=fresh))
    IndexedDocument.objects.bulk_create(
        [_row(document, version) for document in fresh.values()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=[
            "version",
            "digest",
            "title",
            "summary",
            "published_at",
            "evidence",
            "adoptions",
            "all_evidence",
            "all_adoptions",
            "stale",
            "all_stale",
            "payload",
            "members_payload",
            "make",
        ],
    )
    ids = dict(IndexedDocument.objects.filter(key__in=fresh).values_list("key", "id"))
    _write_facets({ids[key]: document for key, document in fresh.items()})
    _write_points({ids[key]: document for key, document in fresh.items()})
    texts = [_text(ids[key], document) for key, document in fresh.items()]
    dialect.write(texts)
    vocabulary.count(dialect.texts([text.document_id for text in texts]), before=before)
    RemovedDocument.objects.filter(key__in=fresh).delete()


@transaction.atomic
def remove(dialect: Dialect, keys: Sequence[str], *, version: int) -> None:
    """Remove these, and remember it, unless they are held at a later version."""
    held = list(IndexedDocument.objects.select_for_update().filter(key__in=keys).values_list("id", "key", "version"))
    later = {key for _, key, at in held if at > version}
    later.update(RemovedDocument.objects.filter(key__in=keys, version__gt=version).values_list("key", flat=True))
    going = [number for number, key, _ in held if key not in later]
    vocabulary.count({}, before=_counted(dialect, IndexedDocument.objects.filter(pk__in=going)))
    DocumentFacet.objects.filter(document__in=going).delete()
    DocumentPoint.objects.filter(document__in=going).delete()
    IndexedDocument.objects.filter(pk__in=going).delete()
    dialect.erase(going)
    RemovedDocument.objects.bulk_create(
        [RemovedDocument(key=key, version=version) for key in dict.fromkeys(keys) if key not in later],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["version", "removed_at"],
    )


def _counted(dialect: Dialect, rows: QuerySet[IndexedDocument]) -> vocabulary.Texts:
    """The texts of those of these rows whose words are counted, whichever make wrote them."""
    return dialect.texts(list(rows.filter(make__gte=COUNTED_SINCE).values_list("id", flat=True)))


def _row(document: SearchDocument, version: int) -> IndexedDocument:
    return IndexedDocument(
        key=document.key,
        kind=document.kind,
        object_id=document.object_id,
        version=version,
        digest=document.digest(),
        title=document.title,
        summary=document.summary,
        published_at=document.published_at,
        evidence=document.evidence,
        adoptions=document.adoptions,
        all_evidence=document.all_evidence,
        all_adoptions=document.all_adoptions,
        stale=document.stale,
        all_stale=document.all_stale,
        payload=_plain(
            {
                "url": document.url,
                "audience": document.audience,
                "locale": document.locale,
                "counts": dict(document.counts),
                "card": dict(document.card),
            }
        ),
        members_payload=_plain({"card": dict(document.members_card)}),
        make=MAKE,
    )


def _plain(value: dict[str, Any]) -> Any:
    """Dates and lazy texts as JSON knows them."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _text(document_id: int, document: SearchDocument) -> TextRow:
    return TextRow(
        document_id=document_id,
        title=document.title,
        summary=document.summary,
        problem=document.problem,
        lessons=document.lessons,
        tags=" · ".join(document.tags),
        context=" · ".join(document.context),
        body=document.public_text,
        members_problem=document.members_problem,
        members_lessons=document.members_lessons,
        members_body=document.members_text,
        **(_headwords(document) if document.locale == WELSH else {}),
    )


def _headwords(document: SearchDocument) -> dict[str, str]:
    return {
        "welsh_title": welsh.stems(document.title),
        "welsh_summary": welsh.stems(f"{document.summary} {' '.join(document.tags)}"),
        "welsh_body": welsh.stems(f"{document.whole_text} {' '.join(document.context)}"),
        "members_welsh_body": welsh.stems(document.members_whole_text),
    }


def _write_points(documents: dict[int, SearchDocument]) -> None:
    DocumentPoint.objects.filter(document__in=documents).delete()
    DocumentPoint.objects.bulk_create(
        DocumentPoint(document_id=number, lat=point.lat, lng=point.lng, members_only=members_only)
        for number, document in documents.items()
        for points, members_only in ((document.points, False), (document.members_points, True))
        for point in dict.fromkeys(points)
    )


def _write_facets(documents: dict[int, SearchDocument]) -> None:
    wanted: dict[tuple[str, str], Term] = {}
    rows: dict[tuple[int, tuple[str, str]], bool] = {}
    for number, document in documents.items():
        for facets, members_only in ((document.members_facets, True), (document.open_facets, False)):
            for facet, terms in facets.items():
                for term in terms:
                    wanted[facet, term.value] = term
                    rows[number, (facet, term.value)] = members_only
    ids = _value_ids(wanted)
    DocumentFacet.objects.filter(document__in=documents).delete()
    DocumentFacet.objects.bulk_create(
        DocumentFacet(document_id=number, value_id=ids[value], members_only=members_only)
        for (number, value), members_only in rows.items()
    )


def _value_ids(wanted: dict[tuple[str, str], Term]) -> dict[tuple[str, str], int]:
    """The rows of these values, made where missing and renamed where their name has changed."""
    held = _held_values(wanted)
    missing = sorted(set(wanted) - set(held))
    if missing:
        FacetValue.objects.bulk_create(
            [_value(facet, wanted[facet, value]) for facet, value in missing],
            ignore_conflicts=True,
        )
        held = _held_values(wanted)
    renamed = []
    for key, row in held.items():
        term = wanted[key]
        if (row.label, row.label_cy) != (term.label, term.label_cy):
            row.label, row.label_cy = term.label, term.label_cy
            renamed.append(row)
    FacetValue.objects.bulk_update(renamed, ["label", "label_cy"])
    return {key: row.pk for key, row in held.items()}


def _value(facet: str, term: Term) -> FacetValue:
    return FacetValue(facet=facet, value=term.value, label=term.label, label_cy=term.label_cy)


def _held_values(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], FacetValue]:
    keys = set(wanted)
    rows = FacetValue.objects.filter(value__in={value for _, value in keys})
    return {(row.facet, row.value): row for row in rows if (row.facet, row.value) in keys}
