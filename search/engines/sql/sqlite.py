"""SQLite's FTS5."""

from collections.abc import Sequence

from django.db import connection

from search.engines.sql.dialect import Marked, Statement, TextRow
from search.text import START, STOP, Wanted, Words, join

FIELDS = ("title", "summary", "problem", "lessons", "tags", "context", "body")
WEIGHTS = "10.0, 5.0, 2.0, 2.0, 4.0, 3.0, 1.0"
# Where a result's extract is taken from: whichever has most of the words, the earlier of equals.
EXTRACTED = ("problem", "body", "lessons")
WELSH_FIELDS = ("title", "summary", "body")
WELSH_WEIGHTS = "10.0, 5.0, 1.0"
PUBLIC, MEMBERS = "search_public", "search_members"
TABLES = (PUBLIC, MEMBERS, f"{PUBLIC}_welsh", f"{MEMBERS}_welsh", "search_titles")
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


def marked_words(text: str) -> int:
    return text.count(START)


def any_of(literals: Sequence[str]) -> str:
    return " OR ".join(quoted(literal) for literal in literals)


class SQLiteDialect:
    def write(self, rows: Sequence[TextRow]) -> None:
        self.erase([row.document_id for row in rows])
        with connection.cursor() as cursor:
            for table, members in ((PUBLIC, False), (MEMBERS, True)):
                cursor.executemany(
                    _insert(table, FIELDS),
                    [(r.document_id, *(_field(r, name, members) for name in FIELDS)) for r in rows],
                )
                welsh = [
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
        extracts = ", ".join(
            f"snippet({table}, {FIELDS.index(name)}, {marks}, '…', {EXTRACT_WORDS})" for name in EXTRACTED
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, highlight({table}, 0, {marks}), highlight({table}, 1, {marks}), {extracts} "
                f"FROM {table} WHERE {table} MATCH %s AND rowid IN ({places})",
                [expression(words, any_word=any_word), *ids],
            )
            return {row[0]: Marked(row[1], row[2], max(row[3:], key=marked_words)) for row in cursor.fetchall()}

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        return (
            "SELECT rowid AS id, bm25(search_titles) AS score FROM search_titles WHERE search_titles MATCH %s",
            [" AND ".join(f"{quoted(token)} *" for token in tokens)],
        )

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_titles")
            return int(cursor.fetchone()[0])


def _insert(table: str, fields: Sequence[str]) -> str:
    return f"INSERT INTO {table} (rowid, {', '.join(fields)}) VALUES (%s{', %s' * len(fields)})"


def _field(row: TextRow, name: str, members: bool) -> str:
    """A field of one reader's table: members read what everybody reads, and theirs."""
    text, more = str(getattr(row, name)), getattr(row, f"members_{name}", "") if members else ""
    return join([text, more]) if more else text


def _table(members: bool) -> str:
    return MEMBERS if members else PUBLIC
