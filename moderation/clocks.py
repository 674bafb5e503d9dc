"""How long there is for what: the clocks that the law or our own rules start when a report comes in.

Hours that leave out weekends and bank holidays are those of the Defamation (Operators of Websites) Regulations 2013
(SI 2013/3028), which count a period of 48 hours so; the days off are those of England and Wales.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")


@cache
def _bank_holidays() -> Any:
    """A calendar that reckons a year when it is first asked about; loaded late, because it is large."""
    from holidays.countries import UnitedKingdom

    return UnitedKingdom(subdiv="ENG")


def is_day_off(day: date) -> bool:
    """A Saturday, a Sunday, or a bank holiday in England and Wales (Good Friday and Christmas Day included)."""
    return day.weekday() >= 5 or day in _bank_holidays()


def working_hours_after(start: datetime, hours: int) -> datetime:
    """The moment when that many hours have passed, days off left out as a whole; a day may have 23 or 25 hours."""
    moment, left = start.astimezone(UTC), timedelta(hours=hours)
    while True:
        today = moment.astimezone(LONDON).date()
        midnight = datetime.combine(today + timedelta(days=1), time.min, LONDON).astimezone(UTC)
        if not is_day_off(today):
            if left <= midnight - moment:
                return moment + left
            left -= midnight - moment
        moment = midnight


def end_of_day_after(start: datetime, days: int) -> datetime:
    """Midnight at the end of the day that is so many days after this one, in London."""
    day = start.astimezone(LONDON).date() + timedelta(days=days + 1)
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)
