"""`refresh_similarity`: work out anew which councils are most alike."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from core.progress import progress
from members.services import refresh_similarity


class Command(BaseCommand):
    help = "Work out which councils are most alike. Imports and changes of facts do it by themselves."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        done = refresh_similarity(
            track=lambda councils: progress(councils, out=self.stdout, unit="councils", total=len(councils))
        )
        self.stdout.write(
            f"{done.compared} councils compared in {time.monotonic() - began:.1f} s; "
            f"{done.unknown} left out because too little is known of them."
        )
