"""When a digest covers what: half-open windows `[start, end)`, right across both clock changes.

The boundaries are wall-clock times in Europe/London (daily at 08:00, weekly on Tuesday at 08:00), returned as
UTC. So the window in which the clocks change lasts 23 or 25 hours, and consecutive windows always touch: each
moment lies in exactly one. 08:00 exists once on every day of the year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digests.models import Cadence

LONDON = ZoneInfo("Europe/London")
HOUR = time(8, 0)
TUESDAY = 1
CATCH_UP = timedelta(days=7)
BUNDLE = timedelta(minutes=5)
SETTLE = timedelta(seconds=60)


@dataclass(frozen=True, order=True)
class Window:
    """`end` first decides the order of two windows of one cadence; both are aware and in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def window_ending_by(cadence: str, moment: datetime) -> Window:
    """The latest window of the cadence that has ended at `moment` (its end may be `moment` itself)."""
    if cadence == Cadence.IMMEDIATELY:
        end = _floor(moment, BUNDLE)
        return Window(end - BUNDLE, end)
    step = {Cadence.DAILY: 1, Cadence.WEEKLY: 7}.get(Cadence(cadence))
    if step is None:
        raise ValueError(f"There are no windows for {cadence!r}.")
    day = moment.astimezone(LONDON).date()
    if cadence == Cadence.WEEKLY:
        day -= timedelta(days=(day.weekday() - TUESDAY) % 7)
    if _boundary(day) > moment:
        day -= timedelta(days=step)
    return Window(_boundary(day - timedelta(days=step)), _boundary(day))


def due_windows(cadence: str, now: datetime) -> list[Window]:
    """Daily or weekly windows whose run is due at `now`, oldest first: those of the last seven days, and no older.

    A run waits a minute after its window's end for events that are just being committed.
    """
    return sorted(_backwards(cadence, until=now - SETTLE, since=caught_up_since(now)))


def caught_up_since(now: datetime) -> datetime:
    """A window that ended at this moment or before is given up.

    Seven days by the calendar in London, not 168 hours: a weekly window in which the clocks go back is an hour
    longer, and would be given up an hour before the next one is due.
    """
    return ((now - SETTLE).astimezone(LONDON) - CATCH_UP).astimezone(UTC)


def hour_of_day(hour: int | None, now: datetime) -> datetime:
    """The moment of this hour of today in London, or `now` when it is over, or when no hour is wished."""
    if hour is None:
        return now
    today = now.astimezone(LONDON).date()
    return max(datetime.combine(today, time(hour), tzinfo=LONDON).astimezone(UTC), now)


def next_end(cadence: str, now: datetime) -> datetime:
    """When the window that is open at `now` ends: the next mail of this cadence."""
    ended = window_ending_by(cadence, now)
    if cadence == Cadence.IMMEDIATELY:
        return ended.end + BUNDLE
    day = ended.end.astimezone(LONDON).date()
    return _boundary(day + timedelta(days=1 if cadence == Cadence.DAILY else 7))


def earliest_news(window: Window) -> datetime:
    """How far back a run looks for a follow that no run has covered (a cadence was just switched): seven days."""
    return min(window.start, window.end - CATCH_UP)


def _backwards(cadence: str, *, until: datetime, since: datetime) -> Iterator[Window]:
    window = window_ending_by(cadence, until)
    while window.end > since:
        yield window
        window = window_ending_by(cadence, window.start)


def _boundary(day: date) -> datetime:
    return datetime.combine(day, HOUR, tzinfo=LONDON).astimezone(UTC)


def _floor(moment: datetime, step: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((moment - epoch) // step) * step
