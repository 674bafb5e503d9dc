"""The SQL of one question: the matching documents, and how many of them have each value of each facet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from search.documents import Term
from search.engines.base import NEWEST, FacetCount, SearchQuery
from search.engines.sql.dialect import Dialect, Statement
from search.text import Words

FACET, VALUE, DOCUMENT = "search_documentfacet", "search_facetvalue", "search_indexeddocument"


def page_of_ids(dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool) -> tuple[list[int], int]:
    """The ids of one page of results, best first, and how many results there are."""
    matched, params = _matched(dialect, query, words, any_word=any_word)
    narrowed, more = _narrowed(query, except_for=None)
    by_relevance = bool(words.wanted) and query.sort != NEWEST
    order = "m.score, d.published_at DESC NULLS LAST" if by_relevance else "d.published_at DESC NULLS LAST"
    where = f"WHERE {narrowed}" if narrowed else ""
    source = f"FROM ({matched}) m JOIN {DOCUMENT} d ON d.id = m.id {where}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, count(*) OVER () {source} ORDER BY {order}, d.id LIMIT %s OFFSET %s",
            [*params, *more, query.size, query.offset],
        )
        rows = cursor.fetchall()
        if rows or not query.offset:
            return [row[0] for row in rows], rows[0][1] if rows else 0
        cursor.execute(f"SELECT count(*) {source}", [*params, *more])
        return [], cursor.fetchone()[0]


def counts(dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool) -> Mapping[str, Sequence[FacetCount]]:
    """Every facet's counts in one statement, each without its own filter and under all the others."""
    if not query.counts:
        return {}
    matched, params = _matched(dialect, query, words, any_word=any_word)
    free = [name for name in query.counts if not query.filters.get(name)]
    own = [name for name in query.counts if query.filters.get(name)]
    parts: list[Statement] = []
    if free:
        parts.append(_count(query, free, except_for=None, everything=not words))
    parts += [_count(query, [name], except_for=name, everything=not words) for name in own]
    sql = f"WITH m AS MATERIALIZED ({matched}) " + " UNION ALL ".join(part for part, _ in parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *(param for _, some in parts for param in some)])
        rows = cursor.fetchall()
    found: dict[str, list[FacetCount]] = defaultdict(list)
    for facet, value, label, label_cy, number in rows:
        found[facet].append(FacetCount(Term(value, label, label_cy), number))
    return {name: sorted(some, key=lambda one: (-one.count, one.term.value)) for name, some in found.items()}


def _count(query: SearchQuery, names: Sequence[str], *, except_for: str | None, everything: bool) -> Statement:
    narrowed, params = _narrowed(query, except_for=except_for)
    conditions = [] if query.members else ["NOT f.members_only"]
    if narrowed:
        conditions.append(f"f.document_id IN (SELECT m.id FROM m WHERE {narrowed})")
    elif not everything:
        conditions.append("f.document_id IN (SELECT m.id FROM m)")
    places = ", ".join(["%s"] * len(names))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    counted = f"SELECT f.value_id, count(*) AS n FROM {FACET} f {where} GROUP BY f.value_id"
    named = f"({counted}) c JOIN {VALUE} v ON v.id = c.value_id WHERE v.facet IN ({places})"
    return f"SELECT v.facet, v.value, v.label, v.label_cy, c.n FROM {named}", [*params, *names]


def _matched(dialect: Dialect, query: SearchQuery, words: Words, *, any_word: bool) -> Statement:
    if not words:
        return f"SELECT id, 0 AS score FROM {DOCUMENT}", []
    return dialect.matching(words, members=query.members, any_word=any_word)


def _narrowed(query: SearchQuery, *, except_for: str | None) -> Statement:
    """Conditions on `m.id` from every filter but one."""
    conditions, params = [], []
    for name, values in query.filters.items():
        if not values or name == except_for:
            continue
        places = ", ".join(["%s"] * len(values))
        visible = "" if query.members else "NOT f.members_only AND "
        conditions.append(
            f"m.id IN (SELECT f.document_id FROM {FACET} f JOIN {VALUE} v ON v.id = f.value_id "
            f"WHERE {visible}v.facet = %s AND v.value IN ({places}))"
        )
        params += [name, *values]
    return " AND ".join(conditions), params
