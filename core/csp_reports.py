"""What browsers refused to load or run under our policy: `/csp-reports/`.

Anybody can send anything here, so it is small, rare and never believed: a report is a line in the log for whoever runs
the site, and what it names is cut down to what says nothing of a person. Never an error, whatever comes.
"""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.ratelimit import allow, visitor_key

logger = logging.getLogger("core.csp")

LONGEST = 16 * 1024
MOST_IN_ONE = 10
A_MINUTE = 60
PER_VISITOR, PER_SITE = 20, 200


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Both forms: `application/csp-report` (one object) and `application/reports+json` (a list of them)."""
    answer = HttpResponse(status=204)
    answer["Cache-Control"] = "no-store"
    if not (allow("csp", PER_SITE, A_MINUTE) and allow(f"csp:{visitor_key(request)}", PER_VISITOR, A_MINUTE)):
        return answer
    try:
        raw = request.read(LONGEST + 1)
        said = json.loads(raw) if len(raw) <= LONGEST else None
    except (ValueError, OSError, RecursionError):
        return answer
    for body in _bodies(said)[:MOST_IN_ONE]:
        logger.warning(
            "A browser refused something: directive=%s blocked=%s page=%s disposition=%s",
            _word(body.get("effectiveDirective") or body.get("effective-directive") or body.get("violated-directive")),
            _origin(body.get("blockedURL") or body.get("blocked-uri")),
            _page(body.get("documentURL") or body.get("document-uri")),
            _word(body.get("disposition")),
        )
    return answer


def _bodies(said: Any) -> list[dict[str, Any]]:
    if isinstance(said, dict):
        one = said.get("csp-report")
        return [one] if isinstance(one, dict) else []
    if not isinstance(said, list):
        return []
    entries = [one for one in said if isinstance(one, dict) and one.get("type") == "csp-violation"]
    return [one["body"] for one in entries if isinstance(one.get("body"), dict)]


def _word(value: Any) -> str:
    """A directive or the like: letters and dashes, no more."""
    text = str(value or "").split(" ")[0]
    return "".join(one for one in text if one.isascii() and (one.isalpha() or one == "-"))[:40]


def _origin(value: Any) -> str:
    """`inline`, `eval`, or the scheme and host of an address: never its path or query."""
    text = str(value or "")[:2000]
    if "://" not in text:
        return _word(text)
    try:
        parts = urlsplit(text)
        host = "".join(one for one in parts.hostname or "" if one.isascii() and one.isprintable())[:100]
        return f"{_word(parts.scheme)}://{host}"
    except ValueError:
        return ""


def _page(value: Any) -> str:
    """The name of our route, which says which page it was and nothing of who was on it."""
    try:
        return resolve(urlsplit(str(value or "")[:2000]).path).view_name or ""
    except (Resolver404, ValueError):
        return "unknown"
