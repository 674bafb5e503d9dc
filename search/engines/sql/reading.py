"""The SQL of one question: the matching documents, and how many of them have each value of each facet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from math import cos, radians, sqrt
from typing import Any

from django.db import connection

from search.documents import Point, Term
from search.engines.base import (
    ADOPTED,
    ANY,
    DISTANCE,
    EVIDENCE,
    NEWEST,
    RELEVANCE,
    SIMILAR,
    STALE_WEIGHT,
    FacetCount,
    Located,
    SearchQuery,
)
from search.engines.sql.dialect import Dialect, Statement
from search.engines.sql.matching import Matches
from search.models import IndexedDocument

FACET, VALUE, DOCUMENT = "search_documentfacet", "search_facetvalue", "search_indexeddocument"
POINT = "search_documentpoint"
Ids = frozenset[int]
SQUARE = "(p.lat - %s) * (p.lat - %s) + (p.lng - %s) * (p.lng - %s) * %s"
# So many documents are counted through the index of what each has; of more, all values are gone through.
FEW = 3000
# “More like this” looks at so many times its pool, of whatever kind, before it keeps those of one kind.
POOLS = 5
# What the strongest evidence, adoption by many, and being new add to a match's score, at most.
EVIDENCE_LIFT, ADOPTIONS_LIFT, FRESHNESS_LIFT = 0.05, 0.05, 0.04
_MOST_LIFT = (1 + EVIDENCE_LIFT) * (1 + ADOPTIONS_LIFT) * (1 + FRESHNESS_LIFT)
# From a degree of latitude to kilometres.
DEGREE = 111.2


class Found:
    """What a search finds: its documents, from what matches the words and what each filter lets through.

    Where fewer than a page's worth have enough of the words, whatever has any of them will do (`wide`).
    """

    def __init__(self, dialect: Dialect, query: SearchQuery, matches: Matches | None) -> None:
        self._dialect, self._query, self._matches = dialect, query, matches
        self._filters = _filtered(dialect, query)
        every, enough = self._matching()
        within = self._within(except_for=None)
        # How many have enough of the words.
        self.enough = 0
        if every is None:
            self.ids, self.wide = within, False
        else:
            some, most = (every, enough) if within is None else (every & within, enough & within)
            self.wide = len(most) < query.least and len(some) > len(most)
            self.ids = some if self.wide else most
            self.enough = len(most)
        self.total = IndexedDocument.objects.count() if self.ids is None else len(self.ids)

    def _matching(self) -> tuple[Ids | None, Ids]:
        """What matches at all, and what matches well enough; None is everything."""
        matches = self._matches
        if matches is None:
            return None, frozenset()
        if not matches.only_unwanted:
            return frozenset(matches.scores), matches.enough
        rest = frozenset(IndexedDocument.objects.values_list("id", flat=True)) - matches.excluded
        return rest, rest

    def _within(self, *, except_for: str | None) -> Ids | None:
        """What every filter but one lets through; None is everything."""
        sets = [ids for name, ids in self._filters.items() if name != except_for]
        return frozenset.intersection(*sets) if sets else None

    def _group(self, name: str) -> Ids | None:
        """What is counted for a facet that is filtered by: the same without its own filter."""
        every, enough = self._matching()
        within = self._within(except_for=name)
        if every is None:
            return within
        some = every if self.wide else enough
        return some if within is None else some & within

    def without(self) -> dict[str, int]:
        """How much there is without each facet's filter, and without any; of what matches no statement is needed."""
        names = [name for name in self._filters if name]
        if not names:
            return {}
        every, enough = self._matching()
        within = {name: self._within(except_for=name) for name in names}
        within[ANY] = self._filters.get("")
        return {name: self._size(every, enough, ids) for name, ids in within.items()}

    def _size(self, every: Ids | None, enough: Ids, within: Ids | None) -> int:
        if every is None:
            return IndexedDocument.objects.count() if within is None else len(within)
        some, most = (every, enough) if within is None else (every & within, enough & within)
        return len(some) if len(most) < self._query.least else len(most)

    def page(self, *, located: bool = False, limit: int | None = None, offset: int | None = None) -> list[int]:
        """The ids of one page, best first. `located`: of those with a point that the reader may know."""
        query, dialect = self._query, self._dialect
        if self.total == 0:
            return []
        parts: list[str] = []
        params: list[Any] = []
        source = f"{DOCUMENT} d"
        scores = self._matches.scores if self._matches and query.sort != NEWEST else {}
        if self.ids is not None:
            last = query.offset + (limit or query.size)
            candidates = self._candidates(last) if scores and query.sort == RELEVANCE and not located else self.ids
            matched, params = dialect.rows([(number, scores.get(number, 0.0)) for number in candidates])
            parts.append(f"m AS MATERIALIZED ({matched})")
            source = f"m JOIN {DOCUMENT} d ON d.id = m.id"
        for name, ranking in (("alike", _ranking(query)), ("near", _distances(query))):
            if ranking:
                parts.append(ranking[0])
                params += ranking[1]
                source += f" LEFT JOIN {name} ON {name}.id = d.id"
        where = (
            f"WHERE d.id IN (SELECT p.document_id FROM {POINT} p WHERE {_visible(query, of='p')})" if located else ""
        )
        score = f"{_score(dialect, query)}, " if scores else ""
        given = f"WITH {', '.join(parts)} " if parts else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"{given}SELECT d.id FROM {source} {where} "
                f"ORDER BY {_first(query)}{score}d.published_at DESC NULLS LAST, d.id LIMIT %s OFFSET %s",
                [*params, limit or query.size, query.offset if offset is None else offset],
            )
            return [row[0] for row in cursor.fetchall()]

    def located(self) -> list[Located]:
        """Every point that the reader may know, in the order of the results."""
        ids = self.page(located=True, limit=max(self.total, 1), offset=0)
        if not ids:
            return []
        given, params = self._dialect.ids(ids) if self.ids is not None else ("", [])
        visible, of_outcome = _visible(self._query, of="p"), _visible(self._query)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT d.id, d.key, d.kind, coalesce(o.value, ''), p.lat, p.lng FROM {POINT} p "
                f"JOIN {DOCUMENT} d ON d.id = p.document_id LEFT JOIN ("
                f"SELECT f.document_id, min(v.value) AS value FROM {FACET} f JOIN {VALUE} v ON v.id = f.value_id "
                f"WHERE v.facet = 'outcome' AND {of_outcome} GROUP BY f.document_id"
                ") o ON o.document_id = p.document_id "
                f"WHERE {visible}{f' AND p.document_id IN ({given})' if given else ''} ORDER BY p.id",
                params,
            )
            points: dict[int, list[Located]] = defaultdict(list)
            for number, *rest in cursor:
                points[number].append(Located(*rest))
        return [point for number in ids for point in points[number]]

    def _candidates(self, last: int) -> Iterable[int]:
        """Those that could be among so many best: what a score is multiplied by later has bounds."""
        ids, scores = self.ids or (), self._matches.scores if self._matches else {}
        if len(ids) <= last:
            return ids
        weakest = nsmallest(last, (scores[number] for number in ids))[-1]
        bound = weakest * STALE_WEIGHT / _MOST_LIFT
        return [number for number in ids if scores[number] <= bound]

    def counts(self) -> Mapping[str, Sequence[FacetCount]]:
        """Every facet's counts in one statement, each without its own filter and under all the others."""
        query = self._query
        free = [name for name in query.counts if name not in self._filters]
        groups = [(free, self.ids)] if free else []
        groups += [([name], self._group(name)) for name in query.counts if name in self._filters]
        selects: list[str] = []
        params: list[Any] = []
        for names, ids in groups:
            if ids is None:
                source = f"{FACET} f WHERE {_visible(query)}"
            else:
                given, some = self._dialect.ids(ids)
                params += some
                source = (
                    # SQLite keeps to this order: through the documents where they are few, else through all values.
                    f"({given}) g CROSS JOIN {FACET} f WHERE f.document_id = g.id AND {_visible(query)}"
                    if len(ids) < FEW
                    else f"{FACET} f WHERE {_visible(query)} AND f.document_id IN ({given})"
                )
            counted = f"SELECT f.value_id, count(*) AS n FROM {source} GROUP BY f.value_id"
            selects.append(
                f"SELECT v.facet, v.value, v.label, v.label_cy, c.n FROM ({counted}) c "
                f"JOIN {VALUE} v ON v.id = c.value_id WHERE v.facet IN ({_places(names)})"
            )
            params += names
        if not selects:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(selects), params)
            rows = cursor.fetchall()
        found: dict[str, list[FacetCount]] = defaultdict(list)
        for facet, value, label, label_cy, number in rows:
            found[facet].append(FacetCount(Term(value, label, label_cy), number))
        return {name: sorted(some, key=lambda one: (-one.count, one.term.value)) for name, some in found.items()}


def _filtered(dialect: Dialect, query: SearchQuery) -> dict[str, Ids]:
    """What each filter lets through, by the facet's name, and under no name what is neither too old nor left out."""
    asked: dict[str, Statement] = {}
    for name, values in query.filters.items():
        if values:
            wanted = f"SELECT v.id FROM {VALUE} v WHERE v.facet = %s AND v.value IN ({_places(values)})"
            held = f"{FACET} f WHERE {_visible(query)} AND f.value_id IN ({wanted})"
            asked[name] = f"SELECT {dialect.collect('f.document_id')} FROM {held}", [name, *values]
    limits, params = _limits(query)
    if limits:
        asked[""] = f"SELECT {dialect.collect('d.id')} FROM {DOCUMENT} d WHERE {limits}", params
    if not asked:
        return {}
    names = list(asked)
    selects = [
        select.replace("SELECT ", f"SELECT {number} AS n, ", 1) for number, (select, _) in enumerate(asked.values())
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{' UNION ALL '.join(selects)} ORDER BY n", [value for _, values in asked.values() for value in values]
        )
        return {names[number]: frozenset(dialect.collected(ids)) for number, ids in cursor.fetchall()}


def _score(dialect: Dialect, query: SearchQuery) -> str:
    """How well the words match (lower is better, and below 0), a little more of it where the evidence is strong, where
    others have adopted it, and where it is new; less of it where nobody has confirmed it lately.

    Nothing asks how it turned out. What members alone may know does not order others' results.
    """
    evidence, adoptions, stale = _standing(query)
    return (
        f"m.score * (1 + {EVIDENCE_LIFT} * coalesce(d.{evidence}, 0) / 5.0) "
        f"* (1 + {ADOPTIONS_LIFT} * d.{adoptions} / (d.{adoptions} + 3.0)) "
        f"* (1 + {FRESHNESS_LIFT} / (1 + coalesce({dialect.age('d.published_at')}, 100) / 2.0)) "
        f"* CASE WHEN d.{stale} THEN {STALE_WEIGHT} ELSE 1 END"
    )


def _standing(query: SearchQuery) -> tuple[str, str, str]:
    """The columns of evidence, adoptions and staleness that this reader may know."""
    names = ("evidence", "adoptions", "stale")
    first, second, third = (f"all_{name}" for name in names) if query.members else names
    return first, second, third


def _first(query: SearchQuery) -> str:
    """What comes before how well the words match; what members alone may know does not order others' results."""
    evidence, adoptions, _ = _standing(query)
    if query.sort == ADOPTED:
        return f"d.{adoptions} DESC, "
    if query.sort == EVIDENCE:
        return f"d.{evidence} DESC NULLS LAST, "
    if query.sort == SIMILAR and query.like:
        return "alike.place ASC NULLS LAST, "
    if query.sort == DISTANCE and query.near:
        return "near.square ASC NULLS LAST, "
    return ""


def _distances(query: SearchQuery) -> Statement | None:
    """`near`: the square of each document's distance, in degrees of latitude; within the UK the Earth may be flat."""
    near = query.near
    if near is None or query.sort != DISTANCE:
        return None
    rows = f"SELECT p.document_id AS id, min({SQUARE}) AS square FROM {POINT} p WHERE {_visible(query, of='p')}"
    return f"near AS MATERIALIZED ({rows} GROUP BY p.document_id)", _from(near)


def _from(near: Point) -> list[Any]:
    return [near.lat, near.lat, near.lng, near.lng, cos(radians(near.lat)) ** 2]


def distances_km(query: SearchQuery, ids: Sequence[int]) -> dict[int, float]:
    """How far these documents are from where the search is, as far as the reader may know."""
    if query.near is None or not ids:
        return {}
    rows = f"SELECT p.document_id, min({SQUARE}) FROM {POINT} p WHERE {_visible(query, of='p')}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{rows} AND p.document_id IN ({_places(ids)}) GROUP BY p.document_id", [*_from(query.near), *ids]
        )
        return {number: sqrt(square) * DEGREE for number, square in cursor.fetchall()}


def _ranking(query: SearchQuery) -> Statement | None:
    """`alike`: the documents of the councils in `query.like`, each with the place of the first of them."""
    if query.sort != SIMILAR or not query.like:
        return None
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


def titles(dialect: Dialect, tokens: Sequence[str], *, size: int) -> list[int]:
    """The documents whose titles have words beginning with these, first those whose titles begin so."""
    starting, params = dialect.titles_starting(tokens)
    begins = "CASE WHEN lower(d.title) LIKE %s THEN 0 ELSE 1 END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id FROM ({starting}) m JOIN {DOCUMENT} d ON d.id = m.id "
            f"ORDER BY {begins}, m.score, d.title, d.id LIMIT %s",
            # A token has letters, digits and underscores alone: nothing that LIKE reads but “any letter”.
            [*params, f"{' '.join(tokens).lower()}%", size],
        )
        return [row[0] for row in cursor.fetchall()]


def alike(dialect: Dialect, matches: Matches, *, to: str, kind: str, pool: int) -> list[IndexedDocument]:
    """Those that match best, more so with each topic that they have in common with the one of this key."""
    best = nsmallest(pool * POOLS, matches.scores.items(), key=lambda one: (one[1], one[0]))
    matched, params = dialect.rows(best)
    shared = (
        f"SELECT count(*) FROM {FACET} f WHERE f.document_id = pool.id AND f.members_only = false "
        f"AND f.value_id IN (SELECT v.id FROM {FACET} o JOIN {VALUE} v ON v.id = o.value_id "
        f"WHERE o.document_id = (SELECT id FROM {DOCUMENT} WHERE key = %s) "
        "AND o.members_only = false AND v.facet = 'topic')"
    )
    rows = IndexedDocument.objects.raw(
        f"SELECT d.* FROM (SELECT d.id, m.score FROM ({matched}) m JOIN {DOCUMENT} d ON d.id = m.id "
        f"WHERE d.kind = %s AND d.key <> %s ORDER BY m.score, d.id LIMIT {pool}) pool "
        f"JOIN {DOCUMENT} d ON d.id = pool.id ORDER BY pool.score * (1 + 0.3 * ({shared})), d.id",
        [*params, kind, to, to],
    )
    return list(rows)


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


def _visible(query: SearchQuery, *, of: str = "f") -> str:
    return "true" if query.members else f"{of}.members_only = false"


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
