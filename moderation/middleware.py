"""Two doors: for whoever is suspended, and for pages that a locked case is about."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from core.dates import readable
from members.middleware import page_arguments
from moderation.locked_cases import closed_file, closed_pages
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
# How the addresses of the libraries begin, and how they call one picture or document.
LIBRARIES = ("wagtailimages", "wagtaildocs")
IMAGE, DOCUMENTS = "image_id", ("document_id", "doc_id")


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
        # Only there is it asked who reads: an answer for everybody must not depend on a cookie.
        if not name.startswith(("wagtailadmin", *LIBRARIES)) or not request.user.is_authenticated:
            return None
        if name.startswith(LIBRARIES):
            return self._library(request, kwargs)
        named = {int(kwargs[argument]) for argument in page_arguments(name, kwargs)}
        # Their list in the explorer names a page as the one above others, which are no part of the case.
        if not named or name.startswith("wagtailadmin_explore") or not named & closed_pages(request.user):
            return None
        return self._closed(request)

    def _library(self, request: HttpRequest, kwargs: Any) -> HttpResponse | None:
        """Not deleted, not given another file, not previewed: Wagtail has no hook for a single one."""
        for argument, model in ((IMAGE, get_image_model()), *((one, get_document_model()) for one in DOCUMENTS)):
            found = model.objects.filter(pk=kwargs[argument]).first() if argument in kwargs else None
            if found is not None and closed_file(request.user, found):
                return self._closed(request)
        return None

    def _closed(self, request: HttpRequest) -> HttpResponse:
        reason = _("This page is part of a case that only a few people may see.")
        return render(request, "403.html", {"reason": reason}, status=403)


def _changes_something(request: HttpRequest) -> bool:
    parts = tuple(part for part in request.path_info.split("/") if part and part != "cy")
    first = parts[0] if parts else ""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if first == CMS or name in WRITING:
        return True
    return request.method not in READS and (first not in OPEN or name in SPOKEN or parts[:2] == COUNCILS)
