"""The bodies that are sent to Elasticsearch, and what is read from its answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from django.utils.dateparse import parse_datetime

from search.documents import Point
from search.engines.base import (
    ADOPTED,
    ANY,
    DISTANCE,
    EVIDENCE,
    NEWEST,
    SIMILAR,
    FacetCount,
    Hit,
    Located,
    SearchQuery,
    SearchResults,
    Suggestion,
)
from search.engines.elastic import spelling
from search.engines.elastic.mapping import EXTRACTED, EXTRACTED_FOR_MEMBERS, read_term
from search.engines.elastic.matching import fields, lifted, matching
from search.text import START, STOP, Words, telling_words

MOST_VALUES = 200
STEP = 1_000
_UNFILTERED = "unfiltered"
# A title with words that begin as typed is worth this more, so that no nearly right one comes before it.
_BEGINS = 1_000
_SHOWN = ["kind", "object_id", "url", "title", "summary", "audience", "published_at", "locale", "counts", "card"]


def search_body(query: SearchQuery, words: Words, *, any_word: bool) -> dict[str, Any]:
    """One question: hits, every facet's counts, marks, and, if that helps, how unknown words may be meant."""
    narrowing = _narrowing(query)
    body: dict[str, Any] = {
        "query": _asked(query, words, any_word=any_word),
        "post_filter": {"bool": {"filter": list(narrowing.values())}},
        "from": query.offset,
        "size": query.size,
        "sort": _order(query, words),
        "track_total_hits": True,
        "_source": [*_SHOWN, "members_card"] if query.members else _SHOWN,
        "aggs": {name: _count(name, narrowing, query) for name in query.counts},
    }
    if words.wanted:
        body["highlight"] = _highlight(words, members=query.members)
    if query.help and narrowing:
        body["aggs"][_UNFILTERED] = {"filter": {"match_all": {}}}
    if query.help and words.wanted and not any_word:
        body["suggest"] = spelling.request(query)
    return body


def count_body(query: SearchQuery, words: Words) -> dict[str, Any]:
    """How much has enough of the words, and nothing else."""
    return {
        "query": _limited(query, matching(words, members=query.members, any_word=False)),
        "post_filter": {"bool": {"filter": list(_narrowing(query).values())}},
        "size": 0,
        "track_total_hits": True,
    }


def located_body(
    query: SearchQuery, words: Words, *, any_word: bool, limit: int, after: Sequence[Any] | None
) -> dict[str, Any]:
    """Points and what they look like, from the columns that the server keeps of each field: no document is read."""
    placed = {"exists": {"field": _points(query)}}
    body = {
        "query": _asked(query, words, any_word=any_word),
        "post_filter": {"bool": {"filter": [*_narrowing(query).values(), placed]}},
        "size": limit,
        "sort": _order(query, words),
        "track_total_hits": False,
        "_source": False,
        "docvalue_fields": ["key", "kind", _outcome(query), _points(query)],
    }
    return body | ({"search_after": after} if after else {})


def _narrowing(query: SearchQuery) -> dict[str, dict[str, Any]]:
    return {name: _filter(name, values, query) for name, values in query.filters.items() if values}


def _asked(query: SearchQuery, words: Words, *, any_word: bool) -> dict[str, Any]:
    wanted = matching(words, members=query.members, any_word=any_word)
    if words.wanted and query.sort != NEWEST:
        wanted = lifted(wanted, members=query.members)
    wanted = _limited(query, wanted)
    return _alike(query, wanted) if query.sort == SIMILAR else wanted


def _limited(query: SearchQuery, wanted: dict[str, Any]) -> dict[str, Any]:
    """What no facet says: of these documents alone, and since that day."""
    limits: list[dict[str, Any]] = []
    if query.keys is not None:
        limits.append({"ids": {"values": list(query.keys)}})
    if query.published_after is not None:
        limits.append({"range": {"published_at": {"gt": query.published_after.isoformat()}}})
    return {"bool": {"must": [wanted], "filter": limits}} if limits else wanted


def _points(query: SearchQuery) -> str:
    return "all_points" if query.members else "points"


def _outcome(query: SearchQuery) -> str:
    return "all_facet.outcome" if query.members else "facet.outcome"


def _order(query: SearchQuery, words: Words) -> list[Any]:
    """What members alone may know does not order others' results."""
    newest: list[Any] = [{"published_at": {"order": "desc", "missing": "_last"}}, {"key": "asc"}]
    distance: list[Any] = [_distance(query, query.near)] if query.near else []
    if query.sort == NEWEST:
        return [*newest, *distance]
    first: list[Any] = []
    if query.sort in {ADOPTED, EVIDENCE}:
        name = "adoptions" if query.sort == ADOPTED else "evidence"
        field = f"all_{name}" if query.members else name
        first = [{field: {"order": "desc", "missing": "_last"}}]
    if words.wanted or (query.sort == SIMILAR and query.like):
        first.append("_score")
    if query.sort == DISTANCE and distance:
        return [*distance, *first, *newest]
    return [*first, *newest, *distance]


def _distance(query: SearchQuery, near: Point) -> dict[str, Any]:
    """To the nearest point that the reader may know. Last in other orders, only to be told."""
    return {"_geo_distance": {_points(query): {"lat": near.lat, "lon": near.lng}, "unit": "km", "mode": "min"}}


def _alike(query: SearchQuery, wanted: dict[str, Any]) -> dict[str, Any]:
    """A step for each place among the councils, far higher than any match of words, which orders within a step."""
    if not query.like:
        return wanted
    field = f"{'all_facet' if query.members else 'facet'}.council"
    steps = [
        {"filter": {"term": {field: slug}}, "weight": STEP * (len(query.like) - place)}
        for place, slug in enumerate(query.like)
    ]
    return {"function_score": {"query": wanted, "functions": steps, "score_mode": "max", "boost_mode": "sum"}}


def _filter(name: str, values: Sequence[str], query: SearchQuery) -> dict[str, Any]:
    return {"terms": {f"{'all_facet' if query.members else 'facet'}.{name}": list(values)}}


def _count(name: str, narrowing: Mapping[str, dict[str, Any]], query: SearchQuery) -> dict[str, Any]:
    """Under every filter but its own."""
    others = [one for facet, one in narrowing.items() if facet != name]
    field = f"{'all_named' if query.members else 'named'}.{name}"
    return {
        "filter": {"bool": {"filter": others}},
        "aggs": {"values": {"terms": {"field": field, "size": MOST_VALUES}}},
    }


def _highlight(words: Words, *, members: bool) -> dict[str, Any]:
    """Each word or quoted phrase, and whatever means the same."""
    literals = [
        (literal, " " in literal and (wanted.exact or literal != str(wanted)))
        for wanted in words.wanted
        for literal in (str(wanted), *wanted.others)
    ]
    apart = " ".join(literal for literal, side_by_side in literals if not side_by_side)
    marked: list[dict[str, Any]] = [
        {"multi_match": {"query": literal, "fields": fields(members=members), "type": "phrase"}}
        for literal, side_by_side in literals
        if side_by_side
    ]
    if apart:
        marked.append({"multi_match": {"query": apart, "fields": fields(members=members), "type": "best_fields"}})
    whole = {"number_of_fragments": 0}
    piece = {"number_of_fragments": 1, "fragment_size": 180, "order": "score"}
    return {
        "type": "unified",
        "pre_tags": [START],
        "post_tags": [STOP],
        "highlight_query": {"bool": {"should": marked}},
        "fields": {"title": whole, "summary": whole, **dict.fromkeys(_extracted(members=members), piece)},
    }


def _extracted(*, members: bool) -> Sequence[str]:
    return [*EXTRACTED, *EXTRACTED_FOR_MEMBERS] if members else EXTRACTED


def suggest_body(text: str, *, size: int) -> dict[str, Any]:
    """Titles that have words beginning so, before others those that begin so themselves; and below all of them those
    that have words beginning nearly so, which `suggestions` leaves out where there are others.
    """
    having: dict[str, Any] = {"query": text, "operator": "and"}
    nearly = {**having, "fuzziness": 1, "prefix_length": 1, "max_expansions": 20}
    itself = {"constant_score": {"filter": {"prefix": {"title.whole": text}}, "boost": 5}}
    so = {"constant_score": {"filter": {"match": {"title.beginnings": having}}, "boost": _BEGINS}}
    begins = {"bool": {"must": [so, {"match": {"title.beginnings": having}}], "should": [itself]}}
    return {
        "query": {"dis_max": {"queries": [begins, {"match": {"title.beginnings": nearly}}]}},
        "size": size,
        "sort": ["_score", {"key": "asc"}],
        "_source": ["kind", "title", "url"],
        "track_total_hits": False,
    }


def suggestions(answer: Mapping[str, Any]) -> list[Suggestion]:
    found = answer["hits"]["hits"]
    begins = [one for one in found if one["sort"][0] >= _BEGINS]
    return [suggestion(one["_source"]) for one in begins or found]


def suggestion(stored: Mapping[str, Any]) -> Suggestion:
    return Suggestion(kind=stored["kind"], title=stored["title"], url=stored["url"], card=stored.get("card") or {})


def similar_body(own: Mapping[str, Any], *, key: str, kind: str, size: int) -> dict[str, Any]:
    """Like it by what everybody may read, more so with each topic in common."""
    alike = {
        "fields": ["title", "summary", "tags", "problem", "lessons", "body"],
        "like": " ".join(telling_words(f"{own['title']} {own['summary']} {' '.join(own['tags'])}", limit=60).literals),
        "min_term_freq": 1,
        "min_doc_freq": 1,
        "max_query_terms": 25,
        "minimum_should_match": 1,
    }
    topics = own.get("facet", {}).get("topic", [])
    return {
        "query": {
            "bool": {
                "must": [{"more_like_this": alike}],
                "should": [{"constant_score": {"filter": {"term": {"facet.topic": topic}}}} for topic in topics],
                "filter": [{"term": {"kind": kind}}],
                "must_not": [{"term": {"key": key}}],
            }
        },
        "size": size,
        "sort": ["_score", {"key": "asc"}],
        "_source": _SHOWN,
        "track_total_hits": False,
    }


def total(answer: Mapping[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])


def results(query: SearchQuery, strict: Mapping[str, Any], wider: Mapping[str, Any] | None = None) -> SearchResults:
    """What has enough of the words; and, where that was asked for and finds more, whatever has any of them."""
    enough = total(strict)
    relaxed = wider is not None and total(wider) > enough
    answer = wider if wider is not None and relaxed else strict
    return SearchResults(
        hits=[hit(one, km=_km(one, query)) for one in answer["hits"]["hits"]],
        total=total(answer),
        facets={name: counts for name in query.counts if (counts := _counts(answer["aggregations"][name]))},
        relaxed=relaxed,
        enough=enough,
        without=_without(query, strict, wider or strict) if query.help and not total(answer) else {},
    )


def _without(query: SearchQuery, strict: Mapping[str, Any], wider: Mapping[str, Any]) -> dict[str, int]:
    """What the facets were counted among: all that is found without a facet's own filter."""
    found = {}
    for name in (*_narrowing(query), _UNFILTERED):
        if name in strict.get("aggregations", {}):
            enough, some = (answer["aggregations"][name]["doc_count"] for answer in (strict, wider))
            found[ANY if name == _UNFILTERED else name] = some if enough < query.least else enough
    return found


def _counts(aggregation: Mapping[str, Any]) -> list[FacetCount]:
    """Just after a value is renamed it may come under both names; it is one value."""
    found: dict[str, FacetCount] = {}
    for bucket in aggregation["values"]["buckets"]:
        term = read_term(bucket["key"])
        already = found.get(term.value)
        count = bucket["doc_count"] + (already.count if already else 0)
        found[term.value] = FacetCount(already.term if already else term, count)
    return sorted(found.values(), key=lambda one: (-one.count, one.term.value))


def _km(one: Mapping[str, Any], query: SearchQuery) -> float | None:
    if query.near is None:
        return None
    km = float(one["sort"][0 if query.sort == DISTANCE else -1])
    return km if isfinite(km) else None


def hit(one: Mapping[str, Any], *, km: float | None = None) -> Hit:
    stored, marked = one["_source"], one.get("highlight", {})
    extracts = [text for name in _extracted(members=True) for text in marked.get(name, ())]
    return Hit(
        kind=stored["kind"],
        object_id=stored["object_id"],
        url=stored["url"],
        title=marked.get("title", [stored["title"]])[0],
        summary=marked.get("summary", [stored["summary"]])[0],
        extract=max(extracts, key=lambda text: text.count(START), default=""),
        audience=stored["audience"],
        published_at=parse_datetime(stored["published_at"]) if stored["published_at"] else None,
        locale=stored["locale"],
        counts=stored["counts"],
        card=_card(stored),
        distance_km=km,
    )


def _card(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {**stored["card"], **stored.get("members_card", {})}


def located(hits: Iterable[Mapping[str, Any]], query: SearchQuery) -> Iterator[Located]:
    """The server writes a point as “53.4, -2.16”."""
    outcome, points = _outcome(query), _points(query)
    for held in (one["fields"] for one in hits):
        (key,), (kind,) = held["key"], held["kind"]
        for point in held.get(points, ()):
            lat, _, lng = point.partition(",")
            yield Located(key, kind, held.get(outcome, ("",))[0], float(lat), float(lng))
