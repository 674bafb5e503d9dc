"""Putting mail into the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from digests.models import MailKind, OutgoingEmail
from digests.models.mail import new_message_id


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A mail that should be sent: once for each `key`, whoever asks and however often.

    To a person, or to an `address` in a `language` where nobody has an account yet.
    """

    key: str
    kind: MailKind
    person_id: int | None = None
    address: str = ""
    language: str = ""
    worthless_after: datetime | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    urgency: int = 1


@transaction.atomic
def queue_mails(wanted: Sequence[Wanted]) -> None:
    """Write the rows that are not there yet and wake the worker when the transaction commits."""
    if not wanted:
        return
    OutgoingEmail.objects.bulk_create(
        [
            OutgoingEmail(
                key=one.key,
                kind=one.kind,
                person_id=one.person_id,
                address=one.address,
                language=one.language,
                worthless_after=one.worthless_after,
                payload=one.payload,
                urgency=one.urgency,
                message_id=new_message_id(),
            )
            for one in wanted
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    wake_sender()


def wake_sender() -> None:
    """Once what waits is committed."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    from digests.tasks import send_waiting_mail

    send_waiting_mail.apply_async()
