"""SQLite's FTS5."""

from collections.abc import Sequence

from django.db import connection

from search.engines.sql.dialect import Marked, Statement, TextRow
from search.text import START, STOP, Wanted, Words

# title, summary, tags, context, body
WEIGHTS = "10.0, 5.0, 4.0, 3.0, 1.0"
EXTRACT_WORDS = 30


def quoted(literal: str) -> str:
    """An FTS5 string: FTS5 reads words in it and no operators."""
    return '"' + literal.replace('"', '""') + '"'


def expression(words: Words, *, any_word: bool) -> str:
    """The words as one FTS5 expression; the words as one phrase beside them lift what has them together."""
    wanted = (" OR " if any_word else " AND ").join(map(_one, words.wanted))
    if len(words.wanted) > 1:
        wanted = f"({wanted}) OR {quoted(' '.join(words.literals))}"
    if not words.unwanted:
        return wanted
    return f"({wanted}) NOT ({any_of(words.unwanted)})"


def _one(wanted: Wanted) -> str:
    own = quoted(str(wanted)) if wanted.exact else " AND ".join(map(quoted, wanted.words))
    return f"(({own}) OR {any_of(wanted.others)})" if wanted.others else f"({own})"


def any_of(literals: Sequence[str]) -> str:
    return " OR ".join(quoted(literal) for literal in literals)


class SQLiteDialect:
    def write(self, rows: Sequence[TextRow]) -> None:
        self.erase([row.document_id for row in rows])
        insert = "(rowid, title, summary, tags, context, body) VALUES (%s, %s, %s, %s, %s, %s)"
        with connection.cursor() as cursor:
            for table, body in (("search_public", "body"), ("search_members", "members_body")):
                cursor.executemany(
                    f"INSERT INTO {table} {insert}",
                    [(r.document_id, r.title, r.summary, r.tags, r.context, getattr(r, body)) for r in rows],
                )
            cursor.executemany(
                "INSERT INTO search_titles (rowid, title) VALUES (%s, %s)", [(r.document_id, r.title) for r in rows]
            )

    def erase(self, document_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            for table in ("search_public", "search_members", "search_titles"):
                cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(number,) for number in document_ids])

    def erase_orphans(self) -> None:
        with connection.cursor() as cursor:
            for table in ("search_public", "search_members", "search_titles"):
                cursor.execute(f"DELETE FROM {table} WHERE rowid NOT IN (SELECT id FROM search_indexeddocument)")

    def matching(self, words: Words, *, members: bool, any_word: bool, scored: bool = True) -> Statement:
        table = _table(members)
        if not words.wanted:
            unwanted = f"SELECT rowid FROM {table} WHERE {table} MATCH %s"
            return (
                f"SELECT id, 0 AS score FROM search_indexeddocument WHERE id NOT IN ({unwanted})",
                [any_of(words.unwanted)],
            )
        score = f"bm25({table}, {WEIGHTS})" if scored else "0"
        return (
            f"SELECT rowid AS id, {score} AS score FROM {table} WHERE {table} MATCH %s",
            [expression(words, any_word=any_word)],
        )

    def mark(self, words: Words, *, members: bool, any_word: bool, ids: Sequence[int]) -> dict[int, Marked]:
        if not words.wanted or not ids:
            return {}
        table = _table(members)
        marks = f"'{START}', '{STOP}'"
        places = ", ".join(["%s"] * len(ids))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, highlight({table}, 0, {marks}), highlight({table}, 1, {marks}), "
                f"snippet({table}, 4, {marks}, '…', {EXTRACT_WORDS}) "
                f"FROM {table} WHERE {table} MATCH %s AND rowid IN ({places})",
                [expression(words, any_word=any_word), *ids],
            )
            return {row[0]: Marked(*row[1:]) for row in cursor.fetchall()}

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        return (
            "SELECT rowid AS id, bm25(search_titles) AS score FROM search_titles WHERE search_titles MATCH %s",
            [" AND ".join(f"{quoted(token)} *" for token in tokens)],
        )

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_titles")
            return int(cursor.fetchone()[0])


def _table(members: bool) -> str:
    return "search_members" if members else "search_public"
