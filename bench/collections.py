"""Judged collections that are not ours to tune: documents, questions and grades, the same for the same seed.

Two kinds. `passages` is real English: each case study of the demonstration content is taken apart into passages, each
a document; the lessons that were drawn from it, and its tags, are the questions, and what comes from the same case
study answers them. `invented` has made-up words that are as unevenly frequent as those of a language, documents that
are about one side of one subject, and short and long questions about it.
"""

import html
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from network.demo.loader import CASE_STUDY_FILES, CONTENT

COUNCIL = "benchford-0"
_TAG = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z£0-9])")
_PROSE = ("problem", "who_for", "approach", "results", "did_not_work", "what_next", "cost_note")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """`rows` are of the import format; `questions`: id → text; `grades`: question → document → grade."""

    rows: Sequence[Mapping[str, Any]]
    questions: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def text_of(row: Mapping[str, Any]) -> str:
    """Everything that a row says, in one piece: the whole document, as plain BM25 sees it."""
    parts = [row["title"], row.get("summary", ""), *(row.get(name, "") for name in _PROSE)]
    return " ".join(map(_plain, filter(None, parts)))


def passages() -> Collection:
    """About 700 passages of two sentences, 57 × (3 lessons + 1 list of tags) questions."""
    rows: list[dict[str, Any]] = []
    questions: dict[str, str] = {}
    grades: dict[str, dict[str, int]] = {}
    for case in demonstration():
        own: dict[str, int] = {}
        for pair in _pairs(sentences(case)):
            name = f"{case['id']}-{len(own)}"
            own[name] = 1
            title, *rest = pair
            rows.append(
                {
                    "id": name,
                    "council": COUNCIL,
                    "title": title[:200],
                    "problem": f"<p>{html.escape(' '.join(rest))}</p>",
                }
            )
        asked = [f"{one['lesson']} {one['why']}" for one in case["lessons"][:3]]
        if case.get("tags"):
            asked.append(" ".join(case["tags"][:4]))
        for number, text in enumerate(asked):
            questions[f"{case['id']}?{number}"] = text
            grades[f"{case['id']}?{number}"] = own
    return Collection(rows=rows, questions=questions, grades=grades)


def demonstration() -> list[dict[str, Any]]:
    """The rows of the demonstration content."""
    return [
        json.loads(line)
        for name in CASE_STUDY_FILES
        for line in (CONTENT / name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def sentences(case: Mapping[str, Any]) -> Iterator[str]:
    """What it says of itself, but for its lessons, which become questions."""
    for name in ("summary", *_PROSE):
        if case.get(name):
            yield from filter(None, _SENTENCE.split(_plain(case[name])))
    yield from (one["text"] for one in case.get("milestones", ()))
    yield from (f"{one['risk']} {one['response']}" for one in case.get("risks", ()))


def _pairs(said: Iterator[str]) -> Iterator[list[str]]:
    held: list[str] = []
    for sentence in said:
        held.append(sentence)
        if len(held) == 2:
            yield held
            held = []
    if held:
        yield [*held, ""]


SUBJECTS, SIDES, OWN_WORDS, COMMON_WORDS = 40, 4, 12, 6_000
_ONSETS = (
    "b",
    "br",
    "c",
    "cl",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "w",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "oo")
_CODAS = ("", "", "l", "m", "n", "nd", "r", "s", "st", "t", "ck")


def invented(size: int = 2_000, *, seed: int = 5) -> Collection:
    """`size` documents of 60 to 250 words; for each side of each subject one short and one long question.

    A document on the same side of the same subject is graded 2, one on another side of it 1.
    """
    chance = random.Random(seed)  # noqa: S311 - the same collection each time
    known = words(chance, COMMON_WORDS + SUBJECTS * (SIDES + 1) * OWN_WORDS)
    common, rest = known[:COMMON_WORDS], known[COMMON_WORDS:]
    weights = list(accumulate(1 / rank for rank in range(1, COMMON_WORDS + 1)))
    own = [rest[start : start + OWN_WORDS] for start in range(0, len(rest), OWN_WORDS)]
    subjects, sides = own[:SUBJECTS], own[SUBJECTS:]

    def text(subject: int, side: int, length: int, about: float) -> list[str]:
        """Of `about` of the words every third is of the subject and the others of its side."""
        said = chance.choices(common, cum_weights=weights, k=length)
        for place in range(length):
            if chance.random() < about:
                of = subjects[subject] if chance.random() < 1 / 3 else sides[subject * SIDES + side]
                said[place] = of[min(int(chance.expovariate(0.35)), OWN_WORDS - 1)]
        return said

    rows, of_side = [], {}
    for number in range(size):
        subject, side = chance.randrange(SUBJECTS), chance.randrange(SIDES)
        of_side[f"invented-{number}"] = subject, side
        parts = {name: text(subject, side, chance.randint(12, 50), 0.08) for name in ("problem", "approach", "results")}
        rows.append(
            {
                "id": f"invented-{number}",
                "council": COUNCIL,
                "title": " ".join(text(subject, side, 8, 0.2)).capitalize(),
                "summary": " ".join(text(subject, side, chance.randint(12, 30), 0.12)),
                **{name: f"<p>{' '.join(said)}</p>" for name, said in parts.items()},
            }
        )
    questions, grades = {}, {}
    for subject in range(SUBJECTS):
        for side in range(SIDES):
            graded = {name: 2 if at == (subject, side) else 1 for name, at in of_side.items() if at[0] == subject}
            for length, about in ((2, 1.0), (18, 0.35)):
                name = f"{subject}-{side}-{length}"
                questions[name], grades[name] = " ".join(text(subject, side, length, about)), graded
    return Collection(rows=rows, questions=questions, grades=grades)


def words(chance: random.Random, count: int) -> list[str]:
    """Words that can be pronounced, each once, in no order; frequent ones are short, as in a language."""
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = 1 + min(len(found) // 600, 2)
        found[
            "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(syllables)) + chance.choice(_CODAS)
        ] = None
    return list(found)
