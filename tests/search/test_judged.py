"""The figures of our own judged searches do not fall: over the demonstration's case studies, both engines."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from casestudies.importing import Known, RawRow, import_case_studies, validate
from core.models import Topic
from network.demo.loader import CASE_STUDY_FILES, CONTENT
from search import evaluation, indexing
from tests.factories import organisation

JUDGED = Path(__file__).parent / "judged"
LEAST = {"database": 0.85, "elasticsearch": 0.88}

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration():
    """The demonstration's case studies as documents, under one council: making pages for 57 takes half a minute.

    The names of their own councils and programmes, which readers search for, are put beside them.
    """
    with (CONTENT / "organisations.csv").open(encoding="utf-8", newline="") as file:
        names = {row["gss_code"]: (row["name"], row["nice_name"], row["region"]) for row in csv.DictReader(file)}
    names |= {one["slug"]: (one["title"],) for one in json.loads((CONTENT / "programmes.json").read_text("utf-8"))}
    with (CONTENT / "topics.csv").open(encoding="utf-8", newline="") as file:
        topics = {
            row["level2_slug"] or row["level1_slug"]: row["level2"] or row["level1"] for row in csv.DictReader(file)
        }
    known = [*Topic.objects.values_list("slug", flat=True)]
    Topic.objects.bulk_create(Topic(slug=slug, name=name) for slug, name in topics.items() if slug not in known)
    lines = [line for name in CASE_STUDY_FILES for line in (CONTENT / name).read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    beside = {row["id"]: names.get(row["council"], ()) + names.get(row.pop("programme", None), ()) for row in rows}
    council = organisation("The network").slug
    raw = [RawRow(line=number, values=row | {"council": council}) for number, row in enumerate(rows, start=1)]
    facts = Known()
    report = import_case_studies(validate(raw, known=facts), known=facts)
    assert not report.rejected
    ids = {f"case_study:{number}": name for number, name in imported()}
    return [dataclasses.replace(one, context=(*one.context, *beside[ids[one.key]])) for one in indexing.build(ids)]


def imported():
    from casestudies.models import CaseStudyPage

    return CaseStudyPage.objects.values_list("pk", "import_id")


def test_what_a_reader_wants_comes_first(engine, demonstration):
    engine.index(*demonstration)
    collection = evaluation.read_collection(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv")
    assert not evaluation.unknown_documents(collection)
    scores = evaluation.score(collection.grades, evaluation.answers(collection, engine))
    assert scores.means["ndcg@10"] >= LEAST[engine.name], scores.means
