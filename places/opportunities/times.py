"""When a window opens and closes, by the clock in London, and how that is said.

A moment is kept as it is and shown as London's clocks show it, so that “17:00 on 28 March” stays 17:00 whichever way
the clocks go in between. A week is seven days of the calendar and not 168 hours.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONDON = ZoneInfo("Europe/London")
WEEK = timedelta(days=7)


class State(models.TextChoices):
    UPCOMING = "upcoming", gettext_lazy("Not open yet")
    OPEN = "open", gettext_lazy("Open")
    CLOSING = "closing", gettext_lazy("Closes soon")
    CLOSED = "closed", gettext_lazy("Closed")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


def day_in_london(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def midnight(day: date) -> datetime:
    """When the day begins in London, as UTC."""
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)


def reminder_at(closes: datetime) -> datetime:
    """The beginning of the day a week before.

    From then on it closes soon. So early in the day, that whoever gets one mail a week has it before the window closes.
    """
    return midnight(day_in_london(closes) - WEEK)


def reminded_before(now: datetime) -> datetime:
    """What closes before this moment closes soon: the twin of `reminder_at` for queries."""
    return midnight(day_in_london(now) + WEEK + timedelta(days=1))


def state_at(
    now: datetime, *, opens: datetime | None, closes: datetime | None, withdrawn: bool = False
) -> State | None:
    """None for a draft that does not say when."""
    if withdrawn:
        return State.WITHDRAWN
    if opens is None or closes is None:
        return None
    if now >= closes:
        return State.CLOSED
    if now < opens:
        return State.UPCOMING
    return State.CLOSING if now >= reminder_at(closes) else State.OPEN


def said(moment: datetime) -> str:
    """“17:00 on Friday 12 December 2026”; what ends at midnight ends with the day before."""
    local = moment.astimezone(LONDON)
    if local.time() == time():
        return _("midnight at the end of %(day)s") % {"day": _day(local.date() - timedelta(days=1))}
    return _("%(time)s on %(day)s") % {"time": f"{local:%H:%M}", "day": _day(local.date())}


def said_opening(moment: datetime) -> str:
    """“9:00 on …”; what begins at midnight begins with the day."""
    local = moment.astimezone(LONDON)
    return _day(local.date()) if local.time() == time() else said(moment)


def in_words(state: State | None, *, opens: datetime | None, closes: datetime | None) -> str:
    """What a reader should know of it at a glance."""
    if state is None or opens is None or closes is None:
        return _("No dates yet")
    if state == State.WITHDRAWN:
        return _("Withdrawn by the council")
    if state == State.UPCOMING:
        return _("Opens %(when)s") % {"when": said_opening(opens)}
    if state == State.CLOSED:
        return _("Closed %(when)s") % {"when": said(closes)}
    return _("Closes %(when)s") % {"when": said(closes)}


def _day(day: date) -> str:
    return str(formats.date_format(day, "l j F Y"))
