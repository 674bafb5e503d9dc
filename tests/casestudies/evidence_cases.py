"""Case studies made by hand, each with the rating it should have and why. Read against decision 0011."""

from casestudies.evidence import AdopterFacts, EvidenceFacts, MeasureFacts


def figure(name="shops", before=25.0, after=12.0, **fields):
    """Before and after, with dates; nothing known of the sample."""
    values = {"same_as": name, "indicator": name, "before_date": "2018", "after_date": "2020", **fields}
    return MeasureFacts(before=before, after=after, **values)


def compared(name="shops", before=25.0, after=12.0, **fields):
    why = {"comparison": "comparison_group", "why_comparable": "The next town, of the same size."}
    return figure(name, before, after, **{**why, **fields})


def randomised(name="shops", before=25.0, after=12.0, **fields):
    return figure(name, before, after, **{"comparison": "randomised", **fields})


def account(*measures, adopters=(), **fields):
    """What row 1 asks, and these figures."""
    values = {"problem": True, "approach": True, "outcome": "worked", "sources": 1, **fields}
    return EvidenceFacts(measures=measures, adopters=adopters, **values)


def found(after, *names, before=25.0, **fields):
    """Other organisations that measured the same, from 25 to this."""
    return tuple(
        AdopterFacts(organisation=name, measures=(figure(before=before, after=after, **fields),)) for name in names
    )


SEEN = ("Report of the university",)

# (name, facts, value, why)
CASES = [
    ("nothing at all", EvidenceFacts(), 0, "nobody said anything"),
    ("no outcome", account(outcome=""), 0, "row 1 wants a named outcome"),
    ("too early", account(outcome="too_early"), 0, "an honest answer, not yet an outcome"),
    ("too early, with figures", account(compared(), outcome="too_early"), 0, "rows build on each other"),
    ("no source", account(sources=0), 0, "row 1 wants a source"),
    ("figures without an account", account(compared(), problem=False), 0, "what the figures are about is not said"),
    ("what was done is not said", account(approach=False), 0, "row 1 wants the action"),
    ("a plain account", account(), 1, "problem, action, outcome, source"),
    ("a failure told plainly", account(outcome="did_not_work"), 1, "how sure is apart from whether it worked"),
    ("account with cost and evaluation", account(cost=True, independent=SEEN), 1, "nothing was measured"),
    ("one figure, none before", account(figure(before=None)), 1, "a single figure shows no change"),
    ("a change as one figure", account(compared(before=None, after=-17.0)), 1, "row 2 wants both figures"),
    ("figures without dates", account(figure(before_date="", after_date="")), 1, "row 2 wants dates"),
    ("figures with one date", account(figure(after_date="")), 1, "row 2 wants both dates"),
    ("before and after", account(figure()), 2, "measured before and after, with dates"),
    ("from nothing", account(figure(before=0.0)), 2, "0 is a figure"),
    ("nothing moved", account(figure(after=25.0)), 2, "that nothing moved is a finding"),
    ("a failure measured", account(figure(after=40.0), outcome="did_not_work"), 2, "the figure counts, not its sign"),
    ("before and after, evaluated, costed", account(figure(), cost=True, independent=SEEN), 2, "no comparison"),
    ("group without a why", account(compared(why_comparable="  ")), 2, "row 3 wants to know why comparable"),
    ("group", account(compared()), 3, "and a comparison group, and why comparable"),
    ("group beside a weak figure", account(compared(), figure("x", self_reported=True)), 3, "the best figure carries"),
    ("randomised without a why", account(randomised()), 3, "chance is why enough"),
    ("group and cost", account(compared(), cost=True), 3, "nobody independent looked"),
    ("group and evaluation", account(compared(), independent=SEEN), 3, "row 4 wants the cost too"),
    ("group, cost, evaluation", account(compared(), cost=True, independent=SEEN), 4, "independent, and costed"),
    ("group, cost, one adopter agrees", account(compared(), cost=True, adopters=found(9.0, "A")), 4, "found again"),
    ("group, no cost, two agree", account(compared(), adopters=found(9.0, "A", "B")), 3, "row 4 wants the cost"),
    (
        "adopter without dates",
        account(compared(), cost=True, adopters=found(9.0, "A", after_date="")),
        3,
        "an adopter's figures are held to the same standard",
    ),
    (
        "adopter measured something else",
        account(compared(), cost=True, adopters=found(9.0, "A", same_as="footfall")),
        3,
        "not the same indicator",
    ),
    (
        "adopter saw no movement",
        account(compared(), cost=True, adopters=found(25.0, "A")),
        3,
        "neither the same nor the opposite",
    ),
    (
        "one adopter twice",
        account(compared(), cost=True, adopters=found(9.0, "A") + found(8.0, "A")),
        4,
        "one organisation counts once",
    ),
    (
        "group, cost, two agree",
        account(compared(), cost=True, adopters=found(9.0, "A", "B")),
        5,
        "repeated by two others",
    ),
    (
        "a failure found again",
        account(compared(after=40.0), cost=True, outcome="did_not_work", adopters=found(30.0, "A", "B")),
        5,
        "a failed scheme can be rated 5",
    ),
    ("randomised, evaluated, costed", account(randomised(), cost=True, independent=SEEN), 5, "a trial, independent"),
    ("randomised, evaluated, no cost", account(randomised(), independent=SEEN), 3, "row 4 comes first"),
    (
        "randomised, costed, one agrees",
        account(randomised(), cost=True, adopters=found(9.0, "A")),
        4,
        "nobody independent",
    ),
    ("few", account(compared(sample_size=29)), 2, "one off for very few"),
    ("just enough", account(compared(sample_size=30)), 3, "30 are not very few"),
    ("drop-out", account(compared(drop_out=21)), 2, "one off for high drop-out"),
    ("drop-out at the limit", account(compared(drop_out=20)), 3, "one in five is not more than one in five"),
    ("own word", account(figure(self_reported=True)), 1, "one off for self-report"),
    ("few and own word", account(compared(sample_size=8, self_reported=True)), 1, "two off"),
    ("all three", account(compared(sample_size=8, drop_out=50, self_reported=True)), 1, "two off at most"),
    ("weak before and after", account(figure(sample_size=8, self_reported=True)), 1, "never below what row 1 says"),
    ("weak trial", account(randomised(sample_size=12), cost=True, independent=SEEN), 4, "one off for very few"),
    ("one against", account(compared(), adopters=found(40.0, "A")), 2, "results conflict"),
    (
        "two against, none for",
        account(compared(), adopters=found(40.0, "A", "B")),
        1,
        "the opposite is the rule: two off",
    ),
    (
        "two for, one against",
        account(compared(), cost=True, adopters=found(9.0, "A", "B") + found(40.0, "C")),
        4,
        "row 5, one off for the conflict",
    ),
    (
        "three for, one against",
        account(compared(), cost=True, adopters=found(9.0, "A", "B", "C") + found(40.0, "D")),
        5,
        "one in five is an exception",
    ),
    (
        "two for, five against",
        account(compared(), cost=True, adopters=found(9.0, "A", "B") + found(40.0, "C", "D", "E", "F", "G")),
        1,
        "no repetition counts against a majority, and two off",
    ),
    ("own figures conflict", account(figure(), figure(after=30.0)), 1, "one indicator up and down"),
    ("two indicators, two ways", account(figure("shops"), figure("visits", after=90.0)), 2, "different things"),
    (
        "conflict and few",
        account(compared(sample_size=9), cost=True, independent=SEEN, adopters=found(40.0, "A")),
        2,
        "row 4, two off",
    ),
    (
        "adopters of a page without a group",
        account(figure(), cost=True, adopters=found(9.0, "A", "B", "C")),
        2,
        "row 3 is not met",
    ),
]
