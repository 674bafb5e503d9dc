"""The bodies that are sent to Elasticsearch, and what is read from its answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime

from search.engines.base import (
    ADOPTED,
    EVIDENCE,
    NEWEST,
    SIMILAR,
    STALE_WEIGHT,
    FacetCount,
    Hit,
    SearchQuery,
    SearchResults,
)
from search.engines.elastic.mapping import FOR_MEMBERS, SEARCHED, read_term
from search.text import START, STOP, Wanted, Words, telling_words

MOST_VALUES = 200
STEP = 1_000
_SHOWN = ["kind", "object_id", "url", "title", "summary", "audience", "published_at", "locale", "counts", "card"]


def search_body(query: SearchQuery, words: Words, *, any_word: bool) -> dict[str, Any]:
    """One request: hits, every facet's counts, marks."""
    narrowing = {name: _filter(name, values, query) for name, values in query.filters.items() if values}
    wanted = matching(words, members=query.members, any_word=any_word)
    if words.wanted and query.sort != NEWEST:
        wanted = _stale_last(query, wanted)
    body: dict[str, Any] = {
        "query": _alike(query, wanted) if query.sort == SIMILAR else wanted,
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
    return body


def _order(query: SearchQuery, words: Words) -> list[Any]:
    """What members alone may know does not order others' results."""
    newest = [{"published_at": {"order": "desc", "missing": "_last"}}, {"key": "asc"}]
    if query.sort == NEWEST:
        return newest
    first: list[Any] = []
    if query.sort in {ADOPTED, EVIDENCE}:
        name = "adoptions" if query.sort == ADOPTED else "evidence"
        field = f"all_{name}" if query.members else name
        first = [{field: {"order": "desc", "missing": "_last"}}]
    if words.wanted or (query.sort == SIMILAR and query.like):
        first.append("_score")
    return [*first, *newest]


def _stale_last(query: SearchQuery, wanted: dict[str, Any]) -> dict[str, Any]:
    """What nobody has confirmed lately matches less well."""
    stale = {"filter": {"term": {"all_stale" if query.members else "stale": True}}, "weight": STALE_WEIGHT}
    return {"function_score": {"query": wanted, "functions": [stale], "boost_mode": "multiply"}}


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


def _fields(*, members: bool) -> list[str]:
    return [*SEARCHED, *FOR_MEMBERS] if members else [*SEARCHED]


def matching(words: Words, *, members: bool, any_word: bool) -> dict[str, Any]:
    """The words anywhere in the fields that the reader may search, and in no other."""
    if not words:
        return {"match_all": {}}
    fields = _fields(members=members)
    plain = [one for one in words.wanted if not one.exact and not one.others]
    single = " ".join(map(str, plain))
    wanted: list[dict[str, Any]] = [_one(one, fields) for one in words.wanted if one not in plain]
    if single:
        together = {"query": single, "fields": fields, "operator": "or" if any_word else "and"}
        wanted.append({"combined_fields": together})
    inner: dict[str, Any] = {"must_not": [_phrase(word, fields) for word in words.unwanted]}
    if any_word:
        inner |= {"should": wanted, "minimum_should_match": 1}
    else:
        inner |= {"must": wanted}
    if len(words.wanted) < 2:  # nothing to stand side by side
        return {"bool": inner}
    side_by_side = _phrase(" ".join(words.literals), fields, slop=2)
    return {"bool": {"must": [{"bool": inner}], "should": [side_by_side]}}


def _one(wanted: Wanted, fields: Sequence[str]) -> dict[str, Any]:
    """As typed, or anything that means the same."""
    every = {"query": str(wanted), "fields": list(fields), "operator": "and"}
    own = _phrase(str(wanted), fields) if wanted.exact else {"combined_fields": every}
    if not wanted.others:
        return own
    return {"dis_max": {"queries": [own, *(_phrase(other, fields) for other in wanted.others)]}}


def _phrase(text: str, fields: Sequence[str], *, slop: int = 0) -> dict[str, Any]:
    return {"multi_match": {"query": text, "fields": list(fields), "type": "phrase", "slop": slop}}


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
    marked = {"query": " ".join(words.literals), "fields": _fields(members=members), "operator": "or"}
    whole = {"number_of_fragments": 0}
    piece = {"number_of_fragments": 1, "fragment_size": 180, "order": "score"}
    fields: dict[str, Any] = {"title": whole, "summary": whole, "body": piece}
    if members:
        fields["members"] = piece
    return {
        "type": "unified",
        "pre_tags": [START],
        "post_tags": [STOP],
        "highlight_query": {"multi_match": {**marked, "type": "best_fields"}},
        "fields": fields,
    }


def suggest_body(text: str, *, size: int) -> dict[str, Any]:
    return {
        "query": {"match": {"title.beginnings": {"query": text, "operator": "and"}}},
        "size": size,
        "sort": ["_score", {"key": "asc"}],
        "_source": ["kind", "title", "url"],
        "track_total_hits": False,
    }


def similar_body(own: Mapping[str, Any], *, key: str, kind: str, size: int) -> dict[str, Any]:
    """Like it by what everybody may read, more so with each topic in common."""
    alike = {
        "fields": ["title", "summary", "tags", "body"],
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


def results(answer: Mapping[str, Any], query: SearchQuery, *, relaxed: bool) -> SearchResults:
    return SearchResults(
        hits=[hit(one) for one in answer["hits"]["hits"]],
        total=answer["hits"]["total"]["value"],
        facets={name: counts for name in query.counts if (counts := _counts(answer["aggregations"][name]))},
        relaxed=relaxed,
    )


def _counts(aggregation: Mapping[str, Any]) -> list[FacetCount]:
    """Just after a value is renamed it may come under both names; it is one value."""
    found: dict[str, FacetCount] = {}
    for bucket in aggregation["values"]["buckets"]:
        term = read_term(bucket["key"])
        already = found.get(term.value)
        count = bucket["doc_count"] + (already.count if already else 0)
        found[term.value] = FacetCount(already.term if already else term, count)
    return sorted(found.values(), key=lambda one: (-one.count, one.term.value))


def hit(one: Mapping[str, Any]) -> Hit:
    stored, marked = one["_source"], one.get("highlight", {})
    extracts = [*marked.get("body", []), *marked.get("members", [])]
    return Hit(
        kind=stored["kind"],
        object_id=stored["object_id"],
        url=stored["url"],
        title=marked.get("title", [stored["title"]])[0],
        summary=marked.get("summary", [stored["summary"]])[0],
        extract=extracts[0] if extracts else "",
        audience=stored["audience"],
        published_at=parse_datetime(stored["published_at"]) if stored["published_at"] else None,
        locale=stored["locale"],
        counts=stored["counts"],
        card={**stored["card"], **stored.get("members_card", {})},
    )
