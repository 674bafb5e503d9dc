"""Windows touch and never overlap, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import windows
from digests.windows import LONDON, Window

MOMENTS = st.integers(min_value=1_577_836_800, max_value=2_051_222_400).map(lambda s: datetime.fromtimestamp(s, UTC))
STEPS = st.sampled_from(["daily", "weekly"])


def london(*parts):
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)


@given(STEPS, MOMENTS)
def test_a_window_has_ended_and_the_next_one_has_not(cadence, moment):
    window = windows.window_ending_by(cadence, moment)
    assert window.start < window.end <= moment < windows.next_end(cadence, moment)
    for boundary in (window.start, window.end):
        assert boundary.astimezone(LONDON).strftime("%H:%M:%S") == "08:00:00"
    if cadence == "weekly":
        assert window.end.astimezone(LONDON).strftime("%A") == "Tuesday"


@given(STEPS, MOMENTS)
def test_consecutive_windows_touch(cadence, moment):
    window = windows.window_ending_by(cadence, moment)
    after = windows.window_ending_by(cadence, windows.next_end(cadence, moment))
    assert after.start == window.end
    assert windows.window_ending_by(cadence, window.start).end == window.start


@given(st.sampled_from(["daily", "weekly", "immediately"]), MOMENTS)
def test_every_moment_lies_in_exactly_one_window(cadence, moment):
    end = windows.next_end(cadence, moment)
    around = [windows.window_ending_by(cadence, end + shift) for shift in (-timedelta(seconds=1), timedelta(0))]
    assert [moment in window for window in around] == [False, True]


@pytest.mark.parametrize(
    ("end", "hours"),
    [
        (london(2026, 3, 29, 8), 23),  # clocks go forward at 01:00 UTC on 29 March 2026
        (london(2026, 10, 25, 8), 25),  # and back on 25 October
        (london(2026, 7, 1, 8), 24),
    ],
)
def test_a_day_on_which_the_clocks_change_is_one_window(end, hours):
    window = windows.window_ending_by("daily", end)
    assert window == Window(end - timedelta(hours=hours), end)


@pytest.mark.parametrize(
    ("end", "hours"),
    [
        (london(2026, 3, 31, 8), 7 * 24 - 1),
        (london(2026, 10, 27, 8), 7 * 24 + 1),
        (london(2028, 2, 29, 8), 7 * 24),  # a leap day that is a Tuesday
    ],
)
def test_a_week_across_a_clock_change_is_one_window(end, hours):
    assert windows.window_ending_by("weekly", end) == Window(end - timedelta(hours=hours), end)


def test_the_end_belongs_to_the_next_window():
    end = london(2026, 11, 24, 8)
    window = windows.window_ending_by("weekly", end)
    assert end not in window
    assert window.start in window
    assert windows.window_ending_by("weekly", end - timedelta(microseconds=1)).end == window.start


@given(MOMENTS)
def test_missing_daily_runs_are_due_for_seven_days_and_no_further(now):
    due = windows.due_windows("daily", now)
    assert len(due) == 7
    assert due == sorted(due)
    assert all(now - timedelta(days=7, hours=1, minutes=1) < window.end <= now for window in due)
    assert all(first.end == second.start for first, second in pairwise(due))


@given(MOMENTS)
def test_a_weekly_run_is_due_until_the_next_one_is(now):
    assert len(windows.due_windows("weekly", now)) == 1


def test_a_run_missed_in_the_week_in_which_the_clocks_go_back_is_not_given_up_an_hour_early():
    missed, following = london(2026, 10, 20, 8), london(2026, 10, 27, 8)
    for early in (timedelta(minutes=59), timedelta(minutes=1), timedelta(seconds=-59)):
        assert [window.end for window in windows.due_windows("weekly", following - early)] == [missed]
    assert [window.end for window in windows.due_windows("weekly", following + windows.SETTLE)] == [following]


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25), (2026, 7, 1), (2028, 2, 29)])
def test_an_hour_of_the_day_is_that_of_the_clocks_in_london(day):
    assert windows.hour_of_day(18, london(*day, 8)) == london(*day, 18)
    assert windows.hour_of_day(18, london(*day, 20)) == london(*day, 20), "it is over: at once"
    assert windows.hour_of_day(None, london(*day, 8)) == london(*day, 8)


def test_a_run_waits_a_minute_for_events_that_are_being_committed():
    end = london(2026, 11, 24, 8)
    assert end not in [window.end for window in windows.due_windows("daily", end + timedelta(seconds=59))]
    assert end in [window.end for window in windows.due_windows("daily", end + timedelta(seconds=60))]


def test_there_is_no_window_for_no_mail():
    with pytest.raises(ValueError, match="off"):
        windows.window_ending_by("off", datetime(2026, 1, 1, tzinfo=UTC))
