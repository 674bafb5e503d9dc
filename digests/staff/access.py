"""The door of the staff's pages about mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from core import looks
from core.models import LookedAt
from digests.models import Deed, StaffDeed
from digests.permissions import can_look_after_mail

View = Callable[..., HttpResponseBase]


def for_mail_staff(view: View) -> View:
    """403 without the right; what is shown is nobody else's to keep, and its address is told to nobody."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_look_after_mail(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def note(*, by: Any, what: Deed, person: Any = None, address: str = "", words: str = "") -> None:
    """Write down that somebody's data were looked at: here with what was done, and in the record that stays."""
    if person is not None:
        looks.note(by=by, what=LookedAt.MAIL, person=person)
    StaffDeed.objects.create(
        by=by, what=what, person=person, address=address[:254], words=words[:300], finished_at=timezone.now()
    )
