"""PostgreSQL's text search."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from django.db import connection

from search.engines.sql.dialect import Marked, Statement, TextRow
from search.text import START, STOP, Wanted, Words

_COLUMNS = tuple(field.name for field in fields(TextRow))
_WEIGHTS = "'{0.1, 0.35, 0.5, 1.0}'"  # D, C, B, A
_WHOLE = f"HighlightAll=true, StartSel={START}, StopSel={STOP}"
_EXTRACT = f"MaxFragments=1, MaxWords=32, MinWords=16, FragmentDelimiter=…, StartSel={START}, StopSel={STOP}"


def query(words: Words, *, any_word: bool) -> Statement:
    """A tsquery made of bound literals; PostgreSQL reads words in them and no operators."""
    one = "phraseto_tsquery('search_english', %s)"
    parts = [_one(wanted, one) for wanted in words.wanted]
    sql = (" || " if any_word else " && ").join(part for part, _ in parts)
    params = [value for _, values in parts for value in values]
    if len(words.wanted) > 1:
        sql = f"(({sql}) || {one})"
        params.append(" ".join(words.literals))
    if words.unwanted:
        without = " || ".join([one] * len(words.unwanted))
        sql = f"({sql}) && !! ({without})" if sql else f"!! ({without})"
        params += words.unwanted
    return f"({sql})", params


def _one(wanted: Wanted, one: str) -> Statement:
    own = [str(wanted)] if wanted.exact else list(wanted.words)
    sql = " && ".join([one] * len(own))
    return f"(({sql}){f' || {one}' * len(wanted.others)})", [*own, *wanted.others]


class PostgreSQLDialect:
    def write(self, rows: Sequence[TextRow]) -> None:
        update = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO search_text ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) "
                f"ON CONFLICT (document_id) DO UPDATE SET {update}",
                [astuple(row) for row in rows],
            )

    def erase(self, document_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_text WHERE document_id = ANY(%s)", [list(document_ids)])

    def erase_orphans(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM search_text t WHERE NOT EXISTS "
                "(SELECT 1 FROM search_indexeddocument d WHERE d.id = t.document_id)"
            )

    def matching(self, words: Words, *, members: bool, any_word: bool, scored: bool = True) -> Statement:
        vector = _vector(members)
        asked, params = query(words, any_word=any_word)
        score = f"-ts_rank_cd({_WEIGHTS}, {vector}, q, 1)" if words.wanted and scored else "0"
        source = f"search_text, (SELECT {asked} AS q) asked"
        return f"SELECT document_id AS id, {score} AS score FROM {source} WHERE {vector} @@ q", params

    def mark(self, words: Words, *, members: bool, any_word: bool, ids: Sequence[int]) -> dict[int, Marked]:
        if not words.wanted or not ids:
            return {}
        asked, params = query(Words(wanted=words.wanted), any_word=any_word)
        ours = ", members_problem, members_body, members_lessons" if members else ""
        body = f"concat_ws(' ', problem, body, lessons{ours})"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT document_id, ts_headline('search_english', title, q, %s), "
                f"ts_headline('search_english', summary, q, %s), ts_headline('search_english', {body}, q, %s) "
                f"FROM search_text, (SELECT {asked} AS q) asked WHERE document_id = ANY(%s)",
                [_WHOLE, _WHOLE, _EXTRACT, *params, list(ids)],
            )
            return {row[0]: Marked(*row[1:]) for row in cursor.fetchall()}

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        asked = " & ".join(f"{token}:*" for token in tokens)
        source = "search_text, (SELECT to_tsquery('search_plain', %s) AS q) asked"
        score = "-ts_rank(title_vector, q, 1) AS score"
        return f"SELECT document_id AS id, {score} FROM {source} WHERE title_vector @@ q", [asked]

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_text")
            return int(cursor.fetchone()[0])


def _vector(members: bool) -> str:
    return "members_vector" if members else "public_vector"
