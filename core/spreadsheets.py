"""Cells of CSV files that people open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula, its full-width twins included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel reads a CSV file as UTF-8 only if it begins with this; without it every “£” is broken. Others skip it.
BYTE_ORDER_MARK = "\ufeff"


def cell(value: Any) -> Any:
    """A spreadsheet must not take what people wrote for a formula: such text gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A spreadsheet's CSV: UTF-8 with its mark, comma, CRLF; several values in a cell parted by semicolons."""
    names = list(columns)
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(names)
    for row in rows:
        yield writer.writerow([_joined(row[name]) for name in names])


def _joined(value: Any) -> Any:
    if isinstance(value, list):
        return cell(";".join(str(one) for one in value))
    return cell(value)
