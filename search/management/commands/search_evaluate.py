"""`search_evaluate QUERIES.jsonl QRELS.tsv`: how well an engine answers judged searches."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.delivery import deliver_all
from core.progress import progress
from search import engines, evaluation
from search.engines.base import Engine, EngineUnavailable

SHOWN = 10


class Command(BaseCommand):
    help = (
        "Asks an engine judged searches, as somebody who has not signed in, and prints one JSON object: nDCG@10, "
        'mean average precision, recall in the first 100. QUERIES holds one {"id", "text"} a line; QRELS holds '
        "query, document (the id of its import) and grade, separated by tabs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queries", type=Path, metavar="QUERIES.jsonl")
        parser.add_argument("qrels", type=Path, metavar="QRELS.tsv")
        parser.add_argument(
            "--engine", choices=["database", "elasticsearch"], help="which (default: the one that answers searches)"
        )
        parser.add_argument("--per-query", action="store_true", help="add each search's figures and first ten results")

    def handle(self, *args: Any, **options: Any) -> None:
        engine = self._engine(options["engine"])
        try:
            evaluation.load_measures()  # before the long part
            collection = evaluation.read_collection(options["queries"], options["qrels"])
            # What was imported a moment ago may still wait to be indexed.
            deliver_all(only=f"search-{engine.name}")
            if (server := engines.primary()) is engine:
                server.refresh()
            behind = evaluation.not_indexed(collection, engine)
            found = evaluation.answers(
                collection,
                engine,
                passing=lambda some: progress(some, out=self.stderr, unit="searches", total=len(collection.asked)),
            )
        except (evaluation.BadCollection, evaluation.MeasuresMissing) as error:
            raise CommandError(str(error)) from error
        except EngineUnavailable as error:
            raise CommandError(f"{engine.name}: {error}") from error
        scores = evaluation.score(collection.grades, found)
        unknown = evaluation.unknown_documents(collection)
        self._say("judged documents were never imported, and count as not found", unknown)
        self._say("judged documents are not in the index (drafts, or run search_rebuild)", behind)
        self._say("searches are not judged, and were not asked", set(collection.questions) - set(collection.asked))
        answer: dict[str, Any] = {
            **scores.means,
            "queries": len(collection.asked),
            "engine": engine.name,
            "found_nothing": sum(1 for names in found.values() if not names),
            "not_judged": len(collection.questions) - len(collection.asked),
            "documents": len(collection.documents),
            "unknown_documents": len(unknown),
            "not_indexed": len(behind),
        }
        if options["per_query"]:
            answer["per_query"] = {
                one: {"text": collection.questions[one], **scores.by_question[one], "found": found[one][:SHOWN]}
                for one in collection.asked
            }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _engine(self, name: str | None) -> Engine:
        if name is None:
            return engines.primary() or engines.database()
        for engine in engines.kept():
            if engine.name == name:
                return engine
        raise CommandError("ELASTICSEARCH_URL is empty: there is no Elasticsearch to evaluate.")

    def _say(self, what: str, names: set[str]) -> None:
        if names:
            some = ", ".join(sorted(names)[:SHOWN])
            self.stderr.write(f"{len(names):,} {what}: {some}{' …' if len(names) > SHOWN else ''}")
