"""Which documents have what is looked for, and how well: BM25 over several fields as if they were one.

Each wanted thing is a clause of its own, so that what means the same counts as one thing, and so that a result may
lack some. Filters and weights do what a script would, and work on every server.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from search import welsh
from search.engines.base import STALE_WEIGHT, needed
from search.engines.elastic.mapping import (
    FOR_MEMBERS,
    SEARCHED,
    WEIGHED,
    WEIGHED_FOR_MEMBERS,
    WELSH,
    WELSH_FOR_MEMBERS,
)
from search.text import Wanted, Words

Clause = dict[str, Any]

# What another word for the same is worth beside the word that was typed.
SYNONYM = 0.8
# What two words that stand together as they were typed add, as a part of what they are worth as a phrase.
SIDE_BY_SIDE = 0.1
# Words further apart than this do not stand together.
SLOP = 2
# Only short searches have words that could stand together.
MOST_PAIRS = 6
# Steps of a few per cent, one on top of the other; nothing asks how it turned out.
EVIDENCE_STEPS = (1, 2, 3, 4, 5)
ADOPTION_STEPS = (1, 3, 9)
AGE_STEPS = ("now-4y/d", "now-2y/d", "now-1y/d")
STEP = 1.01


def fields(*, members: bool) -> list[str]:
    """Where marks are made."""
    return [*SEARCHED, *FOR_MEMBERS] if members else [*SEARCHED]


def matching(words: Words, *, members: bool, any_word: bool) -> Clause:
    """What has enough of the words (any of them will do if `any_word`) in the fields that the reader may search, and
    in no other. Quoted words must be there, and unwanted ones must not.
    """
    if not words:
        return {"match_all": {}}
    searched = _Fields(members=members)
    wanted = [_one(one, searched) for one in words.wanted]
    inner: Clause = {
        "must_not": [searched.having(one, phrase=True) for one in words.unwanted],
        "filter": [searched.having(str(one), phrase=True) for one in words.wanted if one.exact and not one.others],
    }
    if wanted:
        inner |= {"should": wanted, "minimum_should_match": 1 if any_word else needed(len(wanted))}
    together = list(_together(words, searched))
    if not together:
        return {"bool": inner}
    return {"bool": {"must": [{"bool": inner}], "should": together}}


class _Fields:
    """Where a reader may look: as written, and by stems in what is Welsh."""

    def __init__(self, *, members: bool) -> None:
        self.plain = [*WEIGHED, *WEIGHED_FOR_MEMBERS] if members else [*WEIGHED]
        self.welsh = [*WELSH, *WELSH_FOR_MEMBERS] if members else [*WELSH]

    def having(self, text: str, *, phrase: bool) -> Clause:
        plain, by_stems = _query(text, self.plain, phrase=phrase), welsh.stems(text)
        if not by_stems:
            return plain
        return {"dis_max": {"queries": [plain, _query(by_stems, self.welsh, phrase=phrase)]}}


def _query(text: str, searched: Sequence[str], *, phrase: bool) -> Clause:
    if phrase and not text.isalnum():  # one word is no phrase
        return {"multi_match": {"query": text, "fields": list(searched), "type": "phrase"}}
    return {"combined_fields": {"query": text, "fields": list(searched), "operator": "and"}}


def _one(wanted: Wanted, searched: _Fields) -> Clause:
    """As typed, or anything that means the same."""
    clause = searched.having(str(wanted), phrase=wanted.exact)
    if wanted.others:
        others = [_weighed(searched.having(other, phrase=" " in other), SYNONYM) for other in wanted.others]
        clause = {"dis_max": {"queries": [clause, *others]}}
    return clause if wanted.times == 1 else _weighed(clause, wanted.times)


def _weighed(clause: Clause, weight: float) -> Clause:
    return {"bool": {"must": [clause], "boost": weight}}


def _together(words: Words, searched: _Fields) -> Iterator[Clause]:
    """Each two neighbours of a short search, near each other."""
    if len(words.wanted) > MOST_PAIRS:
        return
    for first, second in pairwise(words.literals):
        near = {"query": f"{first} {second}", "fields": searched.plain, "type": "phrase", "slop": SLOP}
        yield {"multi_match": {**near, "boost": SIDE_BY_SIDE}}


def lifted(query: Clause, *, members: bool) -> Clause:
    """A little more where the evidence is strong, where others have adopted it and where it is new; less where nobody
    has confirmed it lately. What members alone may know does not order others' results.
    """
    evidence, adoptions, stale = ("all_evidence", "all_adoptions", "all_stale") if members else _OPEN
    functions: list[Clause] = [{"filter": {"term": {stale: True}}, "weight": STALE_WEIGHT}]
    for field, steps in ((evidence, EVIDENCE_STEPS), (adoptions, ADOPTION_STEPS), ("published_at", AGE_STEPS)):
        functions += [{"filter": {"range": {field: {"gte": step}}}, "weight": STEP} for step in steps]
    return {
        "function_score": {
            "query": query,
            "functions": functions,
            "score_mode": "multiply",
            "boost_mode": "multiply",
        }
    }


_OPEN = ("evidence", "adoptions", "stale")
