"""Tables in the CMS's text editor.

Wagtail's editor has no tables, and drops one from a text when it opens it. Here a table is a block of its own kind in
the editor (`static/js/editor-tables.js` draws it), and a real `<table>` in the text as it is kept, so that readers,
the search, the comparison of two versions and the API all meet plain HTML.
"""

import json
from typing import Any

from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.converters.contentstate_models import Entity
from wagtail.admin.rich_text.converters.html_to_contentstate import AtomicBlockEntityElementHandler
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextAreaAdapter
from wagtail.admin.rich_text.editors.draftail import features as draftail_features
from wagtail.admin.telepath import register
from wagtail.rich_text.feature_registry import FeatureRegistry

from core.tables import as_embeds, tidy

TABLE = "TABLE"


class TableHandler(AtomicBlockEntityElementHandler):
    """From a text as it is kept to the editor's block."""

    def create_entity(self, name: str, attrs: dict[str, str], state: Any, contentstate: Any) -> Entity:
        return Entity(TABLE, "IMMUTABLE", {"rows": tidy(json.loads(attrs.get("rows", "[]")))})


def table_element(props: dict[str, Any]) -> Any:
    """From the editor's block to a table; what it holds was typed by somebody, so it is text and nothing else."""
    rows = tidy(props.get("rows"))
    if not rows:
        return None
    by_row = not rows[0][0]
    head = [_cell("th", {"scope": "col"}, cell) if cell else _cell("td", {}, "") for cell in rows[0]]
    body = [
        DOM.create_element(
            "tr",
            {},
            *[
                _cell("th", {"scope": "row"}, cell) if by_row and not number else _cell("td", {}, cell)
                for number, cell in enumerate(row)
            ],
        )
        for row in rows[1:]
    ]
    return DOM.create_element(
        "table",
        {},
        DOM.create_element("thead", {}, DOM.create_element("tr", {}, *head)),
        DOM.create_element("tbody", {}, *body),
    )


def _cell(tag: str, attributes: dict[str, str], text: str) -> Any:
    lines: list[Any] = []
    for line in text.split("\n"):
        lines += [DOM.create_element("br"), line] if lines else [line]
    return DOM.create_element(tag, attributes, *lines)


class TablesConverter(ContentstateConverter):
    def from_database_format(self, html: str) -> str:
        return str(super().from_database_format(as_embeds(html)))


class TablesRichTextArea(DraftailRichTextArea):
    """`WAGTAILADMIN_RICH_TEXT_EDITORS` names it, so every text of the CMS may hold a table if its features say so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.converter = TablesConverter(self.features)


register(DraftailRichTextAreaAdapter(), TablesRichTextArea)


def register_tables(features: FeatureRegistry) -> None:
    """The feature “table”."""
    features.register_editor_plugin(
        "draftail",
        "table",
        draftail_features.EntityFeature(
            {"type": TABLE, "icon": "table", "description": "Table"}, js=["js/editor-tables.js"]
        ),
    )
    features.register_converter_rule(
        "contentstate",
        "table",
        {
            "from_database_format": {'embed[embedtype="table"]': TableHandler()},
            "to_database_format": {"entity_decorators": {TABLE: table_element}},
        },
    )
