"""At which hour of the day a person's digests come."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from digests import windows
from digests.models import Cadence, MailKind, MailPreference, MailState, OutgoingEmail

EARLIEST, LATEST = 8, 21


@transaction.atomic
def set_send_hour(*, person: User, hour: int | None) -> None:
    """From 8 to 21 o'clock in London; `None` is at 8. A digest that waits for the old hour waits for the new one.

    What failed and is tried again keeps its own time. Raises `ValueError` for an hour of the night.
    """
    if hour is not None and not EARLIEST <= hour <= LATEST:
        raise ValueError(f"No digests are sent at {hour} o'clock.")
    before = MailPreference.objects.filter(person=person).values_list("send_hour", flat=True).first()
    if before == hour:
        return
    MailPreference.objects.update_or_create(person=person, defaults={"send_hour": hour})
    waiting = OutgoingEmail.objects.filter(
        person=person, kind=MailKind.DIGEST, state=MailState.PENDING, attempts=0
    ).exclude(digest_recipient__run__cadence=Cadence.IMMEDIATELY)
    ids = list(waiting.values_list("pk", flat=True))
    OutgoingEmail.objects.filter(pk__in=ids, state=MailState.PENDING).update(
        next_attempt_at=windows.hour_of_day(hour, timezone.now())
    )
