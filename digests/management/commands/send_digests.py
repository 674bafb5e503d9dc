"""`send_digests`: plan and send digests without waiting for the clock or a worker."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from digests import services
from digests.models import Cadence, OutgoingEmail

CADENCES = [Cadence.IMMEDIATELY.value, Cadence.DAILY.value, Cadence.WEEKLY.value]


def _moment(text: str) -> datetime:
    """Of Europe/London, unless it names another zone."""
    try:
        moment = parse_datetime(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date that there is.") from error
    if moment is None:
        raise ArgumentTypeError(f"{text} is not a time such as 2026-11-24T08:05.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class Command(BaseCommand):
    help = (
        "Plan the digests that are due and send what waits. With --now: what is new up to this moment, for people who "
        "would get it later. Nobody gets anything twice, however often this runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--cadence", choices=CADENCES, help="With --now or --dry-run: only the mails of this cadence."
        )
        parser.add_argument("--now", action="store_true", help="Do not wait for the end of the day or week.")

        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Say who would get what from the next run, and why; write and send nothing.",
        )
        parser.add_argument("--at", type=_moment, help="With --dry-run: as of this time, such as 2026-11-24T08:05.")
        parser.add_argument("--person", help="With --dry-run: only the person with this email address.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._rehearse(**{name: options[name] for name in ("cadence", "at", "person")})
            return
        if options["at"] or options["person"]:
            raise CommandError("--at and --person are for --dry-run.")
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

    def _rehearse(self, *, cadence: str | None, at: datetime | None, person: str | None) -> None:
        reader = User.objects.filter(email__iexact=person).first() if person else None
        if person and reader is None:
            raise CommandError(f"Nobody has an account with {person}.")
        for one in [cadence] if cadence else CADENCES:
            told = services.rehearse(cadence=one, at=at, person=reader)
            if told is None:
                self.stdout.write(f"{one}: planned already.")
                continue
            self.stdout.write(f"{told.run}: {told.mails} mails for {told.people} people.")
            for would in told.shown:
                self.stdout.write(f"  {would.person.email}: {would.subject or would.why}")
                for line in would.lines:
                    self.stdout.write(f"    {line.title} ({line.reason})")
            if told.mails > len(told.shown):
                self.stdout.write(f"  and {told.mails - len(told.shown)} more.")
            if told.unheard:
                self.stdout.write(f"  {told.unheard} events have not reached the digests yet; a run waits for them.")
