"""The Elasticsearch that `make services` starts takes index settings written for a full server."""

import os
import uuid

import pytest
from elasticsearch import BadRequestError, Elasticsearch

pytestmark = pytest.mark.services

ANALYSIS = {
    "char_filter": {
        "plain": {"type": "html_strip"},
        "apostrophes": {"type": "mapping", "mappings": ["\u2019 => '", "& => \\u0020and\\u0020"]},
    },
    "filter": {
        "english_stop": {"type": "stop", "stopwords": "_english_"},
        "english_stemmer": {"type": "stemmer", "language": "english"},
        "english_possessive": {"type": "stemmer", "language": "possessive_english"},
        "prefixes": {"type": "edge_ngram", "min_gram": 2, "max_gram": 10},
        "pairs": {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 3},
        "synonyms": {
            "type": "synonym_graph",
            "synonyms": ["pub, public house, tavern", "ldo => local development order"],
            "updateable": True,
        },
    },
    "normalizer": {
        "folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]},
    },
    "analyzer": {
        "text_index": {
            "tokenizer": "standard",
            "char_filter": ["plain", "apostrophes"],
            "filter": ["english_possessive", "lowercase", "asciifolding", "english_stop", "english_stemmer"],
        },
        "text_search": {
            "tokenizer": "standard",
            "char_filter": ["apostrophes"],
            "filter": [
                "english_possessive",
                "lowercase",
                "asciifolding",
                "synonyms",
                "english_stop",
                "english_stemmer",
            ],
        },
        "prefix": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "prefixes"]},
        "words": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
        "phrases": {"tokenizer": "standard", "filter": ["lowercase", "pairs"]},
    },
}
TEXT = {"type": "text", "analyzer": "text_index", "search_analyzer": "text_search"}
MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "title": {
            **TEXT,
            "fields": {
                "prefix": {"type": "text", "analyzer": "prefix", "search_analyzer": "words"},
                "words": {"type": "text", "analyzer": "words"},
                "phrases": {"type": "text", "analyzer": "phrases"},
                "english": {"type": "text", "analyzer": "english"},
            },
        },
        "text": {**TEXT, "term_vector": "with_positions_offsets"},
        "council": {"type": "keyword", "normalizer": "folded"},
        "topics": {"type": "keyword"},
        "published": {"type": "date"},
        "point": {"type": "geo_point"},
    },
}
DOCUMENTS = {
    "pub": {
        "title": "A community pub saved by its neighbours",
        "text": "<p>Residents bought the tavern when the brewery closed it. The council\u2019s loan helped.</p>",
        "council": "Ynys Môn",
        "topics": ["assets", "economy"],
        "published": "2026-01-10",
        "point": {"lat": 53.27, "lon": -4.32},
    },
    "orders": {
        "title": "Local development orders for empty shops",
        "text": "Empty shops were let within weeks. Planning officers wrote one order for the whole street.",
        "council": "Stoke-on-Trent",
        "topics": ["planning", "economy"],
        "published": "2026-03-01",
        "point": {"lat": 53.0, "lon": -2.18},
    },
    "gardens": {
        "title": "Gardens on the estate",
        "text": "Neighbours planted gardens on the estate. The gardens are run by residents.",
        "council": "Stoke-on-Trent",
        "topics": ["environment"],
        "published": "2025-06-01",
        "point": {"lat": 53.02, "lon": -2.2},
    },
}


@pytest.fixture(scope="module")
def client():
    with Elasticsearch(os.environ["ELASTICSEARCH_URL"], request_timeout=30) as opened:
        yield opened


@pytest.fixture(scope="module")
def index(client):
    name = f"services-{uuid.uuid4().hex}"
    client.indices.create(
        index=name,
        settings={"number_of_shards": 1, "number_of_replicas": 0, "analysis": ANALYSIS},
        mappings=MAPPINGS,
    )
    for key, document in DOCUMENTS.items():
        client.index(index=name, id=key, document=document)
    client.indices.refresh(index=name)
    yield name
    client.indices.delete(index=name)


def found(answer):
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def tokens(client, **request):
    return [token["token"] for token in client.indices.analyze(**request)["tokens"]]


@pytest.mark.parametrize(
    ("field", "query", "expected"),
    [
        ("title", "neighbour", ["pub"]),  # stemmed
        ("title", "taverns", []),  # a synonym is matched as a word of the title, not after stemming
        ("title", "tavern", ["pub"]),  # by synonym
        ("title", "public house", ["pub"]),  # by a synonym of two words
        ("title", "LDO", ["orders"]),  # by a one-way synonym of three words
        ("text", "council", ["pub"]),  # possessive with a curly apostrophe
        ("text", "p", []),  # mark-up is no text
        ("title.prefix", "nei", ["pub"]),
        ("title.english", "shop", ["orders"]),
        ("council", "ynys mon", ["pub"]),  # the normaliser folds both sides
    ],
)
def test_a_query_finds_what_the_analysers_promise(client, index, field, query, expected):
    answer = client.search(index=index, query={"match": {field: {"query": query, "operator": "and"}}})

    assert found(answer) == expected


def test_hits_counts_highlights_and_suggestions_come_in_one_request(client, index):
    answer = client.search(
        index=index,
        query={"multi_match": {"query": "empty shops", "fields": ["title^3", "text"]}},
        highlight={"fields": {"title": {}, "text": {"type": "fvh"}}, "encoder": "html"},
        aggs={
            "topics": {"terms": {"field": "topics"}},
            "all": {"global": {}, "aggs": {"councils": {"terms": {"field": "council"}}}},
            "recent": {"filters": {"filters": {"2026": {"range": {"published": {"gte": "2026-01-01"}}}}}},
        },
        suggest={
            "word": {"text": "comunity", "term": {"field": "title.words"}},
            "phrase": {
                "text": "comunity pub",
                "phrase": {
                    "field": "title.phrases",
                    "direct_generator": [{"field": "title.words", "suggest_mode": "always"}],
                    "max_errors": 2,
                },
            },
        },
    )

    assert found(answer) == ["orders"]
    assert answer["hits"]["hits"][0]["highlight"]["title"] == [
        "Local development orders for <em>empty</em> <em>shops</em>"
    ]
    assert answer["hits"]["hits"][0]["highlight"]["text"][0].startswith("<em>Empty</em> <em>shops</em>")
    buckets = answer["aggregations"]["topics"]["buckets"]
    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == {"economy": 1, "planning": 1}
    councils = answer["aggregations"]["all"]["councils"]["buckets"]
    assert [(bucket["key"], bucket["doc_count"]) for bucket in councils] == [
        ("stoke-on-trent", 2),
        ("ynys mon", 1),
    ]
    assert answer["aggregations"]["recent"]["buckets"]["2026"]["doc_count"] == 1
    assert answer["suggest"]["word"][0]["options"][0]["text"] == "community"
    assert answer["suggest"]["phrase"][0]["options"][0]["text"] == "community pub"


def test_more_like_this_finds_shared_words(client, index):
    answer = client.search(
        index=index,
        query={
            "more_like_this": {
                "fields": ["text"],
                "like": [{"_index": index, "_id": "gardens"}],
                "min_term_freq": 1,
                "min_doc_freq": 1,
            }
        },
    )

    assert found(answer) == ["pub"]


def test_distance_filters_sorts_and_decays(client, index):
    stoke = {"lat": 53.0, "lon": -2.18}
    near = client.search(
        index=index,
        query={"geo_distance": {"distance": "20km", "point": stoke}},
        sort=[{"_geo_distance": {"point": stoke, "order": "asc", "unit": "km"}}],
    )
    decayed = client.search(
        index=index,
        query={"function_score": {"gauss": {"point": {"origin": stoke, "scale": "30km"}}}},
    )

    assert found(near) == ["orders", "gardens"]
    assert near["hits"]["hits"][0]["sort"] == [0.0]
    assert found(decayed)[-1] == "pub"


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        ({"filter": ["asciifolding"], "text": "Môn tŷ"}, ["Mon", "ty"]),
        (
            {"filter": [{"type": "asciifolding", "preserve_original": True}], "text": "tŷ"},
            ["ty", "tŷ"],
        ),
        ({"filter": ["porter_stem"], "text": "residents planning"}, ["resid", "plan"]),
        ({"filter": [{"type": "stemmer", "language": "light_english"}], "text": "residents"}, ["resident"]),
        ({"filter": [{"type": "stemmer", "language": "porter2"}], "text": "generously"}, ["generous"]),
        ({"filter": [{"type": "stemmer", "language": "possessive_english"}], "text": "council's"}, ["council"]),
        ({"filter": ["kstem"], "text": "communities"}, ["community"]),
        ({"filter": ["edge_ngram"], "text": "pub"}, ["p", "pu"]),
        ({"filter": [{"type": "edge_ngram", "min_gram": 2, "max_gram": 2, "side": "back"}], "text": "pub"}, ["ub"]),
        ({"filter": ["ngram"], "text": "pub"}, ["p", "pu", "u", "ub", "b"]),
        ({"filter": ["shingle"], "text": "one two"}, ["one", "one two", "two"]),
        ({"filter": ["unique"], "text": "one two one"}, ["one", "two"]),
        ({"filter": [{"type": "length", "min": 3}], "text": "a pub"}, ["pub"]),
        ({"filter": [{"type": "limit", "max_token_count": 2}], "text": "a b c"}, ["a", "b"]),
        ({"filter": [{"type": "truncate", "length": 3}], "text": "planning"}, ["pla"]),
        ({"filter": ["apostrophe"], "text": "council's"}, ["council"]),
        ({"filter": [{"type": "elision", "articles": ["l"], "articles_case": True}], "text": "L'avion"}, ["avion"]),
        ({"filter": ["uppercase", "reverse"], "text": "pub"}, ["BUP"]),
        (
            {
                "filter": [{"type": "stemmer_override", "rules": ["running, runs => jog"]}, "porter_stem"],
                "text": "running runs walking",
            },
            ["jog", "jog", "walk"],
        ),
        (
            {"filter": [{"type": "keyword_marker", "keywords": ["plans"]}, "porter_stem"], "text": "plans walks"},
            ["plans", "walk"],
        ),
        (
            {"filter": [{"type": "pattern_replace", "pattern": "[0-9]+", "replacement": "#"}], "text": "a12b"},
            ["a#b"],
        ),
        (
            {"tokenizer": "whitespace", "filter": ["word_delimiter_graph"], "text": "Wi-Fi PowerShot's"},
            ["Wi", "Fi", "Power", "Shot"],
        ),
        ({"tokenizer": "whitespace", "text": "co-op pub"}, ["co-op", "pub"]),
        ({"tokenizer": "letter", "text": "co-op 12"}, ["co", "op"]),
        ({"tokenizer": "keyword", "text": "whole thing"}, ["whole thing"]),
        ({"tokenizer": {"type": "edge_ngram", "max_gram": 3, "token_chars": ["letter"]}, "text": "a1"}, ["a"]),
        ({"tokenizer": {"type": "ngram", "min_gram": 2, "max_gram": 3}, "text": "pub"}, ["pu", "pub", "ub"]),
        ({"tokenizer": "path_hierarchy", "text": "a/b"}, ["a", "a/b"]),
        ({"tokenizer": "uax_url_email", "text": "ask us@example.org"}, ["ask", "us@example.org"]),
        ({"tokenizer": {"type": "pattern", "pattern": ","}, "text": "a b,c"}, ["a b", "c"]),
        ({"char_filter": ["html_strip"], "text": "<b>fish</b> &amp; chips"}, ["fish", "chips"]),
    ],
)  # fmt: skip
def test_components_do_what_the_manual_says(client, request_body, expected):
    assert tokens(client, **{"tokenizer": "standard", **request_body}) == expected


def test_the_english_analyser_stems_and_drops_stop_words(client):
    assert tokens(client, analyzer="english", text="The council's plans") == ["council", "plan"]


def create_and_delete(client, settings):
    name = f"services-{uuid.uuid4().hex}"
    client.indices.create(index=name, settings={"number_of_replicas": 0, **settings})
    client.indices.delete(index=name)


def test_a_wide_ngram_is_refused_as_on_a_full_server(client):
    analysis = {"filter": {"wide": {"type": "ngram", "min_gram": 2, "max_gram": 9}}}

    with pytest.raises(BadRequestError, match="max_ngram_diff"):
        create_and_delete(client, {"analysis": analysis})
    create_and_delete(client, {"analysis": analysis, "max_ngram_diff": 7})


def test_synonyms_after_ngrams_are_refused_as_on_a_full_server(client):
    analysis = {
        "filter": {"same": {"type": "synonym_graph", "synonyms": ["pub, inn"]}},
        "analyzer": {"wrong": {"tokenizer": "standard", "filter": ["edge_ngram", "same"]}},
    }

    with pytest.raises(BadRequestError, match="cannot be used to parse synonyms"):
        create_and_delete(client, {"analysis": analysis})


def test_updateable_synonyms_are_refused_at_index_time(client):
    analysis = {
        "filter": {"same": {"type": "synonym_graph", "synonyms": ["pub, inn"], "updateable": True}},
        "analyzer": {"a": {"tokenizer": "standard", "filter": ["lowercase", "same"]}},
    }
    name = f"services-{uuid.uuid4().hex}"

    with pytest.raises(BadRequestError, match="not allowed to run in index time mode"):
        client.indices.create(
            index=name,
            settings={"analysis": analysis},
            mappings={"properties": {"title": {"type": "text", "analyzer": "a"}}},
        )


def test_a_parameter_that_would_be_ignored_is_refused(client):
    analysis = {"filter": {"same": {"type": "synonym_graph", "synonyms_path": "analysis/x.txt"}}}

    with pytest.raises(BadRequestError, match="synonyms_path"):
        create_and_delete(client, {"analysis": analysis})
