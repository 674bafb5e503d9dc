"""The evidence rating: the table of decision 0011, by hand-made cases and by properties."""

import json
from dataclasses import replace

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from casestudies.evidence import (
    AdopterFacts,
    Deduction,
    EvidenceFacts,
    MeasureFacts,
    Question,
    Rating,
    Step,
    Verdict,
    rate,
    words,
)
from tests.casestudies.evidence_cases import CASES, SEEN, account, compared, figure, found, randomised

INDICATORS = ("shops", "visits")
DATES = st.sampled_from(["", "2018", "2020-05"])

measures = st.builds(
    MeasureFacts,
    same_as=st.sampled_from(INDICATORS),
    indicator=st.just("an indicator"),
    before=st.none() | st.sampled_from([0.0, 10.0, 20.0]),
    after=st.sampled_from([0.0, 10.0, 20.0]),
    before_date=DATES,
    after_date=DATES,
    comparison=st.sampled_from(["none", "before_and_after", "comparison_group", "randomised"]),
    why_comparable=st.sampled_from(["", "The next town."]),
    sample_size=st.none() | st.integers(0, 60),
    drop_out=st.none() | st.integers(0, 100),
    self_reported=st.booleans(),
)
adopters = st.builds(AdopterFacts, organisation=st.integers(1, 6), measures=st.lists(measures, max_size=2).map(tuple))
evidence = st.builds(
    EvidenceFacts,
    problem=st.booleans(),
    approach=st.booleans(),
    outcome=st.sampled_from(["", "worked", "partly_worked", "did_not_work", "too_early"]),
    sources=st.integers(0, 3),
    independent=st.sampled_from([(), SEEN]),
    cost=st.booleans(),
    measures=st.lists(measures, max_size=4).map(tuple),
    adopters=st.lists(adopters, max_size=5).map(tuple),
)
# Generated at random, most accounts lack something at row 1, and nothing above it is tried.
begun = st.builds(
    lambda facts: replace(facts, problem=True, approach=True, sources=1, outcome=facts.outcome or "worked"), evidence
).filter(lambda facts: facts.has_named_outcome)


@pytest.mark.parametrize(("name", "facts", "value", "why"), CASES, ids=[case[0] for case in CASES])
def test_the_table_of_cases(name, facts, value, why):
    assert rate(facts).value == value, why


def test_the_cases_are_many_and_reach_every_level():
    assert len(CASES) >= 30
    assert {value for _, _, value, _ in CASES} == set(range(6))


# --- Bounds, determinism, order ----------------------------------------------------------------------


@given(evidence)
def test_it_stays_between_0_and_5_and_takes_two_off_at_most(facts):
    rating = rate(facts)
    assert 0 <= rating.value <= rating.row <= 5
    assert rating.off <= 2
    assert bool(rating.off) <= bool(rating.deductions)


@given(evidence, st.randoms())
def test_the_same_facts_give_the_same_rating_in_whatever_order_they_come(facts, random):
    shuffled = replace(
        facts,
        measures=tuple(random.sample(facts.measures, len(facts.measures))),
        adopters=tuple(random.sample(facts.adopters, len(facts.adopters))),
    )
    assert rate(facts) == rate(facts) == rate(shuffled)


@given(evidence)
def test_what_is_stored_comes_back_whole(facts):
    rating = rate(facts)
    assert Rating.from_stored(rating.value, json.loads(json.dumps(rating.stored()))) == rating


# --- More evidence never lowers it -------------------------------------------------------------------


def conflict(facts) -> int:
    return sum(one.steps for one in rate(facts).deductions if one.why == Question.CONFLICT)


def disagrees(facts) -> bool:
    """Whether anything that was measured, here or elsewhere, moved both ways: then results conflict."""
    every = [*facts.measures, *(measure for adopter in facts.adopters for measure in adopter.measures)]
    return any({1, -1} <= {measure.direction for measure in every if measure.same_as == name} for name in INDICATORS)


@given(evidence, measures)
def test_a_further_figure_never_lowers_it_unless_results_conflict(facts, measure):
    more = replace(facts, measures=(*facts.measures, measure))
    assert rate(more).value >= rate(facts).value or disagrees(more)


@given(evidence, adopters)
def test_what_another_organisation_found_never_lowers_it_unless_results_conflict(facts, adopter):
    more = replace(facts, adopters=(*facts.adopters, adopter))
    assert rate(more).value >= rate(facts).value or disagrees(more)


@given(begun, st.integers(10, 14))
def test_an_organisation_that_found_the_same_never_lowers_it_even_where_others_conflict(facts, organisation):
    agreeing = tuple(measure for measure in facts.measures if measure.measured)
    more = replace(facts, adopters=(*facts.adopters, AdopterFacts(organisation=organisation, measures=agreeing)))
    assert rate(more).value >= rate(facts).value


@given(evidence)
def test_a_source_an_outcome_a_cost_or_an_evaluation_never_lowers_it(facts):
    for more in (
        replace(facts, sources=facts.sources + 1),
        replace(facts, cost=True),
        replace(facts, independent=(*facts.independent, "Another report")),
        replace(facts, problem=True),
        replace(facts, approach=True),
        facts if facts.has_named_outcome else replace(facts, outcome="did_not_work"),
    ):
        assert rate(more).value >= rate(facts).value


@given(evidence, st.data())
def test_a_stronger_figure_in_place_of_a_weaker_never_lowers_it(facts, data):
    """More people, fewer who left, not only told, a why, a better comparison: what is known of it already, better."""
    if not facts.measures:
        return
    at = data.draw(st.integers(0, len(facts.measures) - 1))
    one = facts.measures[at]
    for stronger in (
        replace(one, self_reported=False),
        replace(one, why_comparable="The next town."),
        replace(one, comparison="randomised"),
        replace(one, sample_size=None if one.sample_size is None else one.sample_size + 10),
        replace(one, drop_out=None if one.drop_out is None else one.drop_out // 2),
    ):
        more = replace(facts, measures=(*facts.measures[:at], stronger, *facts.measures[at + 1 :]))
        assert rate(more).value >= rate(facts).value


@given(evidence)
def test_whether_it_worked_is_no_part_of_how_sure_we_are(facts):
    if facts.has_named_outcome:
        assert len({rate(replace(facts, outcome=one)).value for one in ("worked", "did_not_work")}) == 1


# --- What it says would raise it, does ---------------------------------------------------------------


def taken(facts, rating):
    """The facts after somebody did what the page says would raise it."""
    steps = set(rating.raised_by)
    strong = tuple(one for one in facts.measures if one.measured)
    if Step.DATES in steps:
        facts = replace(
            facts,
            measures=tuple(
                replace(one, before_date=one.before_date or "2018", after_date=one.after_date or "2020")
                for one in facts.measures
            ),
        )
    if Step.FIGURES in steps:
        facts = replace(facts, measures=(*facts.measures, figure("new")))
    if steps & {Step.COMPARISON, Step.WHY_COMPARABLE}:
        against = {"comparison": "comparison_group", "why_comparable": "The next town."}
        facts = replace(facts, measures=tuple(replace(one, **against) for one in facts.measures))
    if steps & {Step.REPEATED, Step.AGREEMENT}:
        others = tuple(AdopterFacts(organisation=100 + n, measures=strong) for n in range(rating.more))
        facts = replace(facts, adopters=facts.adopters + others)
    if steps & {Step.MORE_PEOPLE, Step.FEWER_LEAVING, Step.NOT_ONLY_TOLD}:
        better = {"sample_size": 500, "drop_out": 0, "self_reported": False}
        facts = replace(facts, measures=tuple(replace(one, **better) for one in facts.measures))
    if Step.ONE_STORY in steps:
        facts = replace(facts, measures=strong[:1], adopters=())
    given_facts = {
        Step.PROBLEM: {"problem": True},
        Step.APPROACH: {"approach": True},
        Step.OUTCOME: {"outcome": "worked"},
        Step.SOURCE: {"sources": 1},
        Step.COST: {"cost": True},
        Step.SECOND_PAIR_OF_EYES: {"independent": SEEN},
    }
    for step in steps & given_facts.keys():
        facts = replace(facts, **given_facts[step])
    return facts


@given(evidence | begun)
def test_what_it_says_would_raise_it_raises_it(facts):
    rating = rate(facts)
    if rating.value == 5:
        assert not rating.raised_by
        return
    assert rating.raised_by
    own_conflict = Step.ONE_STORY in rating.raised_by or any(
        {1, -1} <= {one.direction for one in facts.measures if one.same_as == name} for name in INDICATORS
    )
    if not own_conflict:
        assert rate(taken(facts, rating)).value > rating.value


# --- In words ----------------------------------------------------------------------------------------


@given(evidence)
def test_every_rating_has_a_sentence_of_why_one_of_what_would_raise_it_and_all_answers(facts):
    rating = rate(facts)
    for sentence in (words.why(rating), words.what_would_raise(rating)):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
        assert "%(" not in sentence
    said = words.answers(rating)
    assert len(said) == len(Question)
    assert all(answer.verdict in {"Yes", "No", "Not known"} for answer in said)


def test_the_sentence_says_what_was_taken_off_and_why():
    weak = rate(account(compared(sample_size=8, self_reported=True)))
    assert weak.deductions == (Deduction(why=Question.FEW), Deduction(why=Question.SELF_REPORTED))
    assert words.why(weak).endswith(
        "; two steps are taken off, because very few were counted and it rests on people’s own word."
    )
    one = rate(account(compared(), adopters=found(40.0, "A")))
    assert words.why(one).endswith("; one step is taken off, because the results conflict.")
    assert "1 organisation found the opposite" in [answer.rests_on for answer in words.answers(one)]


def test_it_says_what_would_raise_it_in_the_order_of_the_table():
    said = [
        words.what_would_raise(rate(facts))
        for facts in (
            account(sources=0),
            account(),
            account(figure(before_date="")),
            account(figure()),
            account(compared(why_comparable="")),
            account(compared()),
            account(compared(), cost=True, independent=SEEN),
            account(randomised(), cost=True, independent=SEEN),
        )
    ]
    assert said == [
        "What would raise it: a source.",
        "What would raise it: a figure before and after, with dates.",
        "What would raise it: the dates of the figures before and after.",
        "What would raise it: a comparison with people or a place without it.",
        "What would raise it: saying why the two that are compared can be compared.",
        (
            "What would raise it: the cost and an independent evaluation (or another organisation that "
            "measures the same and finds the same)."
        ),
        "What would raise it: 2 more organisations that measure the same and find the same.",
        "It stands as high as it can.",
    ]


def test_what_nobody_said_is_not_known_and_not_no():
    answers = rate(account(figure())).answers
    assert answers[Question.FEW].verdict == answers[Question.DROP_OUT].verdict == Verdict.UNKNOWN
    assert rate(account(figure(sample_size=40))).answers[Question.FEW].verdict == Verdict.NO


def test_no_words_are_stored():
    """A sentence that were stored would stay in the language of whoever saved the page."""
    rating = rate(account(compared(sample_size=8), adopters=found(40.0, "A")))
    with override("cy"):
        stored = json.dumps(rating.stored())
    assert words.why(rating) not in stored
    assert " " not in "".join(str(step) for step in rating.raised_by)
