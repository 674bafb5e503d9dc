"""Make the search indices anew from the database, while searches go on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import counter
from search import engines, indexing
from search.engines.base import EngineUnavailable, IndexingFailed, RebuildRunning


class Command(BaseCommand):
    help = (
        "Makes the search index anew from the database. Searches answer throughout; what is written meanwhile is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engine", choices=["database", "elasticsearch"], help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [one for one in engines.kept() if options["engine"] in (None, one.name)]
        if not wanted:
            raise CommandError("ELASTICSEARCH_URL is empty: there is no index in Elasticsearch to make.")
        for engine in wanted:
            total = sum(1 for _ in indexing.every_key())
            with counter(out=self.stderr, unit=f"documents in {engine.name}", total=total) as show:
                try:
                    made = indexing.rebuild(engine, progress=show)
                except (EngineUnavailable, IndexingFailed, RebuildRunning) as error:
                    raise CommandError(f"{engine.name}: {error}") from error
            self.stdout.write(f"{engine.name}: {made} documents.")
