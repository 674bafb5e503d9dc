"""`/inbox/`: reading the mail that an installation without a mail server writes to files.

Only where nobody else can reach it: there are sign-in links in it. In production, or with a mail server, it is not
there at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

PAGE_SIZE = 50
NAME = re.compile(r"[0-9T.]{10,40}-[0-9a-f]{8}\.eml")
ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")
SHOWN_HEADERS = (
    "From",
    "To",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Precedence",
    "Feedback-ID",
    "In-Reply-To",
)


@dataclass(frozen=True)
class Letter:
    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def date(self) -> datetime | None:
        return getattr(self.message["Date"], "datetime", None)

    @property
    def headers(self) -> list[dict[str, str]]:
        return [
            {"label": name, "value": str(self.message[name]).strip()} for name in SHOWN_HEADERS if self.message[name]
        ]

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


def development_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.PRODUCTION or settings.OUTGOING_EMAIL_BACKEND != "core.mail.EmlFileBackend":
            raise Http404
        return never_cache(view)(request, *args, **kwargs)

    return wrapped


@development_only
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """`/inbox/`, newest first."""
    names = sorted((path.name for path in _folder().glob("*.eml") if NAME.fullmatch(path.name)), reverse=True)
    page = Paginator(names, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "network/inbox.html", {"page_obj": page, "letters": [_read(name) for name in page]})


@development_only
@require_GET
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """`/inbox/<name>/`: headers, text and, in a frame of its own, HTML."""
    found = _read(name)
    return render(
        request,
        "network/inbox_letter.html",
        {"letter": found, "text": _linked(found.part("plain")), "has_html": bool(found.part("html"))},
    )


@development_only
@require_GET
@csp_replace(  # type: ignore[arg-type]  # its types know views without arguments only
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
    }
)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """`/inbox/<name>/html/`: the HTML part, which runs nothing; its links open outside the frame."""
    html = _read(name).part("html")
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


def _folder() -> Path:
    return Path(str(getattr(settings, "EMAIL_FILE_PATH", "")))


def _read(name: str) -> Letter:
    if not NAME.fullmatch(name):
        raise Http404
    try:
        raw = (_folder() / name).read_bytes()
    except OSError as error:
        raise Http404 from error
    return Letter(name=name, message=message_from_bytes(raw, policy=policy.default))


def _linked(text: str) -> SafeString:
    """The text as it is, with its addresses as links."""
    pieces = ADDRESS.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<a class="govuk-link" href="{}">{}</a>', piece, piece) if index % 2 else piece,)
            for index, piece in enumerate(pieces)
        ),
    )
