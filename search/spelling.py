"""Which known word somebody meant who spelled one that nothing knows. Pure: the words come from an engine."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from search.text import QUOTES

# Shorter ones are like too many others.
SHORTEST, LONGEST = 4, 40
# In so many documents a word has half of what being frequent is worth at most, which is less than one mistake.
HALF_AS_FREQUENT = 20
_WORD = re.compile(r"[^\W\d_]+")
_MEANT_SO = re.compile(r'(?<!\S)-"[^"]*"|"[^"]*"|(?<!\S)-[^\s"]+')


def folded(text: str) -> str:
    """Small letters without signs: how words are kept and compared."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain)


def words_of(text: str) -> set[str]:
    """The words of a text that somebody could mean."""
    return {word for word in _WORD.findall(folded(text)) if SHORTEST <= len(word) <= LONGEST}


def mistakes_allowed(word: str) -> int:
    return 1 if len(word) <= SHORTEST + 1 else 2


def best(word: str, candidates: Iterable[tuple[str, int]]) -> str:
    """Of these words, each with how many documents have it, the one most likely meant; empty where none is close.

    Fewer mistakes weigh more than being frequent, however frequent, and few mistake the first letter. A word that no
    document has may be one mistake away, no more: “expensive”, which none has either, is not “inexpensive”.
    """
    allowed = mistakes_allowed(word)
    letters = set(word)
    chosen, likeliest = "", 0.0
    for candidate, count in candidates:
        if candidate == word or len(letters ^ set(candidate)) > 2 * allowed:
            continue
        most = allowed if count else 1
        mistakes = distance(word, candidate, most=most)
        if mistakes > most:
            continue
        likely = 10 + 3 * count / (count + HALF_AS_FREQUENT) - 3 * mistakes - (candidate[0] != word[0])
        if likely > likeliest or (likely == likeliest and candidate < chosen):
            chosen, likeliest = candidate, likely
    return chosen


def distance(one: str, other: str, *, most: int) -> int:
    """Letters left out, put in, changed, or two side by side that changed places; anything above `most` is too many."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, beside in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def respelled(text: str, instead: Mapping[str, str]) -> str:
    """The text as it was typed, with these words (folded) spelled anew where they may have been meant otherwise."""
    meant_so = as_meant(text)

    def spelled(match: re.Match[str]) -> str:
        if any(start <= match.start() < stop for start, stop in meant_so):
            return match[0]
        return instead.get(folded(match[0]), match[0])

    return _WORD.sub(spelled, text)


def as_meant(text: str) -> list[tuple[int, int]]:
    """From where to where a text is quoted or unwanted: there every word is meant as it is spelled."""
    return [match.span() for match in _MEANT_SO.finditer(text.translate(QUOTES))]
