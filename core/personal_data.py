"""What we hold about people: one register, in which every room says what it keeps of a person.

From it come the download of one's data, the deletion of an account, the list in the privacy notice, and a test that
fails when a column points to a person and nobody has said what it is for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

# A row is plain JSON: text, numbers, lists and objects; times as ISO 8601 text.
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of thing that we hold about a person.

    `name` is that of its file in the download. `what` says it in words, `fields` each field of a row, `columns` the
    columns of the database that it answers for, as `app.model.field`. `rows` gives a person's rows; `erase` does away
    with them when the person leaves, or cuts the tie to the person, and says how many; it may be called again.
    `on_leaving` tells the person what happens to it. Lower `order` is erased, and listed, first.
    """

    name: str
    what: Any
    rows: Callable[[Any], Iterable[Row]]
    fields: Mapping[str, Any]
    columns: tuple[str, ...] = ()
    on_leaving: Any = ""
    erase: Callable[[Any], int] | None = None
    order: int = 100
    # Files that belong to the rows: name in the zip → bytes.
    files: Callable[[Any], Iterable[tuple[str, bytes]]] | None = field(default=None)


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """Why somebody cannot leave yet, in words for them; `code` for the record."""

    code: str
    words: Any


_holdings: dict[str, Holding] = {}
_not_about_the_person: dict[str, str] = {}
_blockers: list[Callable[[Any], Blocker | None]] = []


def register(*holdings: Holding) -> None:
    for holding in holdings:
        _holdings[holding.name] = holding


def holdings() -> list[Holding]:
    return sorted(_holdings.values(), key=lambda one: (one.order, one.name))


def leave_out(reason: str, *columns: str) -> None:
    """These columns point to people, and what they hold is in no download, for this reason."""
    _not_about_the_person.update(dict.fromkeys(columns, reason))


def left_out() -> Mapping[str, str]:
    return _not_about_the_person


def answered_for() -> set[str]:
    """Every column that a holding or an exclusion answers for."""
    return {column for one in _holdings.values() for column in one.columns} | set(_not_about_the_person)


def nobody_leaves_while(blocker: Callable[[Any], Blocker | None]) -> None:
    """Ask this before an account is deleted."""
    if blocker not in _blockers:
        _blockers.append(blocker)


def blockers(person: Any) -> list[Blocker]:
    return [found for ask in _blockers if (found := ask(person))]


# --- Making a holding from a table ---------------------------------------------------------------

Find = Callable[[Any], models.QuerySet[Any]]


def plain(value: Any) -> Any:
    """As JSON has it; times and days as ISO 8601 text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Promise):
        return str(value)
    return value


def table(*, find: Find, fields: Mapping[str, Any], **facts: Any) -> Holding:
    """A holding whose rows are a query's, by the lookups that `fields` documents: `case_study__title` is written as
    `case_study_title`.
    """
    lookups = list(fields)

    def rows(person: Any) -> Iterator[Row]:
        for values in find(person).values_list(*lookups).iterator():
            yield {_written(lookup): plain(value) for lookup, value in zip(lookups, values, strict=True)}

    return Holding(rows=rows, fields={_written(lookup): words for lookup, words in fields.items()}, **facts)


def _written(lookup: str) -> str:
    return lookup.replace("__", "_")


def deletes(find: Find) -> Callable[[Any], int]:
    """An eraser that deletes the rows."""
    return lambda person: find(person).delete()[0]


def cuts(model: type[models.Model], *names: str) -> Callable[[Any], int]:
    """An eraser that leaves the rows and says of nobody whose they are."""

    def erase(person: Any) -> int:
        rows = model._base_manager
        return sum(rows.filter(**{name: person.pk}).update(**{name: None}) for name in names)

    return erase


def both(*erasers: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda person: sum(erase(person) for erase in erasers)
