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
        faults = [finding for finding in findings if finding.fault]
        for finding in faults:
            self.stdout.write(str(finding))
        if not faults:
            self.stdout.write("Nothing is wrong.")
        elif options["repair"]:
            self.stdout.write(f"Mended {audit.repair()}.")
        elif any(finding.mends for finding in faults):
            self.stdout.write("Run again with --repair to mend what can be mended safely.")
        if wishes := [finding for finding in findings if not finding.fault]:
            self.stdout.write("That bring no mail for now, and are left as they are:")
        for finding in wishes:
            self.stdout.write(f"  {finding}")
