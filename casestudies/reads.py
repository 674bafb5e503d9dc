"""Count how often a case study is read, and nothing about who reads it.

A request of a published page adds one to a number in this process's memory; about once a minute, after some answer
has gone out, the numbers are added to the database in one go. So a page costs its readers no query, and a process
that is killed forgets a minute at most. Left out: robots that say so, pages fetched ahead, who wrote the page, and
previews. A browser that shows a page again without asking is not seen, so these are numbers to compare, not to audit.

Whether a reader came from our own search is told by the address that browsers send along within one site; nothing is
added to links.
"""

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from core.referrer import own_referrer
from core.tally import Tally

if TYPE_CHECKING:
    from casestudies.models import CaseStudyPage

_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|fetch|monitor|check|scan|headless|lighthouse|curl|wget|python|java/|go-http|"
    r"okhttp|axios|node|ruby|perl|php|libwww|facebookexternalhit|feed|archiv|validator",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"^/(?:cy/)?search/")


def note_read(page: "CaseStudyPage", request: HttpRequest, response: HttpResponseBase) -> None:
    """Count one reader's request, if it is one."""
    if is_read(page, request, response):
        tally.add((page.pk, timezone.localdate(), came_from_search(request)))


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


tally = Tally("reads", write=_add)
