"""Likeness as a number and in words, without a database."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import Tier
from members.similarity import (
    FEWEST_FACTS,
    LEAST_WEIGHT,
    REFERENCE,
    RURALITY,
    WEIGHTS,
    Scale,
    comparison,
    is_comparable,
    likeness,
    missing_words,
    scale_of,
    similarity_words,
    too_little_known,
)


@dataclass(frozen=True)
class Council:
    short_name: str = "Stockport"
    tier: str = "metropolitan"
    nation: str = "England"
    population: int | None = 294_773
    density: float | None = 2_340.0
    rural_urban: str = "Urban"
    deprivation_score: float | None = 20.8
    deprivation_decile: int | None = 6


# How a fact is taken away.
UNKNOWN = {
    "tier": {"tier": ""},
    "population": {"population": None},
    "deprivation": {"deprivation_score": None, "deprivation_decile": None},
    "density": {"density": None},
    "rural_urban": {"rural_urban": ""},
    "nation": {"nation": ""},
}


def without(council, *facts):
    for fact in facts:
        council = replace(council, **UNKNOWN[fact])
    return council


def maybe(strategy, nothing=None):
    return st.one_of(st.just(nothing), strategy)


reals = st.floats(min_value=0, max_value=1e6, allow_nan=False)
councils = st.builds(
    Council,
    tier=st.sampled_from(["", *Tier.values, "commune"]),
    nation=st.sampled_from(["", "England", "england", "Wales", "Scotland", "Northern Ireland", "Jersey"]),
    population=maybe(st.integers(min_value=0, max_value=10_000_000)),
    density=maybe(st.one_of(reals, st.sampled_from([float("nan"), float("inf"), 0.0, 1e-300]))),
    rural_urban=st.sampled_from(["", *RURALITY, "Urban", "Sparse and rural", "lunar"]),
    deprivation_score=maybe(st.one_of(reals, st.sampled_from([float("nan"), float("-inf")]))),
    deprivation_decile=maybe(st.integers(min_value=1, max_value=10)),
)
complete = st.builds(
    Council,
    tier=st.sampled_from([tier for tier in Tier.values if tier not in {"charity", "residents", "employees"}]),
    nation=st.sampled_from(["England", "Wales", "Scotland", "Northern Ireland"]),
    population=st.integers(min_value=1, max_value=10_000_000),
    density=st.floats(min_value=0.01, max_value=1e5),
    rural_urban=st.sampled_from(sorted(RURALITY)),
    deprivation_score=st.floats(min_value=0, max_value=100),
    deprivation_decile=maybe(st.integers(min_value=1, max_value=10)),
)
scales = st.builds(
    Scale,
    log_population=st.floats(min_value=0.01, max_value=5),
    log_density=st.floats(min_value=0.01, max_value=5),
    deprivation_score=st.floats(min_value=0.1, max_value=50),
)


def test_the_weights_are_a_whole():
    assert sum(WEIGHTS.values()) == pytest.approx(1)


@given(councils, councils, scales)
def test_it_is_the_same_both_ways_round(a, b, scale):
    assert likeness(a, b, scale=scale) == likeness(b, a, scale=scale)


@given(councils, councils, scales)
def test_it_is_between_nought_and_one_or_not_said(a, b, scale):
    found = likeness(a, b, scale=scale)
    assert all(0 <= alike <= 1 for alike in found.by_fact.values())
    assert set(found.by_fact).isdisjoint(found.missing)
    assert set(found.by_fact) | set(found.missing) == set(WEIGHTS)
    weight = sum(WEIGHTS[name] for name in found.by_fact)
    if found.is_known:
        assert 0 <= found.score <= 1
        assert len(found.by_fact) >= FEWEST_FACTS
        assert weight >= LEAST_WEIGHT - 1e-9
    else:
        assert len(found.by_fact) < FEWEST_FACTS or weight < LEAST_WEIGHT


@given(councils, scales)
def test_a_council_is_like_itself(one, scale):
    found = likeness(one, one, scale=scale)
    assert found.score in {None, 1.0}
    assert found.is_known == is_comparable(one)


@given(complete, complete, scales, st.sampled_from(sorted(WEIGHTS)), st.booleans())
def test_a_missing_fact_moves_the_result_by_no_more_than_its_share(a, b, scale, fact, of_both):
    whole = likeness(a, b, scale=scale)
    left = likeness(without(a, fact), without(b, fact) if of_both else b, scale=scale)
    assert left.missing == (fact,)
    assert abs(left.score - whole.score) <= WEIGHTS[fact] / (1 - WEIGHTS[fact]) + 1e-9


@given(complete, complete, scales, st.sets(st.sampled_from(sorted(WEIGHTS)), max_size=3))
def test_facts_that_agree_with_the_rest_change_nothing_by_going(a, b, scale, facts):
    """What is left decides: taking facts away gives the mean of the others."""
    left = likeness(without(a, *facts), b, scale=scale)
    if left.is_known:
        low, high = min(left.by_fact.values()), max(left.by_fact.values())
        assert low - 1e-9 <= left.score <= high + 1e-9


@given(councils, councils)
def test_words_are_there_just_when_the_number_is(a, b):
    if likeness(a, b).is_known:
        assert comparison(a, b)
        assert similarity_words(a, b)
    else:
        assert similarity_words(a, b) == ""
        assert missing_words(a, b) == ""


@given(st.lists(councils, max_size=60))
def test_a_scale_is_never_nought(some):
    scale = scale_of(some)
    assert min(scale.as_json().values()) > 0


def test_a_scale_needs_councils_enough():
    assert scale_of([Council()] * 29) == REFERENCE
    wide = [Council(deprivation_score=score) for score in range(60)]
    assert scale_of(wide).deprivation_score == pytest.approx(17.3, abs=0.1)
    assert scale_of(wide).log_density == pytest.approx(REFERENCE.log_density / 10)


@pytest.mark.parametrize(
    ("nearer", "further"),
    [
        ({}, {"population": 600_000}),
        ({"population": 350_000}, {"population": 20_000}),
        ({"tier": "unitary"}, {"tier": "county"}),
        ({"tier": "county"}, {"tier": "parish"}),
        ({"tier": "scotland"}, {"tier": "northern-ireland"}),
        ({"rural_urban": "Urban with rural areas"}, {"rural_urban": "Sparse and rural"}),
        ({"deprivation_score": 25.0}, {"deprivation_score": 40.0}),
        ({"density": 1_000.0}, {"density": 30.0}),
        ({}, {"nation": "Scotland"}),
    ],
)
def test_what_is_nearer_is_more_alike(nearer, further):
    stockport = Council()
    assert (
        likeness(stockport, replace(stockport, **nearer)).score
        > likeness(stockport, replace(stockport, **further)).score
    )


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "similar size, just as urban, similarly deprived"),
        (
            {"rural_urban": "Rural", "deprivation_score": 10.0},
            "similar size, more rural, less deprived",
        ),
        (
            {"population": 1_100_000, "deprivation_score": 38.0, "tier": "unitary"},
            "much larger, just as urban, more deprived, a unitary council",
        ),
        (
            {"population": 150_000, "nation": "Wales", "tier": "wales"},
            "smaller, just as urban, similarly deprived, in Wales",
        ),
        ({"rural_urban": "", "density": 90.0}, "similar size, less densely settled, similarly deprived"),
        ({"deprivation_score": None, "deprivation_decile": 2}, "similar size, just as urban, more deprived"),
        ({"population": None}, "just as urban, similarly deprived"),
    ],
)
def test_why_in_words(other, words):
    assert similarity_words(Council(), replace(Council(short_name="Elsewhere"), **other)) == words


def test_words_speak_of_the_second_council():
    town, country = Council(), Council(rural_urban="Rural", population=50_000)
    assert similarity_words(town, country).startswith("much smaller, more rural")
    assert similarity_words(country, town).startswith("much larger, more urban")


def test_what_is_not_known_is_said():
    fife = without(Council(short_name="Fife"), "deprivation")
    assert missing_words(Council(), fife) == "Deprivation is not known for Fife."
    assert missing_words(without(Council(), "deprivation"), fife) == "Deprivation is not known for Stockport and Fife."
    assert missing_words(Council(), Council()) == ""


def test_too_little_known_gives_no_number():
    group = Council("Friends of the Park", "residents", "England", None, None, "", None, None)
    assert not is_comparable(group)
    assert likeness(Council(), group).score is None
    assert too_little_known(group) == "We do not know enough about Friends of the Park to compare it with others."


def test_the_kind_of_council_and_its_nation_alone_are_not_enough():
    bare = without(Council(), "population", "density", "rural_urban", "deprivation")
    assert not is_comparable(bare)
