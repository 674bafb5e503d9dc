"""Validate every row first; then write the accepted ones, each whole or not at all."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from pydantic import ValidationError

from casestudies.importing.create import create_case_studies
from casestudies.importing.known import Known
from casestudies.importing.readers import RawRow
from casestudies.importing.schema import CaseStudyRow
from casestudies.importing.update import update_case_study
from casestudies.models import CaseStudyPage

if TYPE_CHECKING:
    from accounts.models import User

# A transaction's worth: long enough to spread its cost, short enough that editors can save between two.
BATCH = 100
Accepted = tuple[int, CaseStudyRow]


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
            yield raw.line, Rejection(line=raw.line, reasons=_reasons(error))
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

    A row with an `id` that is there already updates it, or is skipped when nothing in it changed. Rows are
    written a batch in a transaction; when one of a batch cannot be written, those before it are.
    """
    report = ImportReport()
    for batch in _batches(rows, BATCH):
        accepted: list[Accepted] = []
        for line, row in batch:
            if isinstance(row, Rejection):
                report.rejected.append(row)
            else:
                accepted.append((line, row))
        _import_batch(accepted, report, known=known, by=by, publish=publish)
        for _ in batch:
            on_row()
    return report


def _import_batch(
    batch: Sequence[Accepted], report: ImportReport, *, known: Known, by: "User | None", publish: bool
) -> None:
    try:
        with transaction.atomic():
            done = _write(batch, known=known, by=by, publish=publish)
    except Exception as error:
        if len(batch) == 1:
            error.add_note(f"while importing line {batch[0][0]}")
            raise
        # One row of the batch is at fault: write those before it, and say which it is.
        for one in batch:
            _import_batch([one], report, known=known, by=by, publish=publish)
        return
    for name, count in done.items():
        setattr(report, name, getattr(report, name) + count)


def _write(batch: Sequence[Accepted], *, known: Known, by: "User | None", publish: bool) -> Counter[str]:
    ids = [row.id for _, row in batch if row.id]
    there = {page.import_id: page for page in CaseStudyPage.objects.filter(import_id__in=ids)} if ids else {}
    done: Counter[str] = Counter()
    new = []
    for _, row in batch:
        # What a row does not say is left out, so that a field that comes to the format later changes no old row.
        digest = hashlib.sha256(row.model_dump_json(exclude_defaults=True).encode()).hexdigest()
        page = there.get(row.id) if row.id else None
        if page is None:
            new.append((row, digest))
        elif page.import_digest == digest and not (publish and page.first_published_at is None):
            done["unchanged"] += 1
        else:
            update_case_study(page, row, digest=digest, known=known, by=by, publish=publish)
            done["updated"] += 1
    if new:
        done["created"] += len(create_case_studies(new, known=known, by=by, publish=publish))
    return done


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _reasons(error: ValidationError) -> list[str]:
    errors = error.errors(include_url=False)
    # A field that may be text or a list, or one of some words or nothing, complains as both; keep the one that helps.
    telling = [
        one
        for one in errors
        if not (one["type"] == "string_type" and isinstance(one["input"], list))
        and not (one["type"] == "literal_error" and one["ctx"]["expected"] == "''")
    ]
    return list(dict.fromkeys(_in_words(one) for one in telling or errors))


def _in_words(error: Any) -> str:
    """One of pydantic's errors as `field: what to do`."""
    # The path names the branch of a union too, as `list[NeedRow]` or `str-enum[Outcome]`: no word of ours.
    parts = [str(part) for part in error["loc"]]
    where = ".".join(part for part in parts if "[" not in part and not part.startswith("function-"))
    if error["type"] == "extra_forbidden":
        return f"{where}: this field is not known."
    if error["type"] == "missing":
        return f"{where}: this field is required."
    limits = error.get("ctx", {})
    if error["type"] in {"too_short", "too_long"} and isinstance(error["input"], str):
        if error["type"] == "too_short":
            message = f"use at least {limits['min_length']} characters"
        else:
            message = f"use at most {limits['max_length']:,} characters"
    else:
        message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{where}: {message}." if where else f"{message}."
