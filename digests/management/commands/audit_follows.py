"""`audit_follows`: what is wrong with follows, runs and mails, and mend it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from digests import audit


class Command(BaseCommand):
    help = "Look for follows that can never bring anything, unfinished digests and stuck mails; --repair mends them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Mend what was found.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = audit.examine()
        for finding in findings:
            self.stdout.write(f"{finding.count} {finding.what}")
        if not findings:
            self.stdout.write("Nothing is wrong.")
        elif options["repair"]:
            self.stdout.write(f"Mended {audit.repair()}.")
        else:
            self.stdout.write("Run again with --repair to mend this.")
