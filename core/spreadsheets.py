"""Cells of CSV files that people open in a spreadsheet."""

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
