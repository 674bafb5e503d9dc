"""Count how often a case study is read, and nothing about who reads it.

A request of a published page adds one to a number in this process's memory; about once a minute, after some answer
has gone out, the numbers are added to the database in one go. So a page costs its readers no query, and a process
that is killed forgets a minute at most. Left out: robots that say so, pages fetched ahead, who wrote the page, and
previews. A browser that shows a page again without asking is not seen, so these are numbers to compare, not to audit.

Whether a reader came from our own search is told by the address that browsers send along within one site; nothing is
added to links.
"""

import re
import time
from collections import Counter
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from core.referrer import own_referrer

if TYPE_CHECKING:
    from casestudies.models import CaseStudyPage

FLUSH_SECONDS = 60
MOST_KEPT = 5000
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|monitor|check|scan|headless|lighthouse|curl|wget|python|java/|go-http|"
    r"okhttp|axios|node|ruby|perl|php|libwww|facebookexternalhit|feed|archiv|validator",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"^/(?:cy/)?search/")
_lock = Lock()
_counts: Counter[tuple[int, date, bool]] = Counter()
_flushed_at = time.monotonic()

logger = structlog.get_logger(__name__)


def note_read(page: "CaseStudyPage", request: HttpRequest, response: HttpResponseBase) -> None:
    """Count one reader's request, if it is one."""
    if is_read(page, request, response):
        with _lock:
            if len(_counts) < MOST_KEPT:
                _counts[(page.pk, timezone.localdate(), came_from_search(request))] += 1


def is_read(page: "CaseStudyPage", request: HttpRequest, response: HttpResponseBase) -> bool:
    return (
        is_reader(request)
        and response.status_code == 200
        and not getattr(request, "is_preview", False)
        and not (request.user.is_authenticated and request.user.pk == page.owner_id)
    )


def is_reader(request: HttpRequest) -> bool:
    """Whether somebody asked to see this: no robot that says so, and nothing fetched ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in f"{request.headers.get('Sec-Purpose', '')}{request.headers.get('Purpose', '')}".lower()
    return request.method == "GET" and bool(agent) and not ahead and not _ROBOT.search(agent)


def came_from_search(request: HttpRequest) -> bool:
    return bool(_SEARCH.match(own_referrer(request).path))


def flush_when_due(**_signal: Any) -> None:
    """Connected to `request_finished`: the reader has the page already."""
    if _counts and time.monotonic() - _flushed_at >= FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Add what was counted to the database. What it cannot take now waits for the next time."""
    global _flushed_at  # noqa: PLW0603 - one clock for the process
    with _lock:
        taken = Counter(_counts)
        _counts.clear()
        _flushed_at = time.monotonic()
    try:
        _add(taken)
    except DatabaseError:
        logger.warning("read_counts_wait", pages=len(taken))
        with _lock:
            _counts.update(taken)


@transaction.atomic
def _add(taken: Counter[tuple[int, date, bool]]) -> None:
    from casestudies.models import CaseStudyPage, ReadCount

    reads: Counter[tuple[int, date]] = Counter()
    searched: Counter[tuple[int, date]] = Counter()
    for (pk, day, from_search), number in taken.items():
        reads[(pk, day)] += number
        searched[(pk, day)] += number if from_search else 0
    there = set(CaseStudyPage.objects.filter(pk__in={pk for pk, _day in reads}).values_list("pk", flat=True))
    rows = [(pk, day) for pk, day in reads if pk in there]
    ReadCount.objects.bulk_create([ReadCount(page_id=pk, day=day) for pk, day in rows], ignore_conflicts=True)
    for pk, day in rows:
        ReadCount.objects.filter(page=pk, day=day).update(
            reads=F("reads") + reads[(pk, day)], from_search=F("from_search") + searched[(pk, day)]
        )
