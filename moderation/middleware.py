"""One door for whoever is suspended: they read, keep their account, report and appeal, and change nothing else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.dates import readable
from moderation.standing import standing_of

READS = frozenset({"GET", "HEAD", "OPTIONS"})
# The first part of the addresses that stay open to a change: what is the person’s own, and what the law gives anybody.
OPEN = frozenset({"account", "following", "report", "appeal"})
# Said for an organisation, though it stands below /account/.
SPOKEN = frozenset({"confirm_case_studies", "answer_questions"})
CMS = "cms"


class SuspendedMiddleware:
    """Whatever a view forgets to ask, and whatever is added later: closed, unless it stands in `OPEN`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not _changes_something(request) or not request.user.is_authenticated:
            return None
        stopped = standing_of(request.user).stopped
        if stopped is None:
            return None
        until = stopped.ends_at
        reason = (
            _("Your account is suspended until %(day)s. You can read, but not write.") % {"day": readable(until, "day")}
            if until
            else _("Your account is suspended. You can read, but not write.")
        )
        response = render(request, "moderation/suspended.html", {"reason": reason}, status=403)
        response["Cache-Control"] = "private, no-store"
        return response


def _changes_something(request: HttpRequest) -> bool:
    parts = [part for part in request.path_info.split("/") if part]
    first = next((part for part in parts if part != "cy"), "")
    if first == CMS:
        return True
    name = request.resolver_match.url_name if request.resolver_match else ""
    return request.method not in READS and (first not in OPEN or name in SPOKEN)
