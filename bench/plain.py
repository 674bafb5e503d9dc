"""Plain BM25: each document in one piece, any word of the question, nothing else. What ours must not be below."""

from collections.abc import Mapping
from typing import Any

import bm25s
from elasticsearch import Elasticsearch, helpers

RESULTS = 100


def by_library(texts: Mapping[str, str], questions: Mapping[str, str]) -> dict[str, list[str]]:
    """With bm25s as it comes: its English stop words, no stemming."""
    names = list(texts)
    engine = bm25s.BM25()
    engine.index(bm25s.tokenize(list(texts.values()), show_progress=False), show_progress=False)
    asked = bm25s.tokenize(list(questions.values()), show_progress=False)
    places, scores = engine.retrieve(asked, k=min(RESULTS, len(names)), show_progress=False)
    return {
        question: [names[place] for place, score in zip(row, of_row, strict=True) if score > 0]
        for question, row, of_row in zip(questions, places, scores, strict=True)
    }


def by_server(
    client: Elasticsearch, texts: Mapping[str, str], questions: Mapping[str, str], *, index: str
) -> dict[str, list[str]]:
    """With Elasticsearch: one field, its own English analyser, a `match`."""
    body: dict[str, Any] = {"properties": {"text": {"type": "text", "analyzer": "english"}}}
    client.indices.create(index=index, mappings=body, settings={"number_of_shards": 1, "number_of_replicas": 0})
    try:
        helpers.bulk(
            client, ({"_index": index, "_id": name, "text": text} for name, text in texts.items()), refresh=True
        )
        return {question: _ask(client, index, text) for question, text in questions.items()}
    finally:
        client.indices.delete(index=index)


def _ask(client: Elasticsearch, index: str, text: str) -> list[str]:
    answer = client.search(index=index, query={"match": {"text": text}}, size=RESULTS, source=False)
    return [one["_id"] for one in answer["hits"]["hits"]]
