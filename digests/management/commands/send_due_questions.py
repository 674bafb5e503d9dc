"""`send_due_questions`: ask whether what people wrote is still true, without waiting for the clock."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from digests import services


class Command(BaseCommand):
    help = (
        "Queue one mail for everybody with case studies due for confirmation or adoptions due for a nudge. Nobody is "
        "asked more than once in 28 days, however often this runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what is due and ask nobody.")

    def handle(self, *args: Any, **options: Any) -> None:
        planned = 0

        def told(people: int) -> None:
            nonlocal planned
            planned += people
            self.stdout.write(f"{planned:,} people planned")

        report = services.ask_what_is_due(dry_run=options["dry_run"], told=told)
        would = "would be asked" if options["dry_run"] else "are asked"
        self.stdout.write(
            f"{report.case_studies:,} case studies and {report.adoptions:,} adoptions are due; of {report.people:,} "
            f"people {report.mails:,} {would}, {report.unreachable:,} cannot be reached or were asked lately."
        )
        if not options["dry_run"]:
            sent = services.send_waiting()
            self.stdout.write(f"Sent {sent.sent}, put off {sent.postponed}, failed {sent.failed}.")
