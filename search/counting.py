"""Count what is searched for, and nothing about who searches. For the report that staff read.

As with reads (`casestudies.reads`): numbers in this process's memory, added to the database about once a minute after
some answer has gone out, so that no search costs a query more. Left out: robots that say so, further pages, type-ahead,
and the same words again with another filter or order. That a result was opened is told by the address of the results
page, which browsers send along within one site.

A text is kept as one number a day, for 90 days; one that is long or looks like personal data is not kept at all. What
was searched for only once or twice is never shown (`search.report`).
"""

import re
from collections import Counter
from datetime import date, timedelta
from urllib.parse import parse_qs

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from casestudies.reads import is_reader
from core.personal_details import personal_data
from core.referrer import own_referrer
from core.tally import Tally
from search.asking import Asked
from search.models import SearchCount
from search.text import tidy

# Texts a day: whoever searches for random letters all day long fills no disk.
MOST_A_DAY = 20_000
LONGEST = 80
KEPT = timedelta(days=90)
SEARCHED, NOTHING, OPENED = "searched", "found_nothing", "opened"

_SEARCH_PAGE = re.compile(r"^/(?:cy/)?(?:search|map)/$")
# Where results lead (“Names that stay put”): the pages below these, not their lists.
_RESULT = re.compile(r"^/(?:cy/)?(?:councils|places|programmes|briefings|ask)/[^/]+")
_PERSONAL = re.compile(
    r"@"
    r"|\d{6}"  # of accounts, customers
    r"|(?:\+|\b0)\d(?:[\s().-]*\d){7}"  # of telephones
    r"|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b"  # birthdays, sort codes
    r"|\b\d{1,4}[a-z]?\b.*\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b"  # a house number and a postcode
    r"|\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|cllr|councillor)\b\.?\s+\w",
    re.IGNORECASE,
)


def normal(text: str) -> str:
    """The text as it is kept: one for every way to type it; empty for what is not kept."""
    text = " ".join(tidy(text).casefold().replace("’", "'").strip(" .,;:?!\"“”'").split())
    if len(text) > LONGEST or _PERSONAL.search(text) or personal_data(text) or personal_data(text.title()):
        return ""
    return text


def note_search(request: HttpRequest, asked: Asked) -> None:
    """Count one reader's search as it was typed, if it is one. It found nothing if its words alone found nothing, and
    no other spelling of them was searched for instead.
    """
    text = (asked.typed or asked.state).text
    if not text or request.GET.get("page", "1") != "1" or not is_reader(request):
        return
    kept = normal(text)
    if kept and _came_from(request) != kept and not _from_cms(request):
        _add(kept, SEARCHED, *([] if asked.results.total or asked.state.chosen else [NOTHING]))


def note_opening(request: HttpRequest, response: HttpResponseBase) -> None:
    """Count that a result was opened, if one was."""
    if not _RESULT.match(request.path) or response.status_code != 200 or not is_reader(request):
        return
    if text := _came_from(request):
        _add(text, OPENED)


def _came_from(request: HttpRequest) -> str:
    """What was searched for on the page that the reader comes from; empty if that was no search of ours."""
    referrer = own_referrer(request)
    if not _SEARCH_PAGE.match(referrer.path):
        return ""
    return normal(parse_qs(referrer.query).get("q", [""])[0])


def _from_cms(request: HttpRequest) -> bool:
    """Staff who follow a line of the report are no readers."""
    return own_referrer(request).path.startswith(reverse("wagtailadmin_home"))


def _add(text: str, *columns: str) -> None:
    today = timezone.localdate()
    tally.add(*((text, today, column) for column in columns))


@transaction.atomic
def _write(taken: Counter[tuple[str, date, str]]) -> None:
    rows: dict[tuple[str, date], dict[str, int]] = {}
    for (text, day, column), number in taken.items():
        rows.setdefault((text, day), {})[column] = number
    for day in {day for _text, day in rows}:
        texts = [text for text, on in rows if on == day]
        there = SearchCount.objects.filter(day=day)
        if there.count() + len(texts) <= MOST_A_DAY:
            SearchCount.objects.bulk_create([SearchCount(text=text, day=day) for text in texts], ignore_conflicts=True)
    for (text, day), numbers in rows.items():
        SearchCount.objects.filter(text=text, day=day).update(
            **{column: F(column) + number for column, number in numbers.items()}
        )


tally = Tally("searches", write=_write)


def forget(*, today: date | None = None) -> int:
    """Delete what is older than 90 days; return how many rows there were."""
    today = today or timezone.localdate()
    return SearchCount.objects.filter(day__lt=today - KEPT).delete()[0]
