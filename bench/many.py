"""Case studies by the hundred thousand: rows of the demonstration content, imported once and then copied in bulk."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from bench import collections, content, figures
from casestudies.importing import Known, RawRow, import_case_studies, validate
from casestudies.models import CaseStudyPage
from casestudies.models.standing import Standing
from core.delivery import deliver_all

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# More rows at a time are no faster, and take memory.
BATCH = 1_000
Row = dict[str, Any]


def make_case_studies(total: int) -> None:
    """So many published ones, with all that belongs to them. Their texts repeat; nothing here compares texts."""
    _import()
    originals = list(CaseStudyPage.objects.live().exclude(import_id=None).order_by("pk").values_list("pk", flat=True))
    tables: list[tuple[type[models.Model], str]] = [(Page, "id"), (CaseStudyPage, "page_ptr_id"), (Standing, "page_id")]
    tables += [(relation.related_model, relation.field.attname) for relation in get_all_child_relations(CaseStudyPage)]
    tables.append((CaseStudyPage.topics.through, "casestudypage_id"))
    there = CaseStudyPage.objects.count()
    copies = range(there, total)
    start = max(Page.objects.values_list("pk", flat=True)) + 1 - there
    with transaction.atomic():
        for model, own in tables:
            _copy(model, own, originals, copies, start)
        # PostgreSQL counts on from where it was before rows came with numbers of their own.
        with connection.cursor() as cursor:
            for reset in connection.ops.sequence_reset_sql(no_style(), [Page]):
                cursor.execute(reset)


def _import() -> None:
    known = Known()
    topics = sorted(known.topics)
    rows = []
    for number, case in enumerate(collections.demonstration()):
        row = {**case, "council": f"benchford-{number % content.COUNCILS}"}
        row.pop("programme", None)
        row["topics"] = [topics[(number + more) % len(topics)] for more in range(len(case.get("topics", ())))]
        rows.append(RawRow(line=number + 1, values=row))
    report = import_case_studies(validate(rows, known=known), known=known)
    figures.expect(not report.rejected, str(report.rejected[:3]))
    # Left waiting, the councils' own events would have every copy of theirs indexed, one after the other.
    deliver_all()


def _copy(model: type[models.Model], own: str, originals: Sequence[int], copies: Sequence[int], start: int) -> None:
    """Copy number n is of original n modulo their number, as page start + n."""
    fields = [
        field for field in model._meta.local_concrete_fields if own in {"id", "page_ptr_id"} or field.name != "id"
    ]
    held: dict[int, list[Row]] = {number: [] for number in originals}
    for row in model._base_manager.filter(**{f"{own}__in": originals}).values(*(field.attname for field in fields)):
        held[row[own]].append(row)

    def new() -> Iterator[list[Any]]:
        for number in copies:
            for row in held[originals[number % len(originals)]]:
                values = {**row, own: start + number, **_changes(model, row, number)}
                yield [field.get_db_prep_save(values[field.attname], connection) for field in fields]

    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        batch: list[list[Any]] = []
        for one in new():
            batch.append(one)
            if len(batch) == BATCH:
                cursor.executemany(insert, batch)
                batch = []
        cursor.executemany(insert, batch)


def _changes(model: type[models.Model], row: Row, number: int) -> Row:
    if model is Page:
        return {
            "path": row["path"][:-4] + _base36(100_000 + number),
            "slug": f"{row['slug']}-{number}",
            "url_path": f"{row['url_path'].rstrip('/')}-{number}/",
            "title": f"{row['title']} {number}",
            "translation_key": uuid.uuid4(),
            "latest_revision_id": None,
            "live_revision_id": None,
        }
    if model is CaseStudyPage:
        return {"import_id": None}
    return {"uuid": uuid.uuid4()} if "uuid" in row else {}


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = LETTERS[rest] + digits
    return digits.rjust(4, "0")
