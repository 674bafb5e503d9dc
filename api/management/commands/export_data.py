"""`export_data [DIRECTORY]`: the open data as files, for a static archive."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from api.exports import DATASETS, write_archive
from api.exports.archive import KEEP
from core.progress import counter


class Command(BaseCommand):
    help = "Write the open data (CSV, JSON and a manifest) into a new directory, complete or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory", type=Path, nargs="?", help="Where archives are kept. If missing: the setting EXPORT_DIR."
        )
        parser.add_argument("--keep", type=int, default=KEEP, help=f"How many archives to keep ({KEEP}).")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path | None = options["directory"] or (Path(settings.EXPORT_DIR) if settings.EXPORT_DIR else None)
        if directory is None:
            raise CommandError("Name a directory, or set EXPORT_DIR.")
        if options["keep"] < 1:
            raise CommandError("Keep at least one archive.")
        total = 2 * sum(dataset.count() for dataset in DATASETS.values())
        done = 0
        with counter(out=self.stdout, unit="rows", total=total) as show:

            def on_row(_name: str) -> None:
                nonlocal done
                done += 1
                show(done)

            try:
                archive = write_archive(directory=directory, keep=options["keep"], on_row=on_row)
            except OSError as error:
                raise CommandError(f"Nothing was written: {error}") from error
        self.stdout.write(f"{done:,} rows in {archive}")
