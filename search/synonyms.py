"""Synonyms: what staff say means the same, put into the question and not into the index.

So a change is in force with the next search, on either engine, and no document is indexed anew for it
(docs/decisions/0018).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search import held, welsh
from search.models import SynonymGroup, SynonymLanguage
from search.spelling import words_of
from search.text import STOP_WORDS, Wanted, Words

LONGEST = 5  # words in a term
MOST_OTHERS = 60  # in one question; each is a phrase that the engine has to look up
# The language by which a term is compared, and its words.
Key = tuple[str, ...]

_TOKEN = re.compile(r"\w+")
_APOSTROPHES = str.maketrans("", "", "'’")
# Plurals that rules do not make, and words that only look like plurals.
_IRREGULAR = {"children": "child", "men": "man", "women": "woman", "lives": "life", "gas": "gas", "news": "news"}


@dataclass(frozen=True)
class Thesaurus:
    """`others`: a term by its key → what else a search for it looks for. `longest`: words in the longest term.
    `spelled`: every word of a term, which somebody may have meant though no document has it.
    """

    others: Mapping[Key, tuple[str, ...]]
    longest: int = 0
    spelled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, groups: Iterable[SynonymGroup]) -> "Thesaurus":
        found: dict[Key, dict[str, None]] = {}
        spelled: set[str] = set()
        for group in groups:
            every = [*group.word_list, *group.also_list]
            for term in group.word_list:
                spelled |= words_of(term)
                for key in keys(term, group.language):
                    found.setdefault(key, {}).update(dict.fromkeys(one for one in every if one != term))
                if in_one := _in_one(term):
                    for key in keys(in_one, group.language):
                        found.setdefault(key, {}).update(dict.fromkeys(every))
        return cls(
            {key: tuple(others) for key, others in found.items()},
            max((len(key) - 1 for key in found), default=0),
            frozenset(spelled),
        )


def keys(term: str, language: str) -> set[Key]:
    """What a typed text is compared with; words that say nothing by themselves (“of”, “y”) do not count.

    A Welsh term has a key by its stems, an English one by simple plurals, one of a mixed group both.
    """
    found: set[Key] = set()
    if language != SynonymLanguage.WELSH:
        found.add(_key(term, welsh_stems=False))
    if language != SynonymLanguage.ENGLISH:
        found.add(_key(term, welsh_stems=True))
    return found


def widen(words: Words) -> Words:
    """The same question, each thing in it with what means the same; the longest terms first. Quoted things stay."""
    if not words.wanted:
        return words
    thesaurus = current()
    if not thesaurus.others:
        return words
    wanted, left, at = [], MOST_OTHERS, 0
    while at < len(words.wanted):
        size, others = _longest_term(words.wanted, at, thesaurus)
        taken = words.wanted[at : at + size]
        others, left = others[:left], left - min(left, len(others))
        if others:
            typed = tuple(word for one in taken for word in one.words)
            wanted.append(Wanted(typed, others=others, times=min(one.times for one in taken)))
        else:
            wanted += taken
        at += size
    return Words(wanted=tuple(wanted), unwanted=words.unwanted)


def current() -> Thesaurus:
    return held.held("synonyms", lambda: Thesaurus.of(SynonymGroup.objects.all()))


def _longest_term(wanted: Sequence[Wanted], at: int, thesaurus: Thesaurus) -> tuple[int, tuple[str, ...]]:
    """How many of the wanted things from here on are one term of the thesaurus, and what else it looks for."""
    side_by_side: list[str] = []
    for one in wanted[at : at + min(thesaurus.longest, LONGEST)]:
        if one.exact:
            break
        side_by_side.append(str(one))
    for size in range(len(side_by_side), 0, -1):
        typed = " ".join(side_by_side[:size])
        own = keys(typed, SynonymLanguage.BOTH)
        found = dict.fromkeys(other for key in sorted(own) for other in thesaurus.others.get(key, ()))
        if others := tuple(other for other in found if not own & keys(other, SynonymLanguage.BOTH)):
            return size, others
    return 1, ()


def _in_one(term: str) -> str:
    """Two words as people also write them: “fly tipping” and “fly-tipping” as “flytipping”. Else nothing."""
    tokens = _TOKEN.findall(term.translate(_APOSTROPHES))
    return "".join(tokens) if len(tokens) == 2 else ""


def _key(term: str, *, welsh_stems: bool) -> Key:
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", term).translate(_APOSTROPHES))
    telling = [token for token in tokens if token.casefold() not in STOP_WORDS] or tokens
    if welsh_stems:
        return ("cy", *map(welsh.stem, telling))
    return ("en", *map(singular, telling))


def singular(word: str) -> str:
    """An English word folded, and without what most plurals end in: “Pubs” and “pub”, “libraries” and “library”,
    “buses” and “bus” are the same. Not a word to be shown.
    """
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    if len(folded) > 4 and folded.endswith("ies"):
        return folded[:-3] + "y"
    if len(folded) > 2 and folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        folded = folded[:-1]
        if folded.endswith(("se", "xe", "ze", "che", "she")):
            folded = folded[:-1]
        return folded
    return folded.removesuffix("e") if folded.endswith(("se", "xe", "ze", "che", "she")) else folded
