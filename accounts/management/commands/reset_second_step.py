"""For somebody who has lost their phone, their key and the recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import take_off_second_step


class Command(BaseCommand):
    help = "Take the second step off an account, sign it out everywhere and tell its owner. Make sure who asks first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"There is no account with {email}.")
        count = take_off_second_step(person=person)
        self.stdout.write(f"{count} taken off, and signed out everywhere. {person.email} is told by mail.")
