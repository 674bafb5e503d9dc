"""Compare the search indices with the database, and repair them if asked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import checking, engines
from search.engines.base import EngineUnavailable

SHOWN = 10


class Command(BaseCommand):
    help = "Compares the search index with the database: missing, stale, extra. Ends with 1 if anything differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what differs")
        parser.add_argument("--engine", choices=["database", "elasticsearch"], help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [one for one in engines.kept() if options["engine"] in (None, one.name)]
        if not wanted:
            raise CommandError("ELASTICSEARCH_URL is empty: there is no index in Elasticsearch to compare.")
        differs = False
        for engine in wanted:
            try:
                difference = checking.compare(engine)
                self._say(engine.name, difference)
                if difference and options["repair"]:
                    checking.repair(engine, difference)
                    self.stdout.write(f"{engine.name}: repaired.")
                elif difference:
                    differs = True
            except EngineUnavailable as error:
                raise CommandError(f"{engine.name}: {error}") from error
        if differs:
            raise CommandError("The index differs from the database. Run search_check --repair.")

    def _say(self, name: str, difference: checking.Difference) -> None:
        counts = ", ".join(f"{len(getattr(difference, what))} {what}" for what in ("missing", "stale", "extra"))
        self.stdout.write(f"{name}: {difference.compared} compared; {counts}.")
        for what in ("missing", "stale", "extra"):
            keys = getattr(difference, what)
            for key in keys[:SHOWN]:
                self.stdout.write(f"  {what}: {key}")
            if len(keys) > SHOWN:
                self.stdout.write(f"  {what}: and {len(keys) - SHOWN} more")
