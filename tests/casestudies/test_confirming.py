"""When somebody is asked again: months across short months and leap days, nudges, and going stale."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudies.confirming import is_stale, nudge_due
from core.dates import add_months, months_ago

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(0, 60))
def test_months_ago_is_the_latest_day_since_which_the_months_have_passed(today, months):
    day = months_ago(today, months)
    assert add_months(day, months) <= today
    assert add_months(day + timedelta(days=1), months) > today


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_a_month_without_that_day_ends_on_its_last(day, months, later):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


def due(today, **facts):
    values = {"started": "", "recorded": date(2026, 1, 31), "told": date(2026, 1, 31), "nudged": 0, **facts}
    return nudge_due(**values, today=date.fromisoformat(today))


@pytest.mark.parametrize(
    ("today", "facts", "months"),
    [
        ("2026-04-29", {}, 0),
        ("2026-04-30", {}, 3),
        ("2026-04-30", {"nudged": 3}, 0),
        ("2026-07-31", {"nudged": 3}, 6),
        ("2027-01-31", {}, 12),  # several are due: one question
        ("2029-01-31", {"nudged": 12}, 0),
        ("2026-04-30", {"started": "2013"}, 3),  # began long ago, recorded in January
        ("2026-04-30", {"started": "2026-03"}, 0),  # begins later than it was recorded
        ("2026-06-01", {"started": "2026-03"}, 3),
        ("2026-04-30", {"told": date(2026, 4, 1)}, 0),  # has just said how it goes
        ("2026-05-01", {"told": date(2026, 4, 1)}, 3),
    ],
)
def test_nudges_come_after_3_6_and_12_months(today, facts, months):
    assert due(today, **facts) == months


@given(DAYS, st.integers(0, 1500), st.sampled_from([0, 3, 6, 12]))
def test_no_nudge_comes_twice_or_too_early(recorded, days, nudged):
    today = recorded + timedelta(days=days)
    found = nudge_due(started="", recorded=recorded, told=recorded, nudged=nudged, today=today)
    assert found == 0 or (found > nudged and add_months(recorded, found) <= today)


@pytest.mark.parametrize(
    ("confirmed", "stage", "ended", "stale"),
    [
        ("2024-11-22", "running", "", True),
        ("2024-11-23", "running", "", False),
        ("2014-01-01", "ended", "", False),
        ("2014-01-01", "running", "2020-05", False),
        (None, "running", "", False),
    ],
)
def test_two_years_without_a_word_is_stale_unless_it_is_history(confirmed, stage, ended, stale):
    day = date.fromisoformat(confirmed) if confirmed else None
    assert is_stale(confirmed_on=day, stage=stage, ended=ended, today=date(2026, 11, 22)) is stale
