"""How documents lie in Elasticsearch.

A facet is there four times: `facet` and `named` for everybody, `all_facet` and `all_named` for members.
The first of each pair holds plain values, to filter by; the second a value with its names, so that one
aggregation brings all that the page shows of it.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from search import welsh
from search.documents import Point, SearchDocument, Term
from search.documents.base import Terms
from search.facets import FACETS

# Between a value and its names. A control character: `tidy` has taken it out of every text of ours.
_BETWEEN = "\x1f"

# Elasticsearch refuses a keyword of more than 32,766 bytes; nothing of ours comes near these.
_KEYWORD = {"type": "keyword", "ignore_above": 1000}
_TEXT = {"type": "text", "analyzer": "words"}
_LONG = {**_TEXT, "index_options": "offsets"}
_STEMS = {"type": "text", "analyzer": "whitespace"}
_SPELLING = {"type": "text", "analyzer": "spelling", "index_options": "docs", "norms": False}
_STORED = {"type": "object", "enabled": False}

# Every field with what is searched, one row for everybody's and one for members', so that a query names what it may
# touch. Each is copied into `everything`, or `members_everything`.
SEARCHED = ("title", "summary", "tags", "context", "problem", "lessons", "body")
FOR_MEMBERS = ("members_problem", "members_lessons", "members")
# What a match is weighed in: all as one text, so that a word is as rare as it is; what stands in the title, the summary
# or the tags is there as well, and so counts twice (docs/decisions/0017-relevance.md).
WEIGHED = ("everything", "title", "summary", "tags")
WEIGHED_FOR_MEMBERS = ("members_everything",)
# The same for documents in Welsh, which are also known by their words' stems.
WELSH = ("welsh_title^2", "welsh_summary^2", "welsh_body^1")
WELSH_FOR_MEMBERS = ("members_welsh_body^1",)
# Where a result's extract is taken from: whichever has most of the words, the earlier of equals.
EXTRACTED = ("problem", "body", "lessons")
EXTRACTED_FOR_MEMBERS = ("members_problem", "members", "members_lessons")
# Grows by one with each change of what this module says of an index; an index of a later make is left alone.
VERSION = 4

ANALYSIS: dict[str, Any] = {
    "filter": {
        "possessive": {"type": "stemmer", "language": "possessive_english"},
        "stem": {"type": "stemmer", "language": "english"},
        "beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": 15},
        "first_letters": {"type": "truncate", "length": 15},
    },
    "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    "analyzer": {
        "words": {
            "type": "custom",
            "tokenizer": "standard",
            "filter": ["possessive", "lowercase", "asciifolding", "stem"],
        },
        "spelling": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]},
        "typed": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding", "first_letters"]},
        "beginnings": {
            "type": "custom",
            "tokenizer": "standard",
            "filter": ["lowercase", "asciifolding", "beginnings"],
        },
    },
}


def properties() -> dict[str, Any]:
    facets = {"properties": dict.fromkeys(FACETS, _KEYWORD)}
    copied = {"copy_to": ["everything", "spelling"]}
    members_copied = {"copy_to": ["members_everything", "members_spelling"]}
    return {
        "key": _KEYWORD,
        "kind": _KEYWORD,
        "object_id": {"type": "long"},
        "locale": _KEYWORD,
        "audience": _KEYWORD,
        "url": {"type": "keyword", "index": False, "doc_values": False},
        "title": {
            **_TEXT,
            **copied,
            "fields": {
                "beginnings": {"type": "text", "analyzer": "beginnings", "search_analyzer": "typed"},
                "whole": {"type": "keyword", "normalizer": "folded", "ignore_above": 1000},
            },
        },
        "summary": {**_TEXT, **copied},
        "tags": {**_TEXT, **copied},
        "context": {**_TEXT, **copied},
        "problem": {**_LONG, **copied},
        "lessons": {**_LONG, **copied},
        "body": {**_LONG, **copied},
        "members_problem": {**_LONG, **members_copied},
        "members_lessons": {**_LONG, **members_copied},
        "members": {**_LONG, **members_copied},
        "everything": _TEXT,
        "members_everything": _TEXT,
        "welsh_title": _STEMS,
        "welsh_summary": _STEMS,
        "welsh_body": _STEMS,
        "members_welsh_body": _STEMS,
        "spelling": _SPELLING,
        "members_spelling": _SPELLING,
        "facet": facets,
        "named": facets,
        "all_facet": facets,
        "all_named": facets,
        "points": {"type": "geo_point"},
        "all_points": {"type": "geo_point"},
        "published_at": {"type": "date"},
        "started": _KEYWORD,
        "evidence": {"type": "byte"},
        "adoptions": {"type": "integer"},
        "all_evidence": {"type": "byte"},
        "all_adoptions": {"type": "integer"},
        "stale": {"type": "boolean"},
        "all_stale": {"type": "boolean"},
        "digest": {"type": "keyword", "index": False, "doc_values": False},
        "counts": _STORED,
        "card": _STORED,
        "members_card": _STORED,
    }


def fingerprint() -> str:
    """Changes with the mapping or the analysis, so that an index of an older make is seen and made anew."""
    text = json.dumps([ANALYSIS, properties()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def made_of() -> dict[str, Any]:
    return {"fingerprint": fingerprint(), "version": VERSION}


def index_body(*, shards: int, replicas: int) -> dict[str, Any]:
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "analysis": ANALYSIS,
            # How long a removal is remembered, so that a slower write of an older state does not undo it.
            "gc_deletes": "1h",
        },
        "mappings": {"dynamic": "strict", "_meta": made_of(), "properties": properties()},
    }


def index_template(name: str, *, shards: int, replicas: int) -> dict[str, Any]:
    """What indices called `<name>-<time>-…` are made from."""
    return {
        # Not “name-*”: another site's indices may be called “name-other-…”.
        "index_patterns": [f"{name}-20*"],
        "priority": 500,
        "version": VERSION,
        "meta": {**made_of(), "shards": shards, "replicas": replicas},
        "template": index_body(shards=shards, replicas=replicas),
    }


def action(document: SearchDocument, *, version: int) -> dict[str, Any]:
    """One document of a bulk request."""
    return {"_op_type": "index", "_id": document.key, "version": version, "_source": source(document)}


def source(document: SearchDocument) -> dict[str, Any]:
    everybodys = document.open_facets
    every = {**everybodys}
    for name, terms in document.members_facets.items():
        every[name] = (*every.get(name, ()), *terms)
    return {
        "key": document.key,
        "kind": document.kind,
        "object_id": document.object_id,
        "locale": document.locale,
        "audience": document.audience,
        "url": document.url,
        "title": document.title,
        "summary": document.summary,
        "tags": list(document.tags),
        "context": list(document.context),
        "problem": document.problem,
        "lessons": document.lessons,
        "body": document.public_text,
        "members_problem": document.members_problem,
        "members_lessons": document.members_lessons,
        "members": document.members_text,
        **(_stems(document) if document.locale == "cy" else {}),
        "facet": _values(everybodys),
        "named": _named(everybodys),
        "all_facet": _values(every),
        "all_named": _named(every),
        "points": _points(document.points),
        "all_points": _points((*document.points, *document.members_points)),
        "published_at": document.published_at.isoformat() if document.published_at else None,
        "started": document.started,
        "evidence": document.evidence,
        "adoptions": document.adoptions,
        "all_evidence": document.all_evidence,
        "all_adoptions": document.all_adoptions,
        "stale": document.stale,
        "all_stale": document.all_stale,
        "digest": document.digest(),
        "counts": dict(document.counts),
        "card": dict(document.card),
        "members_card": dict(document.members_card),
    }


def _stems(document: SearchDocument) -> dict[str, str]:
    body = " ".join([*document.tags, *document.context, document.whole_text])
    return {
        "welsh_title": welsh.stems(document.title),
        "welsh_summary": welsh.stems(document.summary),
        "welsh_body": welsh.stems(body),
        "members_welsh_body": welsh.stems(document.members_whole_text),
    }


def _points(points: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": point.lat, "lon": point.lng} for point in points]


def _values(facets: Terms) -> dict[str, list[str]]:
    return {name: [term.value for term in terms] for name, terms in facets.items() if name in FACETS}


def _named(facets: Terms) -> dict[str, list[str]]:
    return {
        name: [_BETWEEN.join((term.value, term.label, term.label_cy)) for term in terms]
        for name, terms in facets.items()
        if name in FACETS
    }


@lru_cache(maxsize=8_192)
def read_term(text: str) -> Term:
    """A page of results has some 240 of them, the same from page to page."""
    value, label, label_cy = (*text.split(_BETWEEN), "", "")[:3]
    return Term(value, label, label_cy)
