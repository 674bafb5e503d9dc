"""A table in prose: a grid of plain text with header cells, whatever it was made with."""

import json
from html import escape
from typing import Any

from bs4 import BeautifulSoup, Tag

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 200, 12, 1000
Rows = list[list[str]]


def rows_of(table: Tag) -> Rows:
    """The cells of a `<table>` as text; joined cells are filled up with empty ones, so that the grid is a rectangle.

    A line break within a cell is kept; emphasis and links are not, but for the address of a link in brackets.
    """
    rows: Rows = []
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            cells.append(_text(cell))
            cells += [""] * (_span(cell) - 1)
        rows.append(cells)
    return tidy(rows)


def tidy(rows: Any) -> Rows:
    """A rectangle of short texts out of anything; empty when there is nothing in it."""
    if not isinstance(rows, list):
        return []
    grid = [
        ["\n".join(str(cell).split("\n"))[:MAX_CELL].strip() for cell in row[:MAX_COLUMNS]]
        for row in rows[:MAX_ROWS]
        if isinstance(row, list)
    ]
    width = max((len(row) for row in grid), default=0)
    grid = [row + [""] * (width - len(row)) for row in grid]
    return grid if any(cell for row in grid for cell in row) else []


def as_html(rows: Rows) -> str:
    """A table whose first row is its heading; so is its first column where the corner is empty."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{_html(cell)}</th>' if cell else "<td></td>" for cell in rows[0])
    by_row = not rows[0][0]
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_html(cell)}</th>' if by_row and not number else f"<td>{_html(cell)}</td>"
            for number, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def as_embeds(html: str) -> str:
    """Every table as one empty element with its cells in an attribute: what the editor's converter can carry."""
    if "<table" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        if table.find_parent("table"):
            continue
        table.replace_with(soup.new_tag("embed", attrs={"embedtype": "table", "rows": json.dumps(rows_of(table))}))
    return str(soup)


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _span(cell: Tag) -> int:
    given = str(cell.get("colspan") or "1")
    return min(int(given), MAX_COLUMNS) if given.isdecimal() and int(given) else 1


def _text(cell: Tag) -> str:
    for brk in cell.find_all("br"):
        brk.replace_with("\n")
    for link in cell.find_all("a", href=True):
        address = str(link["href"])
        if address.startswith(("http://", "https://")) and address not in link.get_text():
            link.append(f" ({address})")
    parts = cell.find_all(["p", "li"]) or [cell]
    lines = (" ".join(line.split()) for part in parts for line in part.get_text().split("\n"))
    return "\n".join(line for line in lines if line)
