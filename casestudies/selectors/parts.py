"""All the rows beside a published case study in one query.

A case study has a dozen kinds of rows beside it. Asking for each in turn would make every page cost a dozen queries
before it has said a word, so they come as one UNION of text columns, and are handed to the page as if it had asked
itself: `page.lessons.all()` reads the same of a published page and of an editor's preview.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, IntegerField, TextField, Value
from django.db.models.functions import Cast
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from accounts.models import User
from casestudies.models import (
    Adoption,
    AdoptionMeasure,
    CaseStudyPage,
    CaseStudyPlace,
    CaseStudyTag,
    Document,
    Lesson,
    Measure,
    Milestone,
    Need,
    Partner,
    Photo,
    Risk,
    Source,
    Standing,
)
from core.models import Topic
from members.models import Organisation, OrganisationPage
from moderation.models import ContributionState
from places.models import Place, ProgrammePage

PHOTO_SPEC = "width-800|format-webp"


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Where one kind of row comes from: which rows (`owner` names the page), in what order, and which columns."""

    model: Any
    columns: tuple[str, ...]
    owner: str = "page"
    order: str = "sort_order"
    only: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    pk: int
    order: int
    texts: tuple[str, ...]


_MEASURE = (
    "indicator", "unit", "better", "before", "before_date", "after", "after_date", "sample", "comparison", "source",
    "note", "why_comparable", "prices", "self_reported", "standard_id", "target", "sample_size", "drop_out",
)  # fmt: skip
_NUMBERS: dict[str, type] = {
    "before": float, "after": float, "target": float, "standard_id": int, "sample_size": int, "drop_out": int,
}  # fmt: skip

_ADOPTION = (
    "status", "started", "ended", "outcome", "other_reason", "changed", "written_by", "source_title", "source_url",
)  # fmt: skip
_ADOPTER = (
    "slug", "name", "short_name", "kind", "tier", "nation", "rural_urban", "population", "density",
    "deprivation_score", "deprivation_decile", "lat", "lng",
)  # fmt: skip
_ADOPTER_NUMBERS: dict[str, type] = {
    "population": int, "density": float, "deprivation_score": float, "deprivation_decile": int,
    "lat": float, "lng": float,
}  # fmt: skip
_OWN = ("title", "url_path", "audience")

_PARTS = {
    "lessons": _Part(model=Lesson, columns=("lesson", "why")),
    "milestones": _Part(model=Milestone, columns=("date", "text")),
    "risks": _Part(model=Risk, columns=("risk", "response")),
    "partners": _Part(model=Partner, columns=("name",)),
    "sources": _Part(model=Source, columns=("title", "url", "kind", "independent")),
    "measures": _Part(model=Measure, columns=_MEASURE),
    "needs": _Part(model=Need, columns=("kind", "need", "core")),
    "photos": _Part(model=Photo, columns=("image_id", "alternative_text", "credit")),
    "documents": _Part(model=Document, columns=("document_id", "document__title", "document__file")),
    "places": _Part(
        model=CaseStudyPlace, columns=("place_id", "place__name", "place__slug", "place__lat", "place__lng")
    ),
    "topics": _Part(
        model=CaseStudyPage.topics.through,
        owner="casestudypage",
        order="topic__order",
        columns=("topic_id", "topic__name", "topic__slug", "topic__name_cy"),
    ),
    "tags": _Part(model=CaseStudyTag, owner="content_object", order="pk", columns=("tag__name",)),
    "standing": _Part(
        model=Standing,
        order="rating",
        columns=(
            *("rating", "adoptions", "known_outcomes", "confirmed_on"),
            *("answers", "outcomes", "ended", "ended_reasons"),
        ),
    ),
    "adoptions": _Part(
        model=Adoption,
        owner="case_study",
        order="pk",
        only={"state": ContributionState.PUBLISHED},
        columns=(
            *_ADOPTION,
            "reasons",
            "verified",
            "author__is_demonstration",
            "organisation_id",
            "organisation__is_demonstration",
            "organisation__page__url_path",
            "organisation__page__live",
            "place_id",
            "place__name",
            "place__slug",
            "place__lat",
            "place__lng",
            "own_case_study_id",
            "own_case_study__live",
            *(f"organisation__{name}" for name in _ADOPTER),
            *(f"own_case_study__{name}" for name in _OWN),
        ),
    ),
    "adoption_measures": _Part(
        model=AdoptionMeasure,
        owner="adoption__case_study",
        only={"adoption__state": ContributionState.PUBLISHED},
        columns=(*_MEASURE, "adoption_id"),
    ),
    "programme": _Part(
        model=CaseStudyPage,
        owner="pk",
        order="programme_id",
        columns=("programme__title", "programme__url_path", "programme__live"),
    ),
}
_AS_THEY_ARE = ("lessons", "milestones", "risks", "partners")
_WIDTH = max(len(part.columns) for part in _PARTS.values())
_NO_PAGE = -1
_THIS_PAGE = object()


def load_parts(page: CaseStudyPage) -> None:
    """Fill the page's relations, `standing`, `tag_names`, `published_programme` and `adoption_list`.

    One query, and two more if it has photos.
    """
    rows = _rows(page)
    for name in _AS_THEY_ARE:
        part = _PARTS[name]
        getattr(page, name).set(
            [part.model(pk=row.pk, sort_order=row.order, **_named(row, part)) for row in rows[name]]
        )
    page.measures.set([_measure(row) for row in rows["measures"]])
    page.sources.set([_source(row) for row in rows["sources"]])
    page.needs.set([_need(row) for row in rows["needs"]])
    page.case_study_places.set([_place(row) for row in rows["places"]])
    page.documents.set([_document(row) for row in rows["documents"]])
    page.photos.set(_photos(rows["photos"]))
    page.topics.set([_topic(row) for row in sorted(rows["topics"], key=lambda row: (row.order, row.texts[1]))])
    page.standing = _standing(rows["standing"], page)
    page.adoption_list = _adoptions(rows["adoptions"], rows["adoption_measures"], page)
    page.tag_names = [row.texts[0] for row in rows["tags"]]
    page.published_programme = next((_programme(row) for row in rows["programme"] if _true(row.texts[2])), None)


def _rows(page: CaseStudyPage) -> dict[str, list[_Row]]:
    statement, values = _statement(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [page.pk if value is _THIS_PAGE else value for value in values])
        rows = cursor.fetchall()
    found: dict[str, list[_Row]] = defaultdict(list)
    for name, pk, order, *texts in rows:
        found[name].append(_Row(pk=pk, order=order or 0, texts=tuple(text or "" for text in texts)))
    for each in found.values():
        each.sort(key=lambda row: (row.order, row.pk))
    return found


@cache
def _statement(vendor: str) -> tuple[str, list[Any]]:
    """The UNION as the database of this kind reads it, and the values that go into it.

    Putting its 640 columns into words took several times as long as asking; they are the same for every page.
    """
    queries = []
    for name, part in _PARTS.items():
        texts = [Cast(F(column), TextField()) for column in part.columns]
        texts += [Cast(Value(""), TextField()) for _ in range(_WIDTH - len(part.columns))]
        columns = {f"text_{number}": text for number, text in enumerate(texts)}
        queries.append(
            part.model.objects.filter(**{part.owner: _NO_PAGE}, **part.only)
            .order_by()
            .annotate(
                part=Value(name, output_field=TextField()),
                part_key=Cast(F("pk"), IntegerField()),
                part_order=Cast(F(part.order), IntegerField()),
                **columns,
            )
            .values_list("part", "part_key", "part_order", *columns)
        )
    union = queries[0].union(*queries[1:], all=True)
    statement, values = union.query.get_compiler(connection=connection).as_sql()
    return statement, [_THIS_PAGE if value == _NO_PAGE else value for value in values]


def _named(row: _Row, part: _Part) -> dict[str, str]:
    return dict(zip(part.columns, row.texts, strict=False))


def _true(text: str) -> bool:
    """A boolean cast to text: `1` on SQLite, `true` on PostgreSQL."""
    return text in {"1", "true"}


def _measure(row: _Row, model: Any = Measure) -> Any:
    values: dict[str, Any] = dict(zip(_MEASURE, row.texts, strict=False))
    _to_numbers(values, _NUMBERS)
    values["self_reported"] = _true(values["self_reported"])
    return model(pk=row.pk, sort_order=row.order, **values)


def _to_numbers(values: dict[str, Any], numbers: Mapping[str, type]) -> None:
    for name, number in numbers.items():
        values[name] = number(values[name]) if values[name] else None


def _adoptions(rows: list[_Row], measures: list[_Row], page: CaseStudyPage) -> list[Adoption]:
    """The published adoptions, each with its organisation (and the address of its page), place and own case study;
    `measure_list` is what the adopter measured.
    """
    figures: dict[int, list[AdoptionMeasure]] = defaultdict(list)
    for row in measures:
        figures[int(row.texts[len(_MEASURE)])].append(_measure(row, AdoptionMeasure))
    found = [_adoption(row, page) for row in rows]
    for adoption in found:
        adoption.measure_list = figures[adoption.pk]
    return found


def _adoption(row: _Row, page: CaseStudyPage) -> Adoption:
    values = _named(row, _PARTS["adoptions"])
    return Adoption(
        pk=row.pk,
        case_study=page,
        state=ContributionState.PUBLISHED,
        author=User(is_demonstration=True) if _true(values["author__is_demonstration"]) else None,
        organisation=_adopter(values),
        place=_adopters_place(values),
        own_case_study=_own_case_study(values),
        reasons=json.loads(values["reasons"] or "[]"),
        verified=_true(values["verified"]),
        **{name: values[name] for name in _ADOPTION},
    )


def _adopter(values: dict[str, str]) -> Organisation:
    facts: dict[str, Any] = {name: values[f"organisation__{name}"] for name in _ADOPTER}
    _to_numbers(facts, _ADOPTER_NUMBERS)
    organisation = Organisation(
        pk=int(values["organisation_id"]), is_demonstration=_true(values["organisation__is_demonstration"]), **facts
    )
    if values["organisation__page__url_path"]:
        # Beside its organisation from here on: `organisation.page`.
        OrganisationPage(
            organisation=organisation,
            title=organisation.name,
            url_path=values["organisation__page__url_path"],
            live=_true(values["organisation__page__live"]),
        )
    return organisation


def _adopters_place(values: dict[str, str]) -> Place | None:
    if not values["place_id"]:
        return None
    lat, lng = float(values["place__lat"]), float(values["place__lng"])
    return Place(pk=int(values["place_id"]), name=values["place__name"], slug=values["place__slug"], lat=lat, lng=lng)


def _own_case_study(values: dict[str, str]) -> CaseStudyPage | None:
    if not values["own_case_study_id"]:
        return None
    return CaseStudyPage(
        pk=int(values["own_case_study_id"]),
        live=_true(values["own_case_study__live"]),
        **{name: values[f"own_case_study__{name}"] for name in _OWN},
    )


def _source(row: _Row) -> Source:
    title, url, kind, independent = row.texts[:4]
    return Source(pk=row.pk, sort_order=row.order, title=title, url=url, kind=kind, independent=_true(independent))


def _standing(rows: list[_Row], page: CaseStudyPage) -> Standing:
    """A page that was never rated stands at the beginning."""
    values = _named(rows[0], _PARTS["standing"]) if rows else {}
    counts = {name: int(values.get(name) or 0) for name in ("rating", "adoptions", "known_outcomes")}
    documents = {name: json.loads(values.get(name) or "{}") for name in ("answers", "outcomes")}
    confirmed = values.get("confirmed_on")
    return Standing(
        page=page,
        confirmed_on=date.fromisoformat(confirmed) if confirmed else None,
        ended=values.get("ended", ""),
        ended_reasons=json.loads(values.get("ended_reasons") or "[]"),
        **counts,
        **documents,
    )


def _need(row: _Row) -> Need:
    kind, need, core = row.texts[:3]
    return Need(pk=row.pk, sort_order=row.order, kind=kind, need=need, core=_true(core))


def _place(row: _Row) -> CaseStudyPlace:
    pk, name, slug, lat, lng = row.texts[:5]
    place = Place(pk=int(pk), name=name, slug=slug, lat=float(lat), lng=float(lng))
    return CaseStudyPlace(pk=row.pk, sort_order=row.order, place=place)


def _document(row: _Row) -> Document:
    pk, title, file = row.texts[:3]
    document = get_document_model()(pk=int(pk), title=title, file=file)
    return Document(pk=row.pk, sort_order=row.order, document=document)


def _photos(rows: list[_Row]) -> list[Photo]:
    if not rows:
        return []
    wanted = [int(row.texts[0]) for row in rows]
    images = {
        image.pk: image for image in get_image_model().objects.filter(pk__in=wanted).prefetch_renditions(PHOTO_SPEC)
    }
    return [
        Photo(pk=row.pk, sort_order=row.order, image=images[int(image)], alternative_text=text, credit=credit)
        for row in rows
        for image, text, credit in [row.texts[:3]]
    ]


def _topic(row: _Row) -> Topic:
    pk, name, slug, name_cy = row.texts[:4]
    return Topic(pk=int(pk), order=row.order, name=name, slug=slug, name_cy=name_cy)


def _programme(row: _Row) -> ProgrammePage:
    """Enough of it for a link."""
    return ProgrammePage(pk=row.order, title=row.texts[0], url_path=row.texts[1])
