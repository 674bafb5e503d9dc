"""All the short rows of a published case study in one query.

A case study has twelve kinds of rows beside it. Asking for each in turn would make every page cost twelve queries
before it has said a word, so the short ones come as one UNION of text columns, and are handed to the page as if it
had asked itself: `page.lessons.all()` reads the same of a published page and of an editor's preview.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F, IntegerField, TextField, Value
from django.db.models.functions import Cast
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from casestudies.models import (
    CaseStudyPage,
    CaseStudyPlace,
    CaseStudyTag,
    Document,
    Lesson,
    Milestone,
    Need,
    Partner,
    Photo,
    Risk,
    Source,
)
from core.models import Topic
from places.models import Place, ProgrammePage

WIDTH = 3

_TOPIC = ("topic__name", "topic__slug", "topic__name_cy")

# relation: (model, its column that names the page, its column of order, up to three columns of text)
_SHORT_ROWS: dict[str, tuple[Any, str, str, tuple[str, ...]]] = {
    "lessons": (Lesson, "page", "sort_order", ("lesson", "why")),
    "milestones": (Milestone, "page", "sort_order", ("date", "text")),
    "risks": (Risk, "page", "sort_order", ("risk", "response")),
    "needs": (Need, "page", "sort_order", ("kind", "need", "core")),
    "partners": (Partner, "page", "sort_order", ("name",)),
    "sources": (Source, "page", "sort_order", ("title", "url", "kind")),
    "photos": (Photo, "page", "sort_order", ("image_id", "alternative_text", "credit")),
    "documents": (Document, "page", "sort_order", ("document_id", "document__title", "document__file")),
    "places": (CaseStudyPlace, "page", "sort_order", ("place_id", "place__name", "place__slug")),
    "topics": (CaseStudyPage.topics.through, "casestudypage", "topic__order", _TOPIC),
    "programme": (CaseStudyPage, "pk", "programme_id", ("programme__title", "programme__url_path", "programme__live")),
    "tags": (CaseStudyTag, "content_object", "pk", ("tag__name",)),
}  # fmt: skip


@dataclass(frozen=True)
class _Row:
    pk: int
    order: int
    texts: tuple[str, ...]


def load_parts(page: CaseStudyPage) -> None:
    """Fill the page's relations, `tag_names` included: one query, and two more if it has photos."""
    rows = _rows(page)
    for name in ("lessons", "milestones", "risks", "partners", "sources"):
        model, _page, _order, columns = _SHORT_ROWS[name]
        getattr(page, name).set(
            [
                model(pk=row.pk, sort_order=row.order, **dict(zip(columns, row.texts, strict=False)))
                for row in rows[name]
            ]
        )
    page.needs.set(
        [
            Need(pk=row.pk, sort_order=row.order, kind=row.texts[0], need=row.texts[1], core=_true(row.texts[2]))
            for row in rows["needs"]
        ]
    )
    page.case_study_places.set([_place(row) for row in rows["places"]])
    page.documents.set([_document(row) for row in rows["documents"]])
    page.photos.set(_photos(rows["photos"]))
    page.topics.set([_topic(row) for row in sorted(rows["topics"], key=lambda row: (row.order, row.texts[0]))])
    page.published_programme = next((_programme(row) for row in rows["programme"] if _true(row.texts[2])), None)
    page.tag_names = [row.texts[0] for row in sorted(rows["tags"], key=lambda row: row.order)]


def _rows(page: CaseStudyPage) -> dict[str, list[_Row]]:
    queries = []
    for name, (model, owner, order, columns) in _SHORT_ROWS.items():
        key = "topic_id" if name == "topics" else "pk"
        texts = [Cast(F(column), TextField()) for column in columns]
        texts += [Cast(Value(""), TextField()) for _ in range(WIDTH - len(columns))]
        queries.append(
            model.objects.filter(**{owner: page.pk})
            .order_by()
            .annotate(
                part=Value(name, output_field=TextField()),
                part_key=Cast(F(key), IntegerField()),
                part_order=Cast(F(order), IntegerField()),
                **{f"text_{number}": text for number, text in enumerate(texts)},
            )
            .values_list("part", "part_key", "part_order", *(f"text_{number}" for number in range(WIDTH)))
        )
    found: dict[str, list[_Row]] = defaultdict(list)
    for name, pk, order, *texts in queries[0].union(*queries[1:], all=True):
        found[name].append(_Row(pk=pk, order=order or 0, texts=tuple(text or "" for text in texts)))
    for rows in found.values():
        rows.sort(key=lambda row: (row.order, row.pk))
    return found


def _true(text: str) -> bool:
    """A boolean cast to text: `1` on SQLite, `true` on PostgreSQL."""
    return text in {"1", "true"}


def _place(row: _Row) -> CaseStudyPlace:
    pk, name, slug = row.texts
    return CaseStudyPlace(pk=row.pk, sort_order=row.order, place=Place(pk=int(pk), name=name, slug=slug))


def _document(row: _Row) -> Document:
    pk, title, file = row.texts
    document = get_document_model()(pk=int(pk), title=title, file=file)
    return Document(pk=row.pk, sort_order=row.order, document=document)


def _photos(rows: list[_Row]) -> list[Photo]:
    if not rows:
        return []
    images = {
        image.pk: image
        for image in get_image_model()
        .objects.filter(pk__in=[int(row.texts[0]) for row in rows])
        .prefetch_renditions("width-800|format-webp", "width-400|format-webp")
    }
    return [
        Photo(pk=row.pk, sort_order=row.order, image=images[int(image)], alternative_text=text, credit=credit)
        for row in rows
        for image, text, credit in [row.texts]
    ]


def _programme(row: _Row) -> ProgrammePage:
    """Enough of it for a link."""
    return ProgrammePage(pk=row.order, title=row.texts[0], url_path=row.texts[1])


def _topic(row: _Row) -> Topic:
    name, slug, name_cy = row.texts
    return Topic(pk=row.pk, order=row.order, name=name, slug=slug, name_cy=name_cy)
