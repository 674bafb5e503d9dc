"""Validate every row first; then write the accepted ones, each whole or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from pydantic import ValidationError

from casestudies.choices import WrittenBy
from casestudies.importing.readers import RawRow
from casestudies.importing.schema import CaseStudyRow, PlaceRow
from casestudies.models import CaseStudyPage
from core.models import Topic
from members.models import Organisation
from places import events as place_events
from places.models import Place, ProgrammePage

if TYPE_CHECKING:
    from accounts.models import User

SAME_PLACE_DEGREES = 0.1


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A row that cannot be imported: its line in the file, and every reason in words."""

    line: int
    reasons: list[str]


@dataclass(kw_only=True)
class ImportReport:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class Known:
    """What rows may refer to, read once: organisations by slug and GSS code, topics and programmes by slug."""

    def __init__(self) -> None:
        self.councils: dict[str, Organisation] = {}
        for organisation in Organisation.objects.select_related("page"):
            self.councils[organisation.slug] = organisation
            if organisation.gss_code:
                self.councils[organisation.gss_code] = organisation
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        self.programmes = {page.slug: page for page in ProgrammePage.objects.all()}

    def missing(self, row: CaseStudyRow) -> list[str]:
        """What the row names and the network does not know."""
        reasons = []
        if row.council not in self.councils:
            reasons.append(f"council: there is no organisation “{row.council}”. Import the councils first.")
        reasons += [f"topics: there is no topic “{slug}”." for slug in row.topics if slug not in self.topics]
        if row.programme and row.programme not in self.programmes:
            reasons.append(f"programme: there is no programme “{row.programme}”.")
        return reasons


def validate(rows: Iterable[RawRow], *, known: Known) -> Iterator[tuple[int, CaseStudyRow | Rejection]]:
    """Yield each row's line with the checked row or its rejection. An `id` may come once in a file."""
    seen: dict[str, int] = {}
    for raw in rows:
        if raw.values is None:
            yield raw.line, Rejection(line=raw.line, reasons=[raw.problem])
            continue
        try:
            row = CaseStudyRow.model_validate(raw.values)
        except ValidationError as error:
            yield raw.line, Rejection(line=raw.line, reasons=[_in_words(one) for one in error.errors()])
            continue
        reasons = known.missing(row)
        if row.id and row.id in seen:
            reasons.append(f"id: “{row.id}” is on line {seen[row.id]} already.")
        elif row.id:
            seen[row.id] = raw.line
        yield raw.line, Rejection(line=raw.line, reasons=reasons) if reasons else row


def import_case_studies(
    rows: Iterable[tuple[int, CaseStudyRow | Rejection]],
    *,
    known: Known,
    by: "User | None" = None,
    publish: bool = True,
    on_row: Callable[[], Any] = lambda: None,
) -> ImportReport:
    """Write the accepted rows; stopping at any moment and starting again does what is left.

    A row with an `id` that is there already updates it, or is skipped when nothing in it changed.
    """
    report = ImportReport()
    for line, row in rows:
        if isinstance(row, Rejection):
            report.rejected.append(row)
        else:
            try:
                with transaction.atomic():
                    done = _write(row, known=known, by=by, publish=publish)
            except Exception as error:
                error.add_note(f"while importing line {line}")
                raise
            setattr(report, done, getattr(report, done) + 1)
        on_row()
    return report


def _write(row: CaseStudyRow, *, known: Known, by: "User | None", publish: bool) -> str:
    digest = hashlib.sha256(row.model_dump_json().encode()).hexdigest()
    page = CaseStudyPage.objects.filter(import_id=row.id).first() if row.id else None
    if page is not None and page.import_digest == digest:
        return "unchanged"
    is_new = page is None
    page = page or CaseStudyPage(import_id=row.id, live=False)
    _fill(page, row, known)
    page.import_digest = digest
    if is_new:
        parent = known.councils[row.council].page
        page.slug = _free_slug(parent, row.title)
        parent.refresh_from_db(fields=["numchild", "path", "depth"])
        parent.add_child(instance=page)
    _fill_rows(page, row, known)
    page.save()
    revision = page.save_revision(user=by)
    if publish:
        revision.publish(user=by, skip_permission_checks=True)
    return "created" if is_new else "updated"


def _fill(page: CaseStudyPage, row: CaseStudyRow, known: Known) -> None:
    copied = {
        "title", "summary", "problem", "who_for", "approach", "results", "did_not_work", "what_next", "outcome",
        "stage", "ended_reason", "started", "ended", "setup_cost", "yearly_cost", "cost_note", "funder", "staff_time",
        "time_to_first_result", "source_url", "written_by",
    }  # fmt: skip
    for name in copied:
        setattr(page, name, getattr(row, name))
    page.draft_title = row.title
    page.advice = row.advice if isinstance(row.advice, str) else ""
    page.programme = known.programmes[row.programme] if row.programme else None
    if row.written_by == WrittenBy.EDITORS or not page.confirmed_on:
        page.confirmed_on = timezone.localdate()


def _fill_rows(page: CaseStudyPage, row: CaseStudyRow, known: Known) -> None:
    needs = row.advice if isinstance(row.advice, list) else []
    simple: dict[str, list[dict[str, Any]]] = {
        "measures": [one.model_dump() for one in row.measures],
        "lessons": [one.model_dump() for one in row.lessons],
        "milestones": [one.model_dump() for one in row.milestones],
        "risks": [one.model_dump() for one in row.risks],
        "needs": [one.model_dump() for one in needs],
        "sources": [one.model_dump() for one in row.sources],
        "partners": [{"name": name} for name in row.partners],
    }
    for name, values in simple.items():
        manager = getattr(page, name)
        manager.set([manager.model(sort_order=order, **value) for order, value in enumerate(values)])
    organisation = known.councils[row.council]
    places = list(dict.fromkeys(_place(one, organisation) for one in row.places))
    page.case_study_places.set(
        [page.case_study_places.model(place=place, sort_order=order) for order, place in enumerate(places)]
    )
    page.topics.set([known.topics[slug] for slug in dict.fromkeys(row.topics)])
    page.tags.set(row.tags)


def _place(row: PlaceRow, organisation: Organisation) -> Place:
    """The place of this name near this point, or a new one. Two towns of one name are told apart by council."""
    slug = slugify(row.name) or f"{organisation.slug}-place"
    for candidate in (slug, f"{slug}-{organisation.slug}"[:120]):
        place, is_new = Place.objects.get_or_create(
            slug=candidate[:120], defaults={"name": row.name, "lat": row.lat, "lng": row.lng}
        )
        near = abs(place.lat - row.lat) < SAME_PLACE_DEGREES and abs(place.lng - row.lng) < SAME_PLACE_DEGREES
        if is_new or near:
            break
    place.organisations.add(organisation)
    if is_new:
        place_events.place_saved(place, is_new=True)
    return place


def _free_slug(parent: Any, title: str) -> str:
    base = slugify(title)[:80].strip("-") or "case-study"
    taken = set(parent.get_children().filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in _numbered(base) if slug not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _in_words(error: Any) -> str:
    """One of pydantic's errors as `field: what to do`."""
    where = ".".join(str(part) for part in error["loc"] if not str(part).startswith("function-"))
    if error["type"] == "extra_forbidden":
        return f"{where}: this field is not known."
    if error["type"] == "missing":
        return f"{where}: this field is required."
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {message}." if where else f"{message}."
