"""Tables in prose: through the editor and back, and never anything but text in their cells."""

import json

import pytest
from bs4 import BeautifulSoup

from core.html import clean_prose
from core.rich_text import TablesRichTextArea
from core.tables import as_html, rows_of

ROWS = [["", "2018", "2019"], ["Species", "12", "31"], ["Complaints", "9", "a < b\nand more"]]


def _editor():
    return TablesRichTextArea(features=["bold", "ul", "table"])


def _rows(html):
    return rows_of(BeautifulSoup(html, "html.parser").table)


def test_a_table_survives_the_editor_where_it_stood():
    html = f"<p>Before</p>{as_html(ROWS)}<p>After</p>"
    state = _editor().format_value(html)
    assert [block["type"] for block in json.loads(state)["blocks"]] == ["unstyled", "atomic", "unstyled"]
    kept = _editor().value_from_datadict({"text": state}, {}, "text")
    soup = BeautifulSoup(kept, "html.parser")
    assert [tag.name for tag in soup.find_all(recursive=False)] == ["p", "table", "p"]
    assert _rows(kept) == ROWS
    assert kept == _editor().value_from_datadict({"text": _editor().format_value(kept)}, {}, "text")


def test_what_somebody_types_into_a_cell_is_text():
    state = {
        "blocks": [
            {
                "key": "a", "text": " ", "type": "atomic", "depth": 0, "inlineStyleRanges": [],
                "entityRanges": [{"offset": 0, "length": 1, "key": 0}],
            }
        ],
        "entityMap": {
            "0": {"type": "TABLE", "mutability": "IMMUTABLE", "data": {"rows": [["<script>x</script>"], [3]]}}
        },
    }  # fmt: skip
    kept = _editor().value_from_datadict({"text": json.dumps(state)}, {}, "text")
    assert "<script" not in kept
    assert _rows(kept) == [["<script>x</script>"], ["3"]]


@pytest.mark.parametrize("rows", [None, "x", [], [[]], [["", ""]], [1, 2]])
def test_an_empty_or_broken_table_leaves_nothing(rows):
    state = {
        "blocks": [
            {
                "key": "a", "text": " ", "type": "atomic", "depth": 0, "inlineStyleRanges": [],
                "entityRanges": [{"offset": 0, "length": 1, "key": 0}],
            }
        ],
        "entityMap": {"0": {"type": "TABLE", "mutability": "IMMUTABLE", "data": {"rows": rows}}},
    }  # fmt: skip
    assert "table" not in _editor().value_from_datadict({"text": json.dumps(state)}, {}, "text")


def test_joined_cells_become_a_rectangle():
    html = '<table><tr><td colspan="2">Both</td></tr><tr><td>a</td><td>b<br/>c</td></tr></table>'
    assert _rows(html) == [["Both", ""], ["a", "b\nc"]]


def test_cleaned_prose_keeps_a_table_and_its_headings():
    html = as_html(ROWS)
    assert clean_prose(html) == html.replace("<br/>", "<br>")
    assert "onclick" not in clean_prose('<table onclick="x()"><tr><td style="x">a</td></tr></table>')
