"""`import_councils FILE`: councils and their facts from a CSV file of open data (docs/import.md)."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import progress
from members.errors import MembersError
from members.importing import CouncilsFileProblem, RejectedCouncil, read_councils
from members.models import Organisation
from members.services import onboard_organisation, refresh_similarity


class Command(BaseCommand):
    help = "Onboard every council of a CSV file, or bring it up to date. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="Check the rows and write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = list(read_councils(path))
        except CouncilsFileProblem as error:
            raise CommandError(str(error)) from error
        rejected = [row for row in rows if isinstance(row, RejectedCouncil)]
        for row in rejected:
            for reason in row.reasons:
                self.stderr.write(f"{path.name}, line {row.line}: {reason}")
        if rejected:
            raise CommandError(f"{len(rejected)} of {len(rows)} rows rejected. Nothing was written.")
        if options["check"]:
            self.stdout.write(f"{len(rows)} rows are good. Nothing was written.")
            return
        before = Organisation.objects.count()
        for facts in progress(rows, out=self.stdout, unit="councils", total=len(rows)):
            try:
                onboard_organisation(facts=facts)  # type: ignore[arg-type]  # rejected rows ended the command above
            except (MembersError, ValidationError) as error:
                raise CommandError(
                    f"{facts}: {error}. The councils before it are there; repeat when mended."
                ) from error
        similar = refresh_similarity()
        added = Organisation.objects.count() - before
        self.stdout.write(f"{added} added, {len(rows) - added} brought up to date.")
        self.stdout.write(f"{similar.compared} councils compared with each other.")
