"""What a figure before and after amounts to: arithmetic that keeps its promises, and words that do not flatter."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudies.change import measure_change, months_between, significant

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ORDINARY = st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
POSITIVE = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)
BETTER = st.sampled_from(["higher", "lower"])
UNITS = st.sampled_from(
    ["%", "% of residents", "£", "£ a year", "people", "per 1,000 people", "°C", "score out of 10", ""]
)


def change(before, after, unit="people", better="higher", **more):
    return measure_change(before=before, after=after, unit=unit, better=better, **more)


@given(before=FINITE, after=FINITE, unit=UNITS, better=BETTER, target=st.none() | FINITE)
def test_any_two_numbers_have_a_change_in_words(before, after, unit, better, target):
    found = change(before, after, unit, better, target=target)
    assert found.difference == 0 or (found.difference > 0) == (Decimal(str(after)) > Decimal(str(before)))
    words = (found.summary, found.short, found.difference_in_words, found.relative_in_words, found.verdict)
    assert all(isinstance(one, str) for one in (*words, found.target_in_words, *found.cautions))
    assert (found.target_result is None) == (target is None)


@given(before=ORDINARY, after=ORDINARY, unit=UNITS, better=BETTER)
def test_the_other_way_round_is_the_opposite(before, after, unit, better):
    there, back = change(before, after, unit, better), change(after, before, unit, better)
    assert there.difference == -back.difference
    assert (there.improved is None) == (back.improved is None) == (before == after)
    assert there.improved is None or there.improved is not back.improved
    other = "lower" if better == "higher" else "higher"
    flipped = change(before, after, unit, other)
    assert flipped.difference == there.difference
    assert flipped.improved is None or flipped.improved is not there.improved


@given(before=POSITIVE, after=POSITIVE, times=st.integers(1, 1000))
def test_a_percentage_does_not_depend_on_the_unit_of_counting(before, after, times):
    """In pounds or in pence, in people or in thousands of them."""
    assert change(before, after).relative_in_words == change(before * times, after * times).relative_in_words


@given(before=ORDINARY, after=ORDINARY)
def test_there_is_a_percentage_only_where_it_means_something(before, after):
    found = change(before, after)
    assert (found.relative is None) == (before <= 0 or after < 0)
    if found.relative is None:
        assert "%" not in found.summary
        assert bool(found.why_no_percentage) == (before != after)
    else:
        assert found.relative >= -1


@given(before=POSITIVE, after=POSITIVE)
def test_the_words_never_say_that_all_is_gone_while_something_is_left(before, after):
    assert "−100%" not in change(before, after).summary


@given(before=ORDINARY, after=ORDINARY, target=ORDINARY, better=BETTER)
def test_a_target_is_met_in_part_only_on_the_way_to_it(before, after, target, better):
    found = change(before, after, better=better, target=target)
    as_good = after >= target if better == "higher" else after <= target
    assert (found.target_result == "met") == as_good
    if found.target_result == "partly":
        assert found.improved
        assert 0 < found.part_of_the_way < 1
        assert "100%" not in found.target_in_words
    if found.target_result == "missed":
        assert not found.improved or before == target or (target < before) == (better == "higher")


@given(value=POSITIVE)
def test_rounding_keeps_two_figures_and_stays_near(value):
    rounded = significant(value)
    assert len(rounded.normalize().as_tuple().digits) <= 2
    assert abs(rounded - value) <= value / 20


@pytest.mark.parametrize(
    ("facts", "summary"),
    [
        ((14.2, 9.1, "%"), "down from 14.2% to 9.1% (−5.1 percentage points)"),
        ((12, 15, "%"), "up from 12% to 15% (+3 percentage points)"),
        ((12, 13, "% of residents"), "up from 12% of residents to 13% of residents (+1 percentage point)"),
        ((4, 8, "people"), "up from 4 people to 8 people (+100%)"),
        ((500, 318, "visits a year"), "down from 500 visits a year to 318 visits a year (−36%)"),
        ((1000, 1054, "people"), "up from 1,000 people to 1,054 people (+5.4%)"),
        ((1000, 3, "people"), "down from 1,000 people to 3 people (more than 99% gone)"),
        ((3, 36, "stalls"), "up from 3 stalls to 36 stalls (12 times as much)"),
        ((0.001, 90, "stalls"), "up from 0.001 stalls to 90 stalls (more than 1,000 times as much)"),
        ((8, 0, "rough sleepers"), "down from 8 rough sleepers to 0 rough sleepers (−100%)"),
        ((0, 12, "people"), "up from 0 people to 12 people"),
        ((-40, 10, "jobs"), "up from −40 jobs to 10 jobs (+50 jobs)"),
        ((10, -40, "£"), "down from £10 to −£40 (−£50)"),
        ((10, 12, "°C"), "up from 10 °C to 12 °C (+2 °C)"),
        ((6.5, 7.5, "score out of 10"), "up from 6.5 score out of 10 to 7.5 score out of 10 (+1 score out of 10)"),
        ((5.2, 4.1, "per 1,000 people"), "down from 5.2 per 1,000 people to 4.1 per 1,000 people (−21%)"),
        ((0.1, 0.3, "people"), "up from 0.1 people to 0.3 people (+200%)"),
        ((7, 7, "people"), "7 people before and after"),
        ((None, 19, "£ million"), "£19 million"),
    ],
)
def test_a_change_is_said_as_people_say_it(facts, summary):
    assert change(*facts).summary == summary


def test_a_percentage_of_a_percentage_is_said_to_be_one():
    found = change(20, 30, "%")
    assert found.short == "+10 percentage points"
    assert found.relative_of_percentage == "Relative to the figure before: +50%."
    assert change(4, 6, "people").relative_of_percentage == ""


@pytest.mark.parametrize(
    ("facts", "reason"),
    [((0, 12), "began at nothing"), ((-3, 2), "below zero"), ((3, -2), "below zero"), ((10, 12, "°C"), "scale")],
)
def test_the_page_says_why_there_is_no_percentage(facts, reason):
    assert reason in change(*facts).why_no_percentage


@pytest.mark.parametrize(
    ("better", "after", "words"),
    [
        ("lower", 3, "Lower is better: it improved."),
        ("lower", 9, "Lower is better: it got worse."),
        ("higher", 9, "Higher is better: it improved."),
        ("higher", 5, "Higher is better."),
        ("", 9, ""),
    ],
)
def test_which_way_is_better_decides_what_a_change_is(better, after, words):
    assert change(5, after, better=better).verdict == words


@pytest.mark.parametrize(
    ("better", "before", "after", "target", "words"),
    [
        ("higher", 10, 20, 20, "The target of 20 people was met."),
        ("lower", 10, 4, 5, "The target of 5 people was met."),
        ("higher", 10, 15, 20, "The target of 20 people was met in part: 50% of the way."),
        ("higher", 0, 199.9, 200, "The target of 200 people was met in part: 99% of the way."),
        ("lower", 10, 12, 5, "The target of 5 people was missed."),
        ("higher", 10, 10, 20, "The target of 20 people was missed."),
        ("higher", None, 15, 20, "The target of 20 people was missed."),
        ("higher", 30, 25, 26, "The target of 26 people was missed."),
    ],
)
def test_a_target_is_met_met_in_part_or_missed(better, before, after, target, words):
    assert change(before, after, better=better, target=target).target_in_words == words


@pytest.mark.parametrize(
    ("prices", "dates", "words"),
    [
        ("adjusted", ("2009", "2019"), "Adjusted for inflation."),
        ("as_paid", ("2018", "2019"), "In money of the time."),
        ("as_paid", ("2009", "2019"), "In money of the time, so part of the change may be inflation."),
        ("", ("2009", "2019"), "It is not known whether this is adjusted for inflation."),
        ("", ("2018-04", "2019-03"), ""),
        ("", ("2018-04", "2020-04"), "It is not known whether this is adjusted for inflation."),
        ("", ("", "2020"), ""),
    ],
)
def test_money_says_in_whose_pounds_it_stands(prices, dates, words):
    found = change(100, 150, "£ a year", before_date=dates[0], after_date=dates[1], prices=prices)
    assert found.prices_in_words == words
    assert change(100, 150, "people", before_date="2009", after_date="2019", prices=prices).prices_in_words == ""


def test_few_people_drop_out_and_their_own_word_are_said():
    found = change(4, 8, sample_size=12, drop_out=35, self_reported=True)
    assert found.cautions == [
        "Only 12 were measured, so chance may explain the change.",
        "35% dropped out before the second figure, which may flatter it.",
        "It rests on what people say of themselves.",
    ]
    assert change(4, 8, sample_size=412, drop_out=0).cautions == []


@pytest.mark.parametrize("after", ["about a third", "NaN", "Infinity", None, ""])
def test_what_is_no_number_has_no_change(after):
    assert change(5, after) is None


def test_months_between_dates_at_the_precision_that_both_have():
    assert months_between("2018-04", "2019-03") == 11
    assert months_between("2018", "2019-03") == 12
    assert months_between("", "2019") is None
