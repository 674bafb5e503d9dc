"""Rows as the lines of a file."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from api.exports.columns import Dataset, Row
from core.licence import LICENCE, LICENCE_NAME
from core.spreadsheets import csv_lines

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def json_lines(dataset: Dataset, rows: Iterable[Row]) -> Iterator[str]:
    """One object with the licence, what the columns mean and `items`; each item on a line of its own."""
    yield json.dumps({"licence": LICENCE, "attribution": attribution(), **described(dataset)}, ensure_ascii=False)[:-1]
    yield ', "items": [\n'
    first = True
    for row in rows:
        yield ("" if first else ",\n") + json.dumps({name: row[name] for name in dataset.columns}, ensure_ascii=False)
        first = False
    yield "\n]}\n"


def lines(dataset: Dataset, form: str, rows: Iterable[Row]) -> Iterator[str]:
    return csv_lines(dataset.columns, rows) if form == "csv" else json_lines(dataset, rows)


def described(dataset: Dataset) -> dict[str, Any]:
    """In the language of the data, whoever asks."""
    with translation.override(settings.LANGUAGE_CODE):
        columns = {name: str(words) for name, words in dataset.columns.items()}
        return {"title": str(dataset.title), "about": str(dataset.about), "columns": columns}


def attribution() -> str:
    """The line that the licence asks re-users to print."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Contains information from %(site)s, licensed under the %(licence)s.") % {
            "site": settings.WAGTAIL_SITE_NAME,
            "licence": LICENCE_NAME,
        }
