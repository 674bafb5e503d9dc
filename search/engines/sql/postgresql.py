"""PostgreSQL's text search."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any

from django.db import connection

from search.engines.sql.dialect import Asked, Marked, Statement, TextRow, hundreds, markable
from search.text import START, STOP, Words

_COLUMNS = tuple(field.name for field in fields(TextRow))
# D, C, B, A: what stands in the title (A), the summary or the tags (B) counts twice (docs/decisions/0017-relevance.md).
_WEIGHTS = "'{0.1, 0.1, 0.2, 0.2}'"
# What makes 1 of ts_rank's figure for one word that is once in the body; and the words of a usual text, each once.
_BODY, _USUAL_LENGTH = 16.449, 250.0
_WHOLE = f"HighlightAll=true, StartSel={START}, StopSel={STOP}"
_EXTRACT = f"MaxFragments=1, MaxWords=32, MinWords=16, FragmentDelimiter=…, StartSel={START}, StopSel={STOP}"


# PostgreSQL takes “walking/cycling” for the name of a file, “gov.uk” and “v2.0” for those of machines, and so for one
# word. The bar of a fraction and the dot of a leader are no letters to it: those stand in the texts instead, and spaces
# in what is looked for, where “~” and “<b>” are no words either. A dot between figures alone stays: “1.5” is a number.
_READ = str.maketrans("⁄․", "/.")
_TYPED = str.maketrans("/~<>⁄․", "      ")
_DOT = re.compile(r"([^\W\d_]\d*)\.(?=[^\W_])|(?<=\d)\.(?=[^\W\d_])")
_ARRAYS = "%s::bigint[], %s::double precision[]"
_ONE = "phraseto_tsquery('search_english', %s)"
_ONE_WELSH = "phraseto_tsquery('search_plain', %s)"


class PostgreSQLDialect:
    def write(self, rows: Sequence[TextRow]) -> None:
        update = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO search_text ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) "
                f"ON CONFLICT (document_id) DO UPDATE SET {update}",
                [[_written(one) if isinstance(one, str) else one for one in astuple(row)] for row in rows],
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

    def texts(self, document_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        public = "concat_ws(' ', title, summary, problem, lessons, tags, context, body)"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT document_id, {public}, concat_ws(' ', members_problem, members_lessons, members_body) "
                "FROM search_text WHERE document_id = ANY(%s)",
                [list(document_ids)],
            )
            return {row[0]: (row[1], f"{row[1]} {row[2]}") for row in cursor.fetchall()}

    def holders(self, asked: Sequence[Asked], *, members: bool) -> list[list[int]]:
        found: list[list[int]] = []
        with connection.cursor() as cursor:
            for some in hundreds(asked):
                selects, params = [], []
                for number, one in enumerate(some):
                    source, values = _holding(one, members=members)
                    selects.append(f"SELECT {number} AS n, {self.collect('document_id')} FROM {source}")
                    params += values
                cursor.execute(f"{' UNION ALL '.join(selects)} ORDER BY n", params)
                found += [self.collected(row[1]) for row in cursor.fetchall()]
        return found

    def weights(self, asked: Mapping[Asked, int], *, members: bool) -> dict[Asked, dict[int, float]]:
        found: dict[Asked, dict[int, float]] = {one: {} for one in asked}
        with connection.cursor() as cursor:
            for some in hundreds(asked):
                selects, params = [], []
                for number, one in enumerate(some):
                    source, values = _holding(one, members=members)
                    selects.append(_weighing(number, _vector(members, welsh=one.welsh), source))
                    params += values
                cursor.execute(" UNION ALL ".join(selects), params)
                for number, document_id, weight in cursor.fetchall():
                    found[some[number]][document_id] = weight
        return found

    def together(self, literals: Sequence[str], *, members: bool) -> tuple[list[int], list[int]]:
        """PostgreSQL knows no words that are close to each other in any order; those side by side are enough."""
        return self.holders([Asked(" ".join(literals))], members=members)[0], []

    def rows(self, rows: Sequence[tuple[int, float]]) -> Statement:
        return (
            f"SELECT id, score FROM unnest({_ARRAYS}) AS given (id, score)",
            [[number for number, _ in rows], [score for _, score in rows]],
        )

    def ids(self, ids: Iterable[int]) -> Statement:
        return "SELECT id FROM unnest(%s::bigint[]) AS given (id)", [list(ids)]

    def collect(self, column: str) -> str:
        return f"array_agg({column})"

    def collected(self, value: Any) -> list[int]:
        return value or []

    def age(self, column: str) -> str:
        return f"(extract(epoch FROM now() - {column})::double precision / 31557600)"

    def mark(self, words: Words, *, members: bool, ids: Sequence[int]) -> dict[int, Marked]:
        if not words.wanted or not ids:
            return {}
        params = [_typed(one) for one in markable(words)]
        asked = " || ".join([_ONE] * len(params))
        ours = ", members_problem, members_body, members_lessons" if members else ""
        body = f"concat_ws(' ', problem, body, lessons{ours})"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT document_id, ts_headline('search_english', title, q, %s), "
                f"ts_headline('search_english', summary, q, %s), ts_headline('search_english', {body}, q, %s) "
                f"FROM search_text, (SELECT {asked} AS q) asked "
                f"WHERE document_id = ANY(%s) AND {_vector(members)} @@ q",
                [_WHOLE, _WHOLE, _EXTRACT, *params, list(ids)],
            )
            return {row[0]: Marked(*(text.translate(_READ) for text in row[1:])) for row in cursor.fetchall()}

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        asked = " & ".join(f"{token}:*" for token in tokens)
        source = "search_text, (SELECT to_tsquery('search_plain', %s) AS q) asked"
        score = "-ts_rank(title_vector, q, 1) AS score"
        return f"SELECT document_id AS id, {score} FROM {source} WHERE title_vector @@ q", [asked]

    def count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_text")
            return int(cursor.fetchone()[0])


def _written(text: str) -> str:
    return _DOT.sub(r"\1․", text).replace("/", "⁄")


def _typed(text: str) -> str:
    return _DOT.sub(r"\1 ", text).translate(_TYPED)


def _weighing(number: int, vector: str, source: str) -> str:
    """BM25's weight of one word. ts_rank adds up its places by field, each further one for less, which stands for how
    often it is; the text's length is that of its vector, set against a usual one.

    OFFSET keeps the inner SELECT apart: folded into the outer one, ts_rank, which is what takes the time, runs twice.
    """
    often = f"ts_rank({_WEIGHTS}, {vector}, q, 0) * {_BODY} AS often"
    return (
        f"SELECT {number}, document_id, "
        f"2.2 * often / (often + 1.2 * (0.25 + 0.75 * words / {_USUAL_LENGTH})) "
        f"FROM (SELECT document_id, {often}, length({vector}) AS words FROM {source} OFFSET 0) AS weighed"
    )


def _holding(asked: Asked, *, members: bool) -> Statement:
    """The texts that have it, with the query as `q`.

    OFFSET keeps the word from the planner, which else reads the whole table for a frequent one, fetching each vector
    from where long values are kept: ten times the time of the index.
    """
    query = _ONE_WELSH if asked.welsh else _ONE
    source = f"search_text, (SELECT {query} AS q OFFSET 0) asked WHERE {_vector(members, welsh=asked.welsh)} @@ q"
    return source, [_typed(asked.text)]


def _vector(members: bool, *, welsh: bool = False) -> str:
    if welsh:
        return "members_welsh_vector" if members else "welsh_vector"
    return "members_vector" if members else "public_vector"
