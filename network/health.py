"""`/healthz`: this process answers. `/readyz`: what it depends on answers too.

Readiness fails on the database alone. Without the broker work waits in its rows; without Elasticsearch the
database answers searches: both are reported, and neither takes the site out of service. How mail is doing is told in
numbers, for monitoring to watch (`docs/mail-operations.md`).
"""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from digests import health as mail_health
from search import health as search_health

logger = logging.getLogger(__name__)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set("readyz", "1", 5)
    if cache.get("readyz") != "1":
        raise RuntimeError("the cache forgets")


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the site can serve, 503 when not; each dependency as `ok` or `down`, never with its address."""
    needed: dict[str, Callable[[], None]] = {"database": _database}
    useful: dict[str, Callable[[], None]] = {"redis": _cache} if settings.REDIS_URL else {}
    if settings.ELASTICSEARCH_URL:
        useful["elasticsearch"] = search_health.elasticsearch_answers
    report = {name: _state(name, check) for name, check in {**needed, **useful}.items()}
    fit = all(report[name] == "ok" for name in needed)
    mail = _mail() if fit else {}
    return JsonResponse({"ready": fit, **report, **mail}, status=200 if fit else 503)


def _mail() -> dict[str, Any]:
    """What waits and what failed, in numbers; nothing if that cannot be said now."""
    try:
        return {"mail": mail_health.report()}
    except DatabaseError:
        logger.exception("Readiness: nothing is known of mail")
        return {}


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        logger.exception("Readiness: %s does not answer", name)
        return "down"
    return "ok"
