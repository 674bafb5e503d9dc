"""SQLite's FTS5."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any

from django.db import connection

from search.engines.sql.dialect import Asked, Marked, Statement, TextRow, hundreds, markable
from search.text import START, STOP, Words, join

FIELDS = ("title", "summary", "problem", "lessons", "tags", "context", "body")
# What stands in the title, the summary or the tags counts twice (docs/decisions/0017-relevance.md).
WEIGHTS = "2.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0"
# Where a result's extract is taken from: whichever has most of the words, the earlier of equals.
EXTRACTED = ("problem", "body", "lessons")
WELSH_FIELDS = ("title", "summary", "body")
WELSH_WEIGHTS = "2.0, 2.0, 1.0"
PUBLIC, MEMBERS = "search_public", "search_members"
TABLES = (PUBLIC, MEMBERS, f"{PUBLIC}_welsh", f"{MEMBERS}_welsh", "search_titles")
EXTRACT_WORDS = 30
# Words between the first and the last of those that are close to each other.
CLOSE = 8


def quoted(literal: str) -> str:
    """An FTS5 string: FTS5 reads words in it and no operators."""
    return '"' + literal.replace('"', '""') + '"'


def any_of(literals: Sequence[str]) -> str:
    return " OR ".join(map(quoted, literals))


def marked_words(text: str) -> int:
    return text.count(START)


class SQLiteDialect:
    def write(self, rows: Sequence[TextRow]) -> None:
        self.erase([row.document_id for row in rows])
        with connection.cursor() as cursor:
            for table, members in ((PUBLIC, False), (MEMBERS, True)):
                texts: list[tuple[Any, ...]] = [
                    (r.document_id, *(_field(r, name, members) for name in FIELDS)) for r in rows
                ]
                cursor.executemany(_insert(table, FIELDS), texts)
                welsh: list[tuple[Any, ...]] = [
                    (r.document_id, *(_field(r, f"welsh_{name}", members) for name in WELSH_FIELDS))
                    for r in rows
                    if r.welsh_title
                ]
                if welsh:
                    cursor.executemany(_insert(f"{table}_welsh", WELSH_FIELDS), welsh)
            cursor.executemany(_insert("search_titles", ("title",)), [(r.document_id, r.title) for r in rows])

    def erase(self, document_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(number,) for number in document_ids])

    def erase_orphans(self) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE rowid NOT IN (SELECT id FROM search_indexeddocument)")

    def texts(self, document_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        whole = " || ' ' || ".join(FIELDS)
        found: dict[int, list[str]] = defaultdict(list)
        with connection.cursor() as cursor:
            for table in (PUBLIC, MEMBERS):
                cursor.execute(
                    f"SELECT rowid, {whole} FROM {table} WHERE rowid IN (SELECT value FROM json_each(%s))",
                    [json.dumps(list(document_ids))],
                )
                for document_id, text in cursor.fetchall():
                    found[document_id].append(text)
        return {document_id: (public, members) for document_id, (public, members) in found.items()}

    def holders(self, asked: Sequence[Asked], *, members: bool) -> list[list[int]]:
        return [
            ids
            for some in hundreds(asked)
            for ids in self._matching([(_table(members, welsh=one.welsh), quoted(one.text)) for one in some])
        ]

    def _matching(self, asked: Sequence[tuple[str, str]]) -> list[list[int]]:
        """The documents of each table that match each expression."""
        selects = [
            f"SELECT {number} AS n, {self.collect('rowid')} FROM {table} WHERE {table} MATCH %s"
            for number, (table, _) in enumerate(asked)
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"{' UNION ALL '.join(selects)} ORDER BY n", [expression for _, expression in asked])
            return [self.collected(row[1]) for row in cursor.fetchall()]

    def weights(self, asked: Mapping[Asked, int], *, members: bool) -> dict[Asked, dict[int, float]]:
        found: dict[Asked, dict[int, float]] = {one: {} for one in asked}
        if not asked:
            return found
        with connection.cursor() as cursor:
            tables = [_table(members), _table(members, welsh=True)]
            cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table}_docsize)" for table in tables))
            totals = dict(zip(tables, cursor.fetchone(), strict=True))
            for some in hundreds(asked):
                selects: list[str] = []
                params: list[Any] = []
                for number, one in enumerate(some):
                    table = _table(members, welsh=one.welsh)
                    score = f"bm25({table}, {WELSH_WEIGHTS if one.welsh else WEIGHTS})"
                    selects.append(f"SELECT {number}, rowid, {score} / %s FROM {table} WHERE {table} MATCH %s")
                    # FTS5 has the word's rarity in its score; out again with it.
                    params += [-_rarity(asked[one], totals[table]), quoted(one.text)]
                cursor.execute(" UNION ALL ".join(selects), params)
                for number, document_id, weight in cursor.fetchall():
                    found[some[number]][document_id] = weight
        return found

    def together(self, literals: Sequence[str], *, members: bool) -> tuple[list[int], list[int]]:
        close = f"NEAR({' '.join(map(quoted, literals))}, {CLOSE})"
        table = _table(members)
        side_by_side, near = self._matching([(table, quoted(" ".join(literals))), (table, close)])
        return side_by_side, near

    def rows(self, rows: Sequence[tuple[int, float]]) -> Statement:
        # The ids as the names of an object: faster to read again than a list of pairs.
        return (
            "SELECT CAST(key AS INTEGER) AS id, value AS score FROM json_each(%s)",
            [json.dumps(dict(rows))],
        )

    def ids(self, ids: Iterable[int]) -> Statement:
        return "SELECT value AS id FROM json_each(%s)", [json.dumps(list(ids))]

    def collect(self, column: str) -> str:
        return f"json_group_array({column})"

    def collected(self, value: Any) -> list[int]:
        numbers: list[int] = json.loads(value)
        return numbers

    def age(self, column: str) -> str:
        return f"((julianday('now') - julianday({column})) / 365.25)"

    def mark(self, words: Words, *, members: bool, ids: Sequence[int]) -> dict[int, Marked]:
        if not words.wanted or not ids:
            return {}
        table = _table(members)
        marks = f"'{START}', '{STOP}'"
        places = ", ".join(["%s"] * len(ids))
        extracts = ", ".join(
            f"snippet({table}, {FIELDS.index(name)}, {marks}, '…', {EXTRACT_WORDS})" for name in EXTRACTED
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, highlight({table}, 0, {marks}), highlight({table}, 1, {marks}), {extracts} "
                f"FROM {table} WHERE {table} MATCH %s AND rowid IN ({places})",
                [any_of(markable(words)), *ids],
            )
            return {row[0]: Marked(row[1], row[2], max(row[3:], key=marked_words)) for row in cursor.fetchall()}

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        return (
            "SELECT rowid AS id, bm25(search_titles) AS score FROM search_titles WHERE search_titles MATCH %s",
            [" AND ".join(f"{quoted(token)} *" for token in tokens)],
        )

    def count(self) -> int:
        with connection.cursor() as cursor:
            return _count(cursor, "search_titles")


def _insert(table: str, fields: Sequence[str]) -> str:
    return f"INSERT INTO {table} (rowid, {', '.join(fields)}) VALUES (%s{', %s' * len(fields)})"


def _field(row: TextRow, name: str, members: bool) -> str:
    """A field of one reader's table: members read what everybody reads, and theirs."""
    text, more = str(getattr(row, name)), getattr(row, f"members_{name}", "") if members else ""
    return join([text, more]) if more else text


def _table(members: bool, *, welsh: bool = False) -> str:
    return f"{MEMBERS if members else PUBLIC}{'_welsh' if welsh else ''}"


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}_docsize")
    return int(cursor.fetchone()[0])


def _rarity(holders: int, total: int) -> float:
    """As FTS5's bm25() works it out."""
    return max(log((total - holders + 0.5) / (holders + 0.5)), 0) or 1e-6
