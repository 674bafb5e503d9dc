"""The turns of a notice of complaint that was passed on (SI 2013/3028, schedule): the writer’s, then ours again.

The writer has until midnight at the end of the fifth day after it was sent. From their answer, or from that midnight,
the network has 48 hours, days off apart, and nothing to do before.
"""

from datetime import datetime

from moderation.clocks import end_of_day_after, working_hours_after
from moderation.report_kinds import NOTICE_HOURS, POSTER_HAS_DAYS


def writer_has_until(passed_on_at: datetime) -> datetime:
    return end_of_day_after(passed_on_at, POSTER_HAS_DAYS)


def our_turn_since(passed_on_at: datetime, answered_at: datetime | None) -> datetime:
    """May lie in the future. An answer that comes after the five days starts nothing anew."""
    until = writer_has_until(passed_on_at)
    return min(until, answered_at) if answered_at else until


def we_have_until(passed_on_at: datetime, answered_at: datetime | None = None) -> datetime:
    return working_hours_after(our_turn_since(passed_on_at, answered_at), NOTICE_HOURS)
