"""Which documents have what is looked for, and how well: BM25, worked out from what the database knows of each word.

The databases say where a word is and how much of it (`Dialect.postings`). How rare it is among what this reader may
search is counted here, so that both databases rank alike, and so that what means the same counts as one word.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log

from search import welsh
from search.engines.base import needed
from search.engines.sql.dialect import Asked, Dialect
from search.text import Wanted, Words

# What another word for the same is worth beside the word that was typed.
SYNONYM = 0.8
# All the words side by side, or not far from each other.
SIDE_BY_SIDE, CLOSE = 1.15, 1.07
# Only short searches have words that could stand together.
NEAR_WORDS = 6
# Weighing a word in each document that has it is what takes time: beyond so many, that a word is there must do.
WEIGHED, PRESENT = 6_000, 1.0


@dataclass(frozen=True)
class Matches:
    """`scores` by document, lower is better; `enough` are those that have as many of the wanted things as are needed.

    `excluded` have something unwanted. Where nothing else is asked (`only_unwanted`) all the rest matches.
    `unknown` are words that nothing has that the reader may search.
    """

    scores: dict[int, float] = field(default_factory=dict)
    enough: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    unknown: tuple[str, ...] = ()

    only_unwanted: bool = False


class _Question:
    """The literals of a search, each asked once, and where the postings of each go."""

    def __init__(self) -> None:
        self.asked: dict[Asked, int] = {}

    def number(self, literal: str) -> list[int]:
        """What to look a literal up by: as it is, and by its headwords in Welsh documents."""
        every = [Asked(literal)]
        if headwords := welsh.stems(literal):
            every.append(Asked(headwords, welsh=True))
        return [self.asked.setdefault(one, len(self.asked)) for one in every]


def match(dialect: Dialect, words: Words, *, members: bool, weighed: bool = True, together: bool = True) -> Matches:
    """Look everything up in one statement, and in a second one, if asked, what has the words `together`."""
    question = _Question()
    own = [[question.number(one) for one in _own(wanted)] for wanted in words.wanted]
    others = [[question.number(one) for one in wanted.others] for wanted in words.wanted]
    unwanted = [question.number(one) for one in words.unwanted]
    asked = list(question.asked)
    held = dialect.holders(asked, members=members)
    excluded = frozenset(one for numbers in unwanted for number in numbers for one in held[number])
    if not words.wanted:
        return Matches(excluded=excluded, only_unwanted=True)
    # Where nothing is weighed, the most frequent word says well enough how much there is.
    total = dialect.count() if weighed else 2 * max(map(len, held), default=1)
    postings = [dict.fromkeys(ids, PRESENT) for ids in held]
    if weighed:
        telling = _worth_weighing(held, without={one for numbers in unwanted for one in numbers})
        weights = dialect.weights({asked[one]: len(held[one]) for one in telling}, members=members)
        for one, weight in weights.items():
            postings[question.asked[one]] = weight
    scores: dict[int, float] = defaultdict(float)
    has: Counter[int] = Counter()
    hard: list[set[int]] = []
    unknown: list[str] = []
    for wanted, own_numbers, other_numbers in zip(words.wanted, own, others, strict=True):
        terms = [_union(postings, numbers) for numbers in own_numbers]
        same = [_union(postings, numbers) for numbers in other_numbers]
        holders = _score(scores, terms, same, total=total, times=wanted.times)
        has.update(holders)
        if wanted.exact:
            hard.append(holders)
        unknown += [word for word, term in zip(_own(wanted), terms, strict=True) if not term and not holders]
    for holders in hard:
        scores = {number: score for number, score in scores.items() if number in holders}
    if excluded:
        scores = {number: score for number, score in scores.items() if number not in excluded}
    least = needed(len(words.wanted))
    enough = frozenset(number for number in scores if has[number] >= least)
    ranked = {number: -score for number, score in scores.items()}
    if weighed and together:
        _lift_what_stands_together(dialect, words, ranked, members=members)
    return Matches(ranked, enough, excluded, tuple(unknown))


def _worth_weighing(held: Sequence[Sequence[int]], *, without: set[int]) -> Iterator[int]:
    """The rarest: the rarer a word, the more it says, and the cheaper it is to weigh. At least one is weighed."""
    weighed = 0
    for number in sorted(range(len(held)), key=lambda one: len(held[one])):
        if number in without or not held[number]:
            continue
        if weighed and weighed + len(held[number]) > WEIGHED:
            return
        weighed += len(held[number])
        yield number


def _own(wanted: Wanted) -> list[str]:
    return [str(wanted)] if wanted.exact else list(wanted.words)


def _union(postings: Sequence[dict[int, float]], numbers: Sequence[int]) -> dict[int, float]:
    """A literal as it is and by its headwords: whichever says more."""
    first = postings[numbers[0]]
    more = [found for number in numbers[1:] if (found := postings[number])]
    if not more:
        return first
    union = dict(first)
    for found in more:
        for document_id, weight in found.items():
            union[document_id] = max(weight, union.get(document_id, 0))
    return union


def _score(
    scores: dict[int, float],
    terms: Sequence[dict[int, float]],
    same: Sequence[dict[int, float]],
    *,
    total: int,
    times: int,
) -> set[int]:
    """Add what one wanted thing is worth to each document's score; return the documents that have it."""
    if len(terms) == 1 and not any(same):
        rare = times * _rarity(len(terms[0]), total)
        for document_id, weight in terms[0].items():
            scores[document_id] += rare * weight
        return set(terms[0])
    holders = set.intersection(*map(set, terms)).union(*same)
    rare = _rarity(len(holders), total)
    worth: dict[int, float] = defaultdict(float)
    for term in terms:
        # As rare as the word itself, and where others mean the same, as rare as all of them together.
        own = rare if len(terms) == 1 else _rarity(len(term), total)
        for document_id, weight in term.items():
            worth[document_id] += own * weight
    for term in same:
        for document_id, weight in term.items():
            worth[document_id] = max(worth[document_id], SYNONYM * rare * weight * len(terms))
    for document_id, value in worth.items():
        scores[document_id] += times * value
    return holders


def _rarity(holders: int, total: int) -> float:
    return log(1 + max(total - holders + 0.5, 0.5) / (holders + 0.5))


def _lift_what_stands_together(dialect: Dialect, words: Words, ranked: dict[int, float], *, members: bool) -> None:
    literals = [word for wanted in words.wanted for word in wanted.words]
    if not 2 <= len(literals) <= NEAR_WORDS or not ranked:
        return
    side_by_side, close = dialect.together(literals, members=members)
    lifts = dict.fromkeys(close, CLOSE) | dict.fromkeys(side_by_side, SIDE_BY_SIDE)
    for number in lifts.keys() & ranked.keys():
        ranked[number] *= lifts[number]
