"""`rate_evidence`: the evidence rating of every published case study, computed anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casestudies.models import CaseStudyPage
from casestudies.services import rate_case_studies
from casestudies.services.standings import BATCH
from core.progress import progress


class Command(BaseCommand):
    help = "Compute the evidence rating and the adoption figures of all published case studies. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unrated", action="store_true", help="Only those that were never rated.")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = CaseStudyPage.objects.live().order_by("pk")
        if options["unrated"]:
            pages = pages.exclude(standing__rated_at__isnull=False)
        ids = list(pages.values_list("pk", flat=True))
        if options["unrated"] and not ids:
            return
        changed = 0
        waiting: list[int] = []
        for pk in progress(ids, out=self.stdout, unit="case studies", total=len(ids)):
            waiting.append(pk)
            if len(waiting) == BATCH:
                changed += rate_case_studies(waiting)
                waiting = []
        changed += rate_case_studies(waiting)
        self.stdout.write(f"{len(ids):,} case studies rated, {changed:,} ratings changed.")
