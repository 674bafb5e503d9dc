"""`deliver_events`: hand pending events to their consumers now, without waiting for a worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import delivery
from core.events import consumers
from core.models import Delivery


class Command(BaseCommand):
    help = "Deliver pending events to their consumers (search index, digests …)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--consumer", help="Deliver to this consumer only.")
        parser.add_argument("--requeue", action="store_true", help="First put parked deliveries back in the queue.")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["consumer"]
        if only and only not in consumers():
            raise CommandError(f"There is no consumer {only!r}. Known: {', '.join(sorted(consumers()))}.")
        if options["requeue"]:
            self.stdout.write(f"Put back {delivery.requeue(list(Delivery.objects.parked()))} parked deliveries.")
        self.stdout.write(f"Handled {delivery.deliver_all(only=only)} deliveries.")
        waiting, parked = Delivery.objects.filter(parked_at=None).count(), Delivery.objects.parked().count()
        self.stdout.write(f"{waiting} wait for a later try, {parked} are parked.")
