"""Reading an import file a row at a time, so that its size does not matter."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST_COLUMNS = {"topics", "tags", "partners"}
JSON_COLUMNS = {"places", "measures", "lessons", "milestones", "risks", "sources", "advice"}
LONGEST_LINE = 2_000_000


class FileProblem(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class RawRow:
    """One row: its line in the file (1-based), and either its values or why it cannot be read."""

    line: int
    values: dict[str, Any] | None = None
    problem: str = ""


def read_rows(path: Path) -> Iterator[RawRow]:
    """Yield the rows of a `.jsonl`, `.ndjson` or `.csv` file. Raises `FileProblem`."""
    suffix = path.suffix.lower()
    if suffix not in {".jsonl", ".ndjson", ".json", ".csv"}:
        raise FileProblem(f"{path.name}: give a .jsonl file (one JSON object a line) or a .csv file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _csv_rows(file) if suffix == ".csv" else _json_rows(file)
    except FileNotFoundError as error:
        raise FileProblem(f"There is no file {path}.") from error
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileProblem(
            f"{path.name} is not UTF-8 text (line {_first_unreadable(path)}). Save it as UTF-8 and try again."
        ) from error


def _json_rows(file: Any) -> Iterator[RawRow]:
    for line, text in enumerate(_lines(file), start=1):
        if not text.strip():
            continue
        if len(text) > LONGEST_LINE:
            yield RawRow(line=line, problem=f"The line is longer than {LONGEST_LINE:,} characters.")
            continue
        try:
            values = _json(text)
        except ValueError as error:
            yield RawRow(line=line, problem=f"This is not JSON: {error}.")
            continue
        if isinstance(values, dict):
            yield RawRow(line=line, values=values)
        else:
            yield RawRow(line=line, problem="Each line must be one JSON object, { … }.")


def _first_unreadable(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 0


def _lines(file: Any) -> Iterator[str]:
    """The lines of the file; of one that is too long only the start, so that it cannot fill the memory."""
    while text := file.readline(LONGEST_LINE + 1):
        yield text
        while len(text) > LONGEST_LINE and not text.endswith(("\n", "\r")):
            text = file.readline(LONGEST_LINE + 1)


def _json(text: str) -> Any:
    """Strict JSON. Raises `ValueError` in words: no NaN, no key twice, nothing nested without end."""
    try:
        return json.loads(text, parse_constant=_not_a_number, object_pairs_hook=_once_each)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _not_a_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}” is there twice")
    return values


def _csv_rows(file: Any) -> Iterator[RawRow]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.DictReader(file, strict=True)
    try:
        header = reader.fieldnames
        if not header:
            raise FileProblem("The file is empty. Its first line must name the columns.")
        doubled = sorted({name for name in header if header.count(name) > 1})
        if doubled:
            raise FileProblem(f"The first line names a column twice: {', '.join(doubled)}.")
        for row in reader:
            yield _csv_row(reader.line_num, row)
    except csv.Error as error:
        yield RawRow(line=reader.line_num, problem=f"This is not CSV: {error}. Nothing after it was read.")


def _csv_row(line: int, row: dict[Any, Any]) -> RawRow:
    if row.get(None) is not None:
        return RawRow(line=line, problem="There are more cells than columns. Put quotes around text with commas.")
    values: dict[str, Any] = {}
    for name, cell in row.items():
        if cell is None or not cell.strip():
            continue
        if name in LIST_COLUMNS:
            values[name] = [part.strip() for part in cell.split(";") if part.strip()]
        elif name in JSON_COLUMNS and cell.lstrip().startswith("["):
            try:
                values[name] = _json(cell)
            except ValueError as error:
                return RawRow(line=line, problem=f"{name}: this is not JSON: {error}.")
        else:
            values[name] = cell.strip()
    return RawRow(line=line, values=values)
