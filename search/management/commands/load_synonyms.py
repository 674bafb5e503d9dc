"""`load_synonyms`: the sector's words that mean the same, for a new site."""

from typing import Any

from django.core.management.base import BaseCommand

from search.services.synonyms import add_first_synonyms


class Command(BaseCommand):
    help = "Add the first groups of synonyms. Does nothing once staff have groups of their own, or had any."

    def handle(self, *args: Any, **options: Any) -> None:
        number = add_first_synonyms()
        self.stdout.write(f"Groups of synonyms added: {number}" if number else "Synonyms: left as they are.")
