"""Two doors: for whoever is suspended, and for pages that a locked case is about."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.dates import readable
from members.middleware import page_arguments
from moderation.locked_cases import closed_pages
from moderation.standing import standing_of

READS = frozenset({"GET", "HEAD", "OPTIONS"})
# The first part of the addresses that stay open to a change: what is the person’s own, and what the law gives anybody.
OPEN = frozenset({"account", "following", "report", "appeal"})
# Said for an organisation, though it stands below /account/.
SPOKEN = frozenset({"confirm_case_studies", "answer_questions"})
COUNCILS = ("account", "councils")
# Forms that only lead to writing: closed already when they are opened, so that nobody types for nothing.
WRITING = frozenset(
    {"ask_new", "ask_answer", "ask_write_up", "adoption_new", "approve_ask", "record_add", "record_reply"}
)
CMS = "cms"


class SuspendedMiddleware:
    """They read, keep their account, report and appeal. Whatever a view forgets to ask, and whatever is added later, is
    closed unless it stands in `OPEN`.
    """

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


class LockedPagesMiddleware:
    """What a locked case is about is shown in the CMS to who is named for such cases, and to nobody else: not in the
    editor, nor as a draft, an older version, a comparison or a preview, its authors included.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not name.startswith("wagtailadmin") or not request.user.is_authenticated:
            return None
        named = {int(kwargs[argument]) for argument in page_arguments(name, kwargs)}
        # Their list in the explorer names a page as the one above others, which are no part of the case.
        if not named or name.startswith("wagtailadmin_explore") or not named & closed_pages(request.user):
            return None
        reason = _("This page is part of a case that only a few people may see.")
        return render(request, "403.html", {"reason": reason}, status=403)


def _changes_something(request: HttpRequest) -> bool:
    parts = tuple(part for part in request.path_info.split("/") if part and part != "cy")
    first = parts[0] if parts else ""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if first == CMS or name in WRITING:
        return True
    return request.method not in READS and (first not in OPEN or name in SPOKEN or parts[:2] == COUNCILS)
