"""Addresses that moderation’s mails carry."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse

from moderation.models import Decision
from moderation.models.appeals import WINDOW

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "moderation.appeal"


def absolute(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def appeal_url(decision: Decision, *, signed: bool = False) -> str:
    """Where the person appeals; `signed` for who cannot sign in any more."""
    path = reverse("appeal", args=[decision.pk])
    if not signed:
        return absolute(path)
    return absolute(f"{path}?key={signing.dumps([decision.pk, decision.author_id], salt=PURPOSE)}")


def person_of_key(key: str, decision: Decision) -> "User | None":
    """Who holds a signed link to appeal against this decision; None for a forged, an old or another’s."""
    from accounts.models import User

    try:
        number, person = signing.loads(key, salt=PURPOSE, max_age=WINDOW)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if number != decision.pk or person != decision.author_id:
        return None
    return User.objects.filter(pk=person).first()
