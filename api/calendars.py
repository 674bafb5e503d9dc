"""Opportunities as iCalendar (RFC 5545): one event each, from when it opens until it closes.

A calendar holds what is published, for a year after it has closed, and for half a year what was taken back: as a
cancelled event without a word of its text. What belongs to another programme, council or place now is cancelled in the
calendars of the old ones, as long, where readers would keep it otherwise. So that the same content is the same file, an
event is dated by its last change and not by the moment of asking. A new name of its programme, council or place is such
a change (`places.opportunities.names`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from api.addresses import page_address
from core.html import without_controls
from core.models import Event as LoggedEvent
from members.models import Organisation
from places.models import OpportunityPage, Place, ProgrammePage, Window
from places.opportunities.times import WEEK

LONDON = ZoneInfo("Europe/London")
KEPT = timedelta(days=365)
GONE_FOR = timedelta(days=180)
MOST = 1000
HOURS = timedelta(hours=6)
CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar(request: HttpRequest) -> HttpResponse:
    """`/feeds/opportunities.ics`: all of them."""
    return _answer(Q(), name="")


def programme_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """`/feeds/programmes/<slug>/opportunities.ics`"""
    programme = get_object_or_404(ProgrammePage.objects.live(), slug=slug)
    return _answer(Q(programme=programme.pk), once=("programme", programme.pk), name=programme.title)


def council_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """`/feeds/councils/<slug>/opportunities.ics`"""
    council = get_object_or_404(Organisation.objects.listed(), slug=slug)
    return _answer(Q(organisation=council.pk), once=("organisation", council.pk), name=council.name)


def place_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """`/feeds/places/<slug>/opportunities.ics`"""
    place = get_object_or_404(Place, slug=slug)
    return _answer(Q(places=place.pk), once=("place", place.pk), name=place.name)


def one_opportunity(request: HttpRequest, number: int) -> HttpResponse:
    """`/feeds/opportunities/<number>.ics`, to add to one's own calendar; with a reminder a week before it closes."""
    window = _windows(Q(number=number)).first()
    if window is None or not _is_there(window):
        raise Http404("There is no such opportunity.")
    with override(settings.LANGUAGE_CODE):
        return _response(_calendar([_event(window, reminder=True)], name=""), f"opportunity-{number}.ics")


def _windows(which: Q) -> Any:
    now = timezone.now()
    kept = Q(page__live=True, closes__gt=now - KEPT) | Q(gone_at__gt=now - GONE_FOR)
    found = Window.objects.filter(which & kept).select_related("page", "organisation", "programme")
    return found.prefetch_related("places").order_by("-closes", "-number")


def _answer(which: Q, *, name: str, once: tuple[str, int] | None = None) -> HttpResponse:
    """A calendar of these, and of what belonged `once` to the same thing."""
    with override(settings.LANGUAGE_CODE):
        events = [_event(window) for window in _windows(which)[:MOST]]
        if once is not None:
            left = _windows(_once_of(*once)).filter(changed_at__gt=timezone.now() - GONE_FOR)
            here = _windows(which).order_by().values("pk")
            events += [_event(window, elsewhere=True) for window in left.exclude(pk__in=here)[:MOST]]
        return _response(_calendar(events, name=name))


def _once_of(kind: str, pk: int) -> Q:
    """Windows that ever stood there: each publication left in the log what it touched."""
    log = LoggedEvent.objects.filter(subject_kind="opportunity", targets__kind=kind, targets__object_id=pk)
    return Q(number__in=log.order_by().values("subject_id"))


def _response(calendar: Calendar, file_name: str = "") -> HttpResponse:
    response = HttpResponse(calendar.to_ical(), content_type=CONTENT_TYPE)
    if file_name:
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _calendar(events: Iterable[Event], *, name: str) -> Calendar:
    title = _("Opportunities: %(name)s") % {"name": without_controls(name)} if name else _("Opportunities")
    title = f"{title} – {settings.WAGTAIL_SITE_NAME}"
    made = Calendar()
    made.add("PRODID", f"-//{settings.WAGTAIL_SITE_NAME}//Opportunities//EN")
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    # As RFC 7986 has it, and as programs before that wanted it.
    for key in ("NAME", "X-WR-CALNAME"):
        made.add(key, title)
    made.add("X-WR-TIMEZONE", LONDON.key)
    made.add("REFRESH-INTERVAL", HOURS, parameters={"VALUE": "DURATION"})
    made.add("X-PUBLISHED-TTL", "PT6H")
    made.add_component(_london())
    for event in events:
        made.add_component(event)
    return made


def _london() -> Timezone:
    """London's clock as it has been since 1996, by its rule: what a library lists year by year ends some day."""
    zone = Timezone()
    zone.add("TZID", LONDON.key)
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    hour, none = timedelta(hours=1), timedelta()
    for part, name, begins, before, after, month in (
        (summer, "BST", datetime(1996, 3, 31, 1), none, hour, 3),  # noqa: DTZ001 - RFC 5545 wants it without a zone
        (winter, "GMT", datetime(1996, 10, 27, 2), hour, none, 10),  # noqa: DTZ001 - as above
    ):
        part.add("DTSTART", begins)
        part.add("TZNAME", name)
        part.add("TZOFFSETFROM", before)
        part.add("TZOFFSETTO", after)
        part.add("RRULE", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        zone.add_component(part)
    return zone


def _is_there(window: Window) -> bool:
    return window.page is not None and window.page.live


def _event(window: Window, *, reminder: bool = False, elsewhere: bool = False) -> Event:
    """`elsewhere`: it has left what this calendar is of, and is cancelled here whatever else it is."""
    event = Event()
    event.add("UID", uid(window.number))
    event.add("SEQUENCE", window.sequence)
    for key in ("DTSTAMP", "LAST-MODIFIED"):
        event.add(key, window.changed_at.replace(microsecond=0))
    event.add("DTSTART", window.opens.astimezone(LONDON))
    event.add("DTEND", window.closes.astimezone(LONDON))
    # It takes nobody's time: a reader is not busy for six weeks.
    event.add("TRANSP", "TRANSPARENT")
    off = elsewhere or window.withdrawn_at is not None or not _is_there(window)
    event.add("STATUS", "CANCELLED" if off else "CONFIRMED")
    if not _is_there(window) or window.page is None:
        event.add("SUMMARY", _("No longer published"))
        return event
    if elsewhere:
        event.add("SUMMARY", _("Moved elsewhere: %(title)s") % {"title": without_controls(window.page.title)})
        event.add("URL", page_address(window.page))
        return event
    _describe(event, window, window.page)
    if reminder and not off:
        event.add_component(_reminder(window.page))
    return event


def _describe(event: Event, window: Window, page: OpportunityPage) -> None:
    title, address = without_controls(page.title), page_address(page)
    event.add("SUMMARY", _("Withdrawn: %(title)s") % {"title": title} if window.withdrawn_at else title)
    council = window.organisation.name if window.organisation else ""
    closes = _("Closes %(when)s.") % {"when": page.closes_said}
    facts = [council, without_controls(page.service), without_controls(page.summary), closes]
    if window.withdrawn_at:
        facts.append(str(window.get_withdrawn_reason_display()))
    if window.organisation and window.organisation.is_demonstration:
        facts.append(_("An example, not a real window."))
    event.add("DESCRIPTION", "\n".join(filter(None, [*facts, address])))
    event.add("URL", address)
    if where := ", ".join(place.name for place in window.places.all()) or council:
        event.add("LOCATION", without_controls(where))
    if window.programme and window.programme.live:
        event.add("CATEGORIES", [without_controls(window.programme.title)])


def _reminder(page: OpportunityPage) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -WEEK, parameters={"RELATED": "END"})
    alarm.add("DESCRIPTION", _("Closes in a week: %(title)s") % {"title": without_controls(page.title)})
    return alarm


def uid(number: int) -> str:
    """Stays for good, whatever happens to the page or its address."""
    return f"opportunity-{number}@{urlsplit(settings.BASE_URL).hostname}"
