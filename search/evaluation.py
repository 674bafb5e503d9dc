"""How well an engine answers judged searches, scored with ir-measures (trec_eval's own definitions).

A judged collection is case studies that were imported, questions, and how well each of some case studies answers each
question: a grade, 0 for not at all. A document is named by the `id` of its import.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casestudies.models import CaseStudyPage
from search.engines.base import Engine, SearchQuery

MEASURES = {"ndcg@10": "nDCG@10", "map": "AP", "recall@100": "R@100"}
RESULTS = 100
# What other collections call the columns, in a first line that is none of the rows.
_GRADE_HEADINGS = {"grade", "score", "relevance", "rel"}
_GRADE_COLUMN = 3

Grades = Mapping[str, Mapping[str, int]]


class BadCollection(Exception):
    """A file that cannot be evaluated with; the message names the file, the line and what to mend."""


class MeasuresMissing(Exception):
    """The library that computes the figures is not installed: it is for development, and servers do without it."""

    def __str__(self) -> str:
        return "search_evaluate needs ir-measures, which servers do without. Install it: pip install ir-measures==0.4.3"


@dataclass(frozen=True, kw_only=True)
class Collection:
    """`questions`: id → text. `grades`: question → document → grade."""

    questions: Mapping[str, str]
    grades: Grades

    @property
    def asked(self) -> list[str]:
        """The questions that somebody judged; nothing can be said about the others."""
        return [one for one in self.questions if one in self.grades]

    @property
    def documents(self) -> set[str]:
        return {document for graded in self.grades.values() for document in graded}


@dataclass(frozen=True, kw_only=True)
class Scores:
    means: Mapping[str, float]
    by_question: Mapping[str, Mapping[str, float]]


def read_collection(questions: Path, judgements: Path) -> Collection:
    """Read both files whole; `BadCollection` for the first thing that is wrong with either."""
    texts = _read_questions(questions)
    return Collection(questions=texts, grades=_read_judgements(judgements, texts, named_in=questions.name))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Where each line that says something is (“queries.jsonl, line 3”), and the line."""
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path.name}, line {number}", line.rstrip("\n")
    except OSError as error:
        raise BadCollection(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadCollection(f"{path.name}: this is not text in UTF-8 ({error.reason}).") from error


def _read_questions(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for where, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadCollection(f"{where}: this is no JSON object ({error}).") from error
        if not isinstance(row, dict):
            raise BadCollection(f'{where}: give one JSON object, {{"id": "…", "text": "…"}}.')
        number, text = row.get("id"), row.get("text")
        name = str(number).strip() if isinstance(number, str | int) and not isinstance(number, bool) else ""
        if not name:
            raise BadCollection(f"{where}: “id” is missing.")
        if not isinstance(text, str) or not text.strip():
            raise BadCollection(f"{where}: “text” is missing.")
        if name in found:
            raise BadCollection(f"{where}: there is a question “{name}” already.")
        found[name] = text
    if not found:
        raise BadCollection(f"{path.name}: there is no question in it.")
    return found


def _read_judgements(path: Path, questions: Mapping[str, str], *, named_in: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for where, line in _lines(path):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != _GRADE_COLUMN or not all(cells):
            raise BadCollection(f"{where}: give a query, a document and a grade, with a tab between them.")
        question, document, written = cells
        if not found and written.casefold() in _GRADE_HEADINGS:
            continue
        try:
            grade = int(written)
        except ValueError as error:
            raise BadCollection(f"{where}: the grade “{written}” is no whole number.") from error
        if grade < 0:
            raise BadCollection(f"{where}: the grade {grade} is below 0, which already means “not at all”.")
        if question not in questions:
            raise BadCollection(f"{where}: there is no question “{question}” in {named_in}.")
        if found.setdefault(question, {}).setdefault(document, grade) != grade:
            raise BadCollection(f"{where}: “{document}” has another grade for “{question}” above.")
    if not found:
        raise BadCollection(f"{path.name}: there is no judgement in it.")
    return found


def unknown_documents(collection: Collection) -> set[str]:
    """Judged documents that were never imported. They count as not found."""
    return collection.documents - set(_keys(collection.documents).values())


def not_indexed(collection: Collection, engine: Engine) -> set[str]:
    """Judged documents that were imported and that the engine does not hold (drafts, or an index behind its time)."""
    keys = _keys(collection.documents)
    held: set[str] = set()
    for batch in _batches(sorted(keys)):
        held.update(engine.digests(batch))
    return {document for key, document in keys.items() if key not in held}


def _keys(documents: Iterable[str]) -> dict[str, str]:
    """Key in the index → id of the import, of those of these documents that are there."""
    return {
        f"case_study:{number}": name
        for batch in _batches(sorted(documents))
        for number, name in CaseStudyPage.objects.filter(import_id__in=batch).values_list("pk", "import_id")
    }


def _batches(items: list[str], size: int = 500) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def answers(
    collection: Collection,
    engine: Engine,
    *,
    passing: Callable[[Iterable[str]], Iterable[str]] = lambda questions: questions,
) -> dict[str, list[str]]:
    """Question → ids of the case studies found, best first, asked as somebody who has not signed in would.

    What was not imported is no document of a collection, and is passed over. `passing` sees the questions go by.
    """
    found: dict[str, list[str]] = {}
    for question in passing(collection.asked):
        asked = SearchQuery(
            text=collection.questions[question], filters={"type": ("case_study",)}, size=RESULTS, fewest=RESULTS
        )
        numbers = [hit.object_id for hit in engine.search(asked).hits]
        names = dict(CaseStudyPage.objects.filter(pk__in=numbers).values_list("pk", "import_id"))
        found[question] = [name for number in numbers if (name := names.get(number))]
    return found


def score(grades: Grades, found: Mapping[str, list[str]]) -> Scores:
    """Means over every judged question; one that finds nothing counts, with noughts."""
    measures = load_measures()
    wanted = {measures.parse_measure(name): ours for ours, name in MEASURES.items()}
    # The order is what counts: the first gets the highest number.
    run = {
        question: {document: float(len(names) - rank) for rank, document in enumerate(names)}
        for question, names in found.items()
    }
    result = measures.calc(list(wanted), {one: dict(graded) for one, graded in grades.items()}, run)
    by_question: dict[str, dict[str, float]] = {one: {} for one in grades}
    for metric in result.per_query:
        by_question[metric.query_id][wanted[metric.measure]] = round(metric.value, 4)
    return Scores(
        means={ours: round(result.aggregated[measure], 4) for measure, ours in wanted.items()},
        by_question=by_question,
    )


def load_measures() -> Any:
    """The library, imported when it is needed."""
    try:
        import ir_measures
    except ImportError as error:
        raise MeasuresMissing from error
    return ir_measures
