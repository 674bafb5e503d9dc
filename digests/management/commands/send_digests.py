"""`send_digests`: plan and send digests without waiting for the clock or a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from digests import services
from digests.models import Cadence, OutgoingEmail

CADENCES = [Cadence.IMMEDIATELY.value, Cadence.DAILY.value, Cadence.WEEKLY.value]


class Command(BaseCommand):
    help = (
        "Plan the digests that are due and send what waits. With --now: what is new up to this moment, for people who "
        "would get it later. Nobody gets anything twice, however often this runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cadence", choices=CADENCES, help="With --now: only the mails of this cadence.")
        parser.add_argument("--now", action="store_true", help="Do not wait for the end of the day or week.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["now"]:
            for cadence in [options["cadence"]] if options["cadence"] else CADENCES:
                run = services.plan_now(cadence=cadence)
                self.stdout.write(
                    f"{cadence}: {run.mails} mails for {run.people} people." if run else f"{cadence}: done already."
                )
        else:
            runs = services.plan_due_runs()
            for run in runs:
                self.stdout.write(f"{run}: {run.mails} mails for {run.people} people.")
            if not runs:
                self.stdout.write("No run is due.")
        report = services.send_waiting()
        self.stdout.write(
            f"Sent {report.sent}, put off {report.postponed}, failed {report.failed}, "
            f"not sent {report.suppressed}; {OutgoingEmail.objects.unfinished().count()} wait."
        )
