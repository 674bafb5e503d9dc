"""The door of the moderators' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import looks
from core.models import LookedAt
from moderation.selectors import history_of

Trail = list[dict[str, str]]
View = Callable[..., HttpResponse]


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, with who can help."""
    reason = reason or _(
        "Only the network’s moderators, and people who sign off for an organisation, work here. An administrator of "
        "the network makes somebody a moderator; your organisation’s lead makes somebody an approver."
    )
    return render(request, "403.html", {"reason": reason}, status=403)


def for_people_who(may: Callable[[Any], bool]) -> Callable[[View], View]:
    """Anonymous: sign in first. Signed in without the right: 403. Its pages are nobody else's to keep."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            response = view(request, *args, **kwargs) if may(request.user) else refused(request)
            response["Cache-Control"] = "private, no-store"
            return response

        return guarded

    return decorate


def trail(title: str) -> Trail:
    """The breadcrumbs of a page under the queue."""
    return [{"text": _("Moderation"), "url": reverse("moderation_queue")}, {"text": title}]


def history_seen(request: HttpRequest, person: Any) -> dict[str, int]:
    """A person's short history, beside what somebody reviews; that it was looked at is written down."""
    if person is not None:
        looks.note(by=request.user, what=LookedAt.HISTORY, person=person)
    return history_of(person)
