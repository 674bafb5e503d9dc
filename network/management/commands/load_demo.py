"""`load_demo`: the demonstration content, with invented people whose password is known."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from network import demo
from network.demo.loader import DemoProblem


class Command(BaseCommand):
    help = "Load the demonstration content. Safe to repeat; refused on a public site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do nothing if it is there already.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("BASE_URL is public, and the demonstration people’s password is known. Not loaded.")
        if options["once"] and demo.is_loaded():
            self.stdout.write("The demonstration content is there already.")
            return
        try:
            demo.load(say=lambda line: self.stdout.write(f"  {line}"))
        except DemoProblem as error:
            raise CommandError(str(error)) from error
