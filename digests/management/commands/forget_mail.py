"""`forget_mail`: forget what has been kept for long enough, or say what that would be."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from digests import services


class Command(BaseCommand):
    help = (
        "Forget words of mails after 30 days, addresses of people who left after 28, and the history after a year. "
        "It runs every night by itself; what it did is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how many of each are due.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            done = services.what_is_due()
        else:
            run = services.forget_mail()
            done = run.done
        for name, number in done.items():
            if number:
                self.stdout.write(f"{number} {name}")
        if not any(done.values()):
            self.stdout.write("Nothing is due.")
        elif not options["dry_run"] and run.finished_at is None:
            self.stdout.write("There is more to forget: run it again, or wait for the next night.")
