"""The SQL of one question: the matching documents, and how many of them have each value of each facet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import cos, radians, sqrt
from typing import Any

from django.db import connection

from search.documents import Point, Term
from search.engines.base import ADOPTED, DISTANCE, EVIDENCE, NEWEST, SIMILAR, STALE_WEIGHT, FacetCount, SearchQuery
from search.engines.sql.dialect import Dialect, Statement
from search.text import Words

FACET, VALUE, DOCUMENT = "search_documentfacet", "search_facetvalue", "search_indexeddocument"
POINT = "search_documentpoint"
# From a degree of latitude to kilometres.
DEGREE = 111.2


def page_of_ids(
    dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool, located: bool = False
) -> tuple[list[int], int]:
    """The ids of one page of results, best first, and how many results there are. `located`: of those with a point."""
    by_relevance = bool(words.wanted) and query.sort != NEWEST
    parts, params = _parts(dialect, query, words, any_word=any_word, scored=by_relevance)
    ranked = ""
    if query.sort == SIMILAR and query.like:
        ranking, slugs = _ranking(query)
        parts, params, ranked = f"{parts}, {ranking}", [*params, *slugs], " LEFT JOIN alike ON alike.id = m.id"
    if query.sort == DISTANCE and query.near:
        distances, at = _distances(query, query.near)
        parts, params, ranked = f"{parts}, {distances}", [*params, *at], " LEFT JOIN near ON near.id = m.id"
    where = _where(query, except_for=None)
    if located:
        pointed = f"m.id IN (SELECT p.document_id FROM {POINT} p WHERE {_visible(query, of='p')})"
        where = f"{where} AND {pointed}" if where else f"WHERE {pointed}"
    # Cheaper than a window over every row.
    total = f"(SELECT count(*) FROM m {where})"
    order = f"{_first(query)}{_score(query) if by_relevance else ''}d.published_at DESC NULLS LAST, d.id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {parts} SELECT d.id, {total} FROM m JOIN {DOCUMENT} d ON d.id = m.id{ranked} {where} "
            f"ORDER BY {order} LIMIT %s OFFSET %s",
            [*params, query.size, query.offset],
        )
        rows = cursor.fetchall()
        if rows or not query.offset:
            return [row[0] for row in rows], rows[0][1] if rows else 0
        cursor.execute(f"WITH {parts} SELECT {total}", params)
        return [], cursor.fetchone()[0]


def _score(query: SearchQuery) -> str:
    """How well the words match (lower is better, and below 0); less of it where nobody has confirmed it lately."""
    return f"m.score * CASE WHEN d.{'all_stale' if query.members else 'stale'} THEN {STALE_WEIGHT} ELSE 1 END, "


def _first(query: SearchQuery) -> str:
    """What comes before how well the words match; what members alone may know does not order others' results."""
    evidence, adoptions = ("all_evidence", "all_adoptions") if query.members else ("evidence", "adoptions")
    if query.sort == ADOPTED:
        return f"d.{adoptions} DESC, "
    if query.sort == EVIDENCE:
        return f"d.{evidence} DESC NULLS LAST, "
    if query.sort == SIMILAR and query.like:
        return "alike.place ASC NULLS LAST, "
    if query.sort == DISTANCE and query.near:
        return "near.square ASC NULLS LAST, "
    return ""


def _distances(query: SearchQuery, near: Point) -> Statement:
    """`near`: the square of each document's distance, in degrees of latitude; within the UK the Earth may be flat."""
    rows = (
        "SELECT p.document_id AS id, min((p.lat - %s) * (p.lat - %s) + (p.lng - %s) * (p.lng - %s) * %s) AS square "
        f"FROM {POINT} p WHERE {_visible(query, of='p')} GROUP BY p.document_id"
    )
    shrink = cos(radians(near.lat)) ** 2
    return f"near AS MATERIALIZED ({rows})", [near.lat, near.lat, near.lng, near.lng, shrink]


def distances_km(query: SearchQuery, ids: Sequence[int]) -> dict[int, float]:
    """How far these documents are from where the search is, as far as the reader may know."""
    if query.near is None or not ids:
        return {}
    distances, params = _distances(query, query.near)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {distances} SELECT id, square FROM near WHERE id IN ({_places(ids)})", [*params, *ids])
        return {number: sqrt(square) * DEGREE for number, square in cursor.fetchall()}


def _ranking(query: SearchQuery) -> Statement:
    """`alike`: the documents of the councils in `query.like`, each with the place of the first of them."""
    places = " ".join("WHEN %s THEN " + str(number) for number, _ in enumerate(query.like))
    wanted = (
        f"SELECT v.id, CASE v.value {places} END AS place FROM {VALUE} v "
        f"WHERE v.facet = 'council' AND v.value IN ({_places(query.like)})"
    )
    rows = (
        f"SELECT f.document_id AS id, min(l.place) AS place FROM {FACET} f JOIN ({wanted}) l ON l.id = f.value_id "
        f"WHERE {_visible(query)} GROUP BY f.document_id"
    )
    return f"alike AS MATERIALIZED ({rows})", [*query.like, *query.like]


def counts(dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool) -> Mapping[str, Sequence[FacetCount]]:
    """Every facet's counts in one statement, each without its own filter and under all the others."""
    if not query.counts:
        return {}
    parts, params = _parts(dialect, query, words, any_word=any_word, scored=False)
    free = [name for name in query.counts if not query.filters.get(name)]
    selects: list[str] = []
    for group, names, except_for in (
        ("free", free, None),
        *((f"own{n}", [name], name) for n, name in enumerate(query.counts) if query.filters.get(name)),
    ):
        if not names:
            continue
        where = _where(query, except_for=except_for)
        everything = not words and not where
        parts += f", {group} AS MATERIALIZED (SELECT m.id FROM m {where})"
        among = "" if everything else f" AND f.document_id IN (SELECT id FROM {group})"
        counted = f"SELECT f.value_id, count(*) AS n FROM {FACET} f WHERE {_visible(query)}{among} GROUP BY f.value_id"
        named = f"({counted}) c JOIN {VALUE} v ON v.id = c.value_id WHERE v.facet IN ({_places(names)})"
        selects.append(f"SELECT v.facet, v.value, v.label, v.label_cy, c.n FROM {named}")
        params += names
    # The names come after every part in the statement, in the order of the selects.
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {parts} {' UNION ALL '.join(selects)}", params)
        rows = cursor.fetchall()
    found: dict[str, list[FacetCount]] = defaultdict(list)
    for facet, value, label, label_cy, number in rows:
        found[facet].append(FacetCount(Term(value, label, label_cy), number))
    return {name: sorted(some, key=lambda one: (-one.count, one.term.value)) for name, some in found.items()}


def _parts(dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool, scored: bool) -> Statement:
    """`m`, the documents that match, and `f0`, `f1` … those that each filter lets through.

    Each is worked out once: left to itself SQLite asks the full-text table again for every row of a filter.
    """
    if words:
        matched, params = dialect.matching(words, members=query.members, any_word=any_word, scored=scored)
    else:
        matched, params = f"SELECT id, 0 AS score FROM {DOCUMENT}", []
    parts = [f"m AS MATERIALIZED ({matched})"]
    for number, (name, values) in enumerate(query.filters.items()):
        if values:
            wanted = f"SELECT v.id FROM {VALUE} v WHERE v.facet = %s AND v.value IN ({_places(values)})"
            rows = f"SELECT f.document_id AS id FROM {FACET} f WHERE {_visible(query)} AND f.value_id IN ({wanted})"
            parts.append(f"f{number} AS MATERIALIZED ({rows})")
            params = [*params, name, *values]
    limits, limiting = _limits(query)
    if limits:
        parts.append(f"among AS MATERIALIZED (SELECT d.id FROM {DOCUMENT} d WHERE {limits})")
        params += limiting
    return ", ".join(parts), params


def _limits(query: SearchQuery) -> Statement:
    """What no facet says: of these documents alone, and since that day."""
    conditions: list[str] = []
    params: list[Any] = []
    if query.keys is not None:
        conditions.append(f"d.key IN ({_places(query.keys)})" if query.keys else "false")
        params += query.keys
    if query.published_after is not None:
        conditions.append("d.published_at > %s")
        params.append(connection.ops.adapt_datetimefield_value(query.published_after))
    return " AND ".join(conditions), params


def _where(query: SearchQuery, *, except_for: str | None) -> str:
    """Under every filter but one."""
    conditions = [
        f"m.id IN (SELECT id FROM f{number})"
        for number, (name, values) in enumerate(query.filters.items())
        if values and name != except_for
    ]
    if _limits(query)[0]:
        conditions.append("m.id IN (SELECT id FROM among)")
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _visible(query: SearchQuery, *, of: str = "f") -> str:
    return "true" if query.members else f"{of}.members_only = false"


def _places(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
