"""How well the engines answer judged searches, beside plain BM25 over the same documents in one piece.

Three collections: our own judged searches over the demonstration content, and the two of `bench.collections`.
A ratio of 1 is as good as plain BM25.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from bench import collections, figures, plain, servers
from casestudies.importing import Known, RawRow, import_case_studies, validate
from casestudies.models import CaseStudyPage
from network import demo
from search import engines, evaluation, indexing
from search.engines.base import Engine

SIZE = 1_000
JUDGED = Path(__file__).resolve().parent.parent.parent / "tests" / "search" / "judged"


def measure(size: int) -> dict[str, Any]:
    with ExitStack() as stack:
        used: list[Engine] = [engines.database()]
        if servers.address():
            used.append(stack.enter_context(servers.elasticsearch()))
        demo.load(say=lambda line: None)
        _empty(used)
        answer: dict[str, Any] = {"judged": _evaluate(*_judged(), used)}
        for name, made in (("passages", collections.passages()), ("invented", collections.invented(size))):
            texts = {row["id"]: collections.text_of(row) for row in made.rows}
            _import(made)
            answer[name] = _evaluate(texts, evaluation.Collection(questions=made.questions, grades=made.grades), used)
    answer["ratio"] = min(one["ratio"] for found in answer.values() for one in found.values() if "ratio" in one)
    return answer if servers.address() else {**answer, "left_out": servers.LEFT_OUT}


def _judged() -> tuple[dict[str, str], evaluation.Collection]:
    collection = evaluation.read_collection(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv")
    documents = {one.object_id: one for one in indexing.build(_keys(_everything()))}
    texts = {
        name: " ".join([one.title, one.summary, *one.tags, *one.context, one.whole_text])
        for number, name in _everything().items()
        if (one := documents.get(number))
    }
    return texts, collection


def _everything() -> dict[int, str]:
    return dict(CaseStudyPage.objects.exclude(import_id=None).values_list("pk", "import_id"))


def _keys(numbers: Mapping[int, str]) -> list[str]:
    return [f"case_study:{number}" for number in numbers]


def _import(made: collections.Collection) -> None:
    known = Known()
    rows = (RawRow(line=line, values=json.loads(json.dumps(row))) for line, row in enumerate(made.rows, start=1))
    report = import_case_studies(validate(rows, known=known), known=known)
    figures.expect(report.created == len(made.rows), str(report.rejected[:3]))


def _evaluate(texts: Mapping[str, str], collection: evaluation.Collection, used: list[Engine]) -> dict[str, Any]:
    """Index what was imported under these names, ask, and take it out again: the next collection stands alone."""
    numbers = {number: name for number, name in _everything().items() if name in texts}
    for engine in used:
        indexing.refresh(engine, _keys(numbers))
    found: dict[str, Any] = {"plain_bm25s": _means(collection, plain.by_library(texts, collection.questions))}
    best = found["plain_bm25s"]
    if servers.address():
        client = Elasticsearch(servers.address())
        raw = plain.by_server(client, texts, collection.questions, index="bench-plain")
        found["plain_elasticsearch"] = best = _means(collection, raw)
    for engine in used:
        if isinstance(engine, servers.ElasticsearchEngine):
            engine.refresh()
        own = _means(collection, evaluation.answers(collection, engine))
        found[engine.name] = {**own, "ratio": round(own["ndcg@10"] / best["ndcg@10"], 3)}
    _empty(used)
    return found


def _means(collection: evaluation.Collection, answers: Mapping[str, list[str]]) -> dict[str, float]:
    return dict(evaluation.score(collection.grades, answers).means)


def _empty(used: list[Engine]) -> None:
    for engine in used:
        for batch in list(engine.keys()):
            engine.remove(batch, version=indexing.read_version())
        if isinstance(engine, servers.ElasticsearchEngine):
            engine.refresh()
