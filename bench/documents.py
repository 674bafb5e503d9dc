"""Documents for the engines, as many as are wanted, the same for the same seed, without pages behind them.

Each takes the sentences of one of the demonstration's case studies, mixed with sentences of others; in each sentence
some words give way to words drawn as a language draws them, few often and most seldom, from the demonstration's own
vocabulary and from a long tail of names. So the index has long and short lists of postings, as a real one has.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from bench import collections
from casestudies.choices import Outcome, Stage
from core.models import Topic
from members.models import Tier
from search.documents import Point, SearchDocument, Term

COUNCILS, PLACES, NAMES = 380, 2_000, 20_000
REGIONS = ("North East", "North West", "East Midlands", "West Midlands", "London", "South East", "South West", "Wales")
COSTS = ("none", "under-10k", "10k-100k", "100k-1m", "over-1m")
SENTENCES = 18
MEMBERS_ONLY = 20  # one in so many
_WORD = re.compile(r"[a-z]{5,}")
_START = datetime(2012, 1, 1, tzinfo=UTC)


def documents(count: int, *, seed: int = 100) -> Iterator[SearchDocument]:
    chance = random.Random(seed)  # noqa: S311 - the same documents each time
    cases = [case for case in collections.demonstration() if len(list(collections.sentences(case))) > 5]
    said = [list(collections.sentences(case)) for case in cases]
    every = [sentence for own in said for sentence in own]
    counted = Counter(word for sentence in every for word in _WORD.findall(sentence.lower()))
    names = collections.words(chance, NAMES)
    vocabulary = [word for word, _ in counted.most_common()] + names
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(vocabulary))))
    pool = iter(())
    topics = [Term(one.slug, one.name, one.name_cy) for one in Topic.objects.order_by("slug")]
    titles = [case["title"].split(":")[-1].strip() for case in cases]

    def word() -> str:
        nonlocal pool
        try:
            return next(pool)
        except StopIteration:
            pool = iter(chance.choices(vocabulary, cum_weights=weights, k=10_000))
            return next(pool)

    def vary(sentence: str) -> str:
        words = sentence.split(" ")
        for _ in range(1 + len(words) // 8):
            words[int(chance.random() * len(words))] = word()
        return " ".join(words)

    for number in range(count):
        theme = min(int(chance.expovariate(0.06)), len(cases) - 1)
        text = [
            vary(chance.choice(said[theme] if chance.random() < 0.4 else every))
            for _ in range(chance.randint(SENTENCES // 2, SENTENCES * 3 // 2))
        ]
        council = int(chance.random() * COUNCILS)
        yield _document(chance, number, text, title=vary(titles[theme]), council=council, names=names, topics=topics)


def _document(
    chance: random.Random,
    number: int,
    text: list[str],
    *,
    title: str,
    council: int,
    names: list[str],
    topics: list[Term],
) -> SearchDocument:
    name = names[council].capitalize()
    place = names[COUNCILS + int(chance.random() ** 2 * PLACES)].capitalize()
    region = REGIONS[council % len(REGIONS)]
    rating, adoptions = chance.randint(0, 5), int(chance.expovariate(1))
    own = tuple(chance.sample(topics, k=min(chance.randint(1, 3), len(topics))))
    outcome, stage, tier = (chance.choice(one).value for one in (list(Outcome), list(Stage), list(Tier)))
    open_facets = {
        "type": (Term("case_study"),),
        "topic": own,
        "council": (Term(f"council-{council}", name),),
        "region": (Term(region.lower().replace(" ", "-"), region),),
        "tier": (Term(tier),),
    }
    inner_facets = {
        "outcome": (Term(outcome),),
        "stage": (Term(stage),),
        "evidence": (Term(str(rating)),),
        "cost": (Term(chance.choice(COSTS)),),
        "year": (Term(str(2010 + int(chance.random() * 16))),),
        "place": (Term(place.lower(), place),),
        **({"programme": (Term(f"programme-{number % 14}", f"Programme {number % 14}"),)} if number % 3 else {}),
    }
    inner: dict[str, Any] = {
        "problem": text[0],
        "lessons": " ".join(text[1:4]),
        "tags": tuple(text[-1].lower().split()[:3]),
        "public_text": " ".join(text[4:]),
        "points": (Point(50 + chance.random() * 8, -5 + chance.random() * 6),),
        "evidence": rating,
        "adoptions": adoptions,
    }
    members_only = number % MEMBERS_ONLY == 0
    return SearchDocument(
        kind="case_study",
        object_id=1_000_000 + number,
        url=f"/councils/council-{council}/{number}/",
        title=title[:200],
        summary=" ".join(text[:2])[:300],
        context=(*(term.label for term in own), name, f"{name} Council", region),
        facets=open_facets if members_only else {**open_facets, **inner_facets},
        members_facets=inner_facets if members_only else {},
        published_at=_START + timedelta(hours=int(chance.random() * 125_000)),
        audience="members" if members_only else "public",
        card={
            "council": name,
            "council_slug": f"council-{council}",
            "place": place,
            "outcome": outcome,
            "stage": stage,
        },
        **({"members_text": inner["public_text"]} if members_only else inner),
    )
