"""`import_case_studies FILE`: case studies from JSON Lines or CSV (the format is in docs/import.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casestudies.importing import FileProblem, Known, Rejection, import_case_studies, read_rows, validate
from core.progress import progress


class Command(BaseCommand):
    help = "Import case studies from a .jsonl or .csv file. Every row is checked before the first is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="Check the rows and write nothing.")
        parser.add_argument("--draft", action="store_true", help="Leave them as drafts instead of publishing them.")
        parser.add_argument(
            "--skip-rejected", action="store_true", help="Import the good rows even if others are rejected."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        known = Known()
        try:
            total, rejected = self._check(path, known)
        except FileProblem as error:
            raise CommandError(str(error)) from error
        for rejection in rejected:
            for reason in rejection.reasons:
                self.stderr.write(f"{path.name}, line {rejection.line}: {reason}")
        good = total - len(rejected)
        if options["check"] or (rejected and not options["skip_rejected"]):
            summary = f"{good:,} of {total:,} rows are good, {len(rejected):,} rejected. Nothing was written."
            if rejected:
                raise CommandError(f"{summary} Mend them, or repeat with --skip-rejected.")
            self.stdout.write(summary)
            return
        report = import_case_studies(
            self._rows(path, known, unit="rows imported", total=total), known=known, publish=not options["draft"]
        )
        self.stdout.write(
            f"{report.created:,} created, {report.updated:,} updated, {report.unchanged:,} unchanged, "
            f"{len(report.rejected):,} rejected."
        )

    def _check(self, path: Path, known: Known) -> tuple[int, list[Rejection]]:
        """How many rows there are, and the rejected ones; the good ones are read again, so memory stays flat."""
        total, rejected = 0, []
        for _, row in self._rows(path, known, unit="rows checked"):
            total += 1
            if isinstance(row, Rejection):
                rejected.append(row)
        return total, rejected

    def _rows(self, path: Path, known: Known, *, unit: str, total: int | None = None) -> Any:
        return progress(validate(read_rows(path), known=known), out=self.stdout, unit=unit, total=total)
