"""Telling people before the terms or the privacy notice change: once each, by mail (docs/decisions/0051)."""

from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import post
from core.models import OperatorSettings

BATCH = 500


def tell_of_changes(*, today: date | None = None) -> int:
    """Write to everybody with a confirmed address of the change that is announced; how many letters were handed over.

    Goes on where the last run stopped, and so reaches whoever joins before the day as well. After the day it is silent.
    """
    today = today or timezone.localdate()
    handed = 0
    while batch := _tell_some(today):
        handed += batch
    return handed


@transaction.atomic
def _tell_some(today: date) -> int:
    operator = OperatorSettings.objects.select_for_update().first()
    if operator is None or not operator.change_from or operator.change_from <= today:
        return 0
    after = operator.change_told_to if operator.change_told_of == operator.change_from else 0
    people = get_user_model().objects.filter(pk__gt=after, is_active=True, emailaddress__verified=True)
    batch = list(people.order_by("pk").distinct()[:BATCH])
    if not batch:
        return 0
    facts = {
        "day": operator.change_from.isoformat(),
        "what": operator.change_words,
        "url": settings.BASE_URL + reverse("terms"),
    }
    for person in batch:
        post.send(
            name="terms_change", key=f"terms:{operator.change_from:%Y%m%d}:{person.pk}", person=person, facts=facts
        )
    told = {"change_told_of": operator.change_from, "change_told_to": batch[-1].pk}
    OperatorSettings.objects.filter(pk=operator.pk).update(**told)
    return len(batch)
