"""Make the search indices anew from the database, while searches go on."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from search import engines, indexing
from search.engines.base import EngineUnavailable, IndexingFailed, RebuildRunning


def _show(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


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
            with tqdm(total=total, desc=engine.name, unit=" documents", disable=None, file=self.stderr._out) as bar:
                try:
                    made = indexing.rebuild(engine, progress=partial(_show, bar))
                except (EngineUnavailable, IndexingFailed, RebuildRunning) as error:
                    raise CommandError(f"{engine.name}: {error}") from error
            self.stdout.write(f"{engine.name}: {made} documents.")
