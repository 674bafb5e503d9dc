"""No mail about follows until a day. What happens meanwhile is not sent afterwards, as if the mail were stopped.

A pause moves each follow's `mailed_until` to its end. So planning needs to know nothing of pauses: a follow is not due
before that moment, and brings only what is new from then on.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from digests.errors import DigestsError
from digests.models import Follow, MailKind, MailPreference, MailState, OutgoingEmail
from digests.windows import LONDON

LONGEST = timedelta(days=366)


class BadPause(DigestsError):
    """A pause ends after today, and within a year: for longer there is stopping."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def check_pause(until: date) -> None:
    """Raises `BadPause`, with the reason in words."""
    today = timezone.localdate()
    if until <= today:
        raise BadPause(_("Give a day after today."))
    if until > today + LONGEST:
        raise BadPause(_("A pause can last a year at most. For longer, stop the mail."))


@transaction.atomic
def pause_mail(*, person: User, until: date) -> None:
    """No mail about follows before this day begins in London. Raises `BadPause`."""
    check_pause(until)
    MailPreference.objects.update_or_create(person=person, defaults={"paused_until": until})
    Follow.objects.of(person).update(mailed_until=_morning_of(until))
    drop_waiting_digests(person)


@transaction.atomic
def end_pause(*, person: User) -> None:
    """News count from now on. Nothing happens where there is no pause."""
    paused = MailPreference.objects.filter(person=person, paused_until__gt=timezone.localdate())
    if paused.update(paused_until=None):
        Follow.objects.of(person).update(mailed_until=timezone.now())


def news_from(person: User) -> datetime:
    """From when on something is news to a follow that begins now: now, or the end of the person's pause."""
    until = MailPreference.objects.filter(person=person).values_list("paused_until", flat=True).first()
    now = timezone.now()
    return max(now, _morning_of(until)) if until else now


def drop_waiting_digests(person: User) -> None:
    """Digests that are written down and have not left yet are not sent after all."""
    OutgoingEmail.objects.filter(person=person, kind=MailKind.DIGEST, state=MailState.PENDING).update(
        state=MailState.SUPPRESSED, error="Its reader has stopped or paused this mail."
    )


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LONDON)
