"""Delete my account: a fortnight to think again, then a job that goes through the register of personal data.

Each room does away with what is the person's and cuts its tie to what stays. At the end the account is a bare number,
which the log of decisions keeps. Every step is written down as it is done, so that a job that was interrupted goes on
where it was, and doing it twice changes nothing.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Leaving, User
from core import personal_data, post
from core.dates import readable

logger = logging.getLogger(__name__)

GRACE = timedelta(days=14)
CONFIRM_SALT, KEEP_SALT = "accounts.leave", "accounts.keep"
CONFIRM_WITHIN = timedelta(days=1)


class CannotLeave(Exception):
    """Others depend on this person; `blockers` say how, in words."""

    def __init__(self, blockers: list[personal_data.Blocker]) -> None:
        super().__init__("; ".join(one.code for one in blockers))
        self.blockers = blockers


def leaving_of(person: User) -> Leaving | None:
    return Leaving.objects.filter(person=person, done_at=None).first()


@transaction.atomic
def ask_to_leave(*, person: User) -> Leaving:
    """Begin the fortnight, and say so by mail with a way back. Repeated, it changes nothing. Raises `CannotLeave`."""
    User.objects.select_for_update().get(pk=person.pk)
    if waiting := leaving_of(person):
        return waiting
    if found := personal_data.blockers(person):
        raise CannotLeave(found)
    leaving = Leaving.objects.create(person=person, due_at=timezone.now() + GRACE)
    post.send(
        name="leaving_asked",
        key=f"leaving:{leaving.pk}",
        person=person,
        facts={"url": settings.BASE_URL + keep_path(leaving), "day": readable(leaving.due_at, "day")},
    )
    return leaving


def send_confirmation(*, person: User) -> None:
    """For whoever has no password and no second step: that they read the mail of the account shows who they are."""
    until = timezone.now() + CONFIRM_WITHIN
    token = signing.dumps(person.pk, salt=CONFIRM_SALT)
    post.send(
        name="leaving_confirm",
        key=f"leaving-confirm:{person.pk}:{timezone.now():%Y%m%d%H%M}",
        person=person,
        facts={"url": settings.BASE_URL + reverse("account_delete_confirm", args=[token])},
        worthless_after=until,
    )


def confirms(*, token: str, person: User) -> bool:
    try:
        return bool(signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN) == person.pk)
    except signing.BadSignature:
        return False


def keep_path(leaving: Leaving) -> str:
    return reverse("account_keep_link", args=[signing.dumps(leaving.pk, salt=KEEP_SALT)])


def leaving_of_link(token: str) -> Leaving | None:
    try:
        pk = signing.loads(token, salt=KEEP_SALT, max_age=GRACE + timedelta(days=1))
    except signing.BadSignature:
        return None
    return Leaving.objects.filter(pk=pk, done_at=None).select_related("person").first()


@transaction.atomic
def keep_account(*, person: User) -> bool:
    """Think again. False when nothing was under way, or it has begun already."""
    waiting = Leaving.objects.select_for_update().filter(person=person, done_at=None).first()
    if waiting is None or waiting.steps:
        return False
    waiting.delete()
    return True


def close_due(*, now: datetime | None = None) -> int:
    """Delete the accounts whose fortnight is over; return how many. One that cannot go yet waits, with the reason."""
    now = now or timezone.now()
    closed = 0
    for leaving in Leaving.objects.filter(done_at=None, due_at__lte=now).select_related("person").order_by("pk"):
        try:
            closed += _close(leaving, now)
        except Exception:  # the others are still owed; this one goes on tomorrow where it stopped
            logger.exception("The deletion %s was interrupted.", leaving.pk)
    return closed


def _close(leaving: Leaving, now: datetime) -> bool:
    person = leaving.person
    if not leaving.steps and (found := personal_data.blockers(person)):
        leaving.waits_for = found[0].code
        leaving.save(update_fields=["waits_for"])
        return False
    if "signed-out" not in leaving.steps:
        # From here on nothing new comes: the person can neither sign in nor go on where they are signed in.
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        _done(leaving, "signed-out", 1)
    for holding in personal_data.holdings():
        if holding.erase and holding.name not in leaving.steps:
            with transaction.atomic():
                _done(leaving, holding.name, holding.erase(person))
    _forget_who(leaving, now)
    logger.info("The account %s was deleted at its owner’s wish.", person.pk)
    return True


def _done(leaving: Leaving, step: str, rows: int) -> None:
    leaving.steps[step] = rows
    leaving.save(update_fields=["steps"])


@transaction.atomic
def _forget_who(leaving: Leaving, now: datetime) -> None:
    """The row that is left says nothing but its number."""
    person = leaving.person
    address, language = person.email, person.language
    person.email, person.name, person.language = f"left-{person.pk}@left.invalid", "", settings.LANGUAGE_CODE[:2]
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login, person.left_at, person.date_joined = None, now, now
    person.save()
    leaving.done_at, leaving.waits_for = now, ""
    leaving.save(update_fields=["done_at", "waits_for"])
    post.send(name="leaving_done", key=f"left:{leaving.pk}", address=address, language=language)
