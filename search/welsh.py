"""Welsh words by their headword, so that a word is found whatever the one before it did to its first letter.

Canol, ganol, nghanol and chanol are one word; so are tref, dref, trefi and nhrefi. A dictionary says so for 400,000
forms (simplemma; why not rules alone: docs/decisions/0018). It names a form's next step towards the headword rather
than always the headword (gymuned → cymuned → cymuno), so that steps are taken until there is none left; and what it
does not know loses the mutations that only Welsh can have made. The result is a name for the word and its forms,
not a word to be shown.
"""

import re
import unicodedata
from functools import lru_cache

from simplemma.strategies import DictionaryLookupStrategy
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory

# Read as it lies, 5 MB; as a dict it is 42 MB in each process, and is no faster where words come again.
_dictionary = DictionaryLookupStrategy(StreamDictionaryFactory())
_TOKEN = re.compile(r"\w+")
_LONGEST = 40

# What the dictionary has as a word of its own, or as a form of another word. Left: a step's outcome, unaccented.
_MENDED = {
    "cymunedol": "cymuno",  # of the community: with cymuned
    "cerdded": "cerdded",  # to walk
    "cerdd": "cerdd",  # a poem, where gerddi is more likely gardens
    "fentrau": "menter",
    "mentr": "menter",
    "gerddi": "gardd",
    "ngerddi": "gardd",
    "tafarndy": "tafarn",
    "bys": "bws",  # bysiau, bysus: the accented bỳs is a bus
    "tai": "ty",
    "pobol": "pobl",
    "gwirfoddolwr": "gwirfoddol",
    "gwirfoddolwraig": "gwirfoddol",
    "gwirfoddoli": "gwirfoddol",
    "gwirfoddoliad": "gwirfoddol",
    "cynghorwr": "cynghorydd",
    "newidiad": "newid",
    "llif": "llifogydd",
    "dysgwr": "dysgu",
    "digartrefedd": "digartref",
    "man": "man",
    "preswylwr": "preswylydd",
    "grwpi": "grwp",
}

# Pairs of letters with which no Welsh word begins unless it is mutated. Soft f and bare vowels are left alone: they
# may have been one of several letters, or nothing.
_MUTATED = (("ngh", "c"), ("mh", "p"), ("nh", "t"), ("ph", "p"), ("th", "t"), ("ng", "g"), ("dd", "d"))
# Endings of plurals and of verb-nouns that say so for certain on a word of some length.
_ENDINGS = (
    ("feydd", "fa"),
    ("oedd", ""),
    ("iaid", ""),
    ("iau", ""),
    ("ion", ""),
    ("wydd", "wydd"),
    ("ydd", ""),
    ("au", ""),
    ("wyr", "wr"),
)
_SHORTEST_STEM = 4


def stem(word: str) -> str:
    """The name that a Welsh word shares with its mutations and plurals; lower case, without accents.

    A word of another language comes back more or less as it is: this never fails.
    """
    return _stem(unicodedata.normalize("NFC", word).lower()[:_LONGEST])


def stems(text: str) -> str:
    """The stems of a text's words, in its order, with spaces between. Articles behind apostrophes are words too."""
    return " ".join(map(stem, _TOKEN.findall(unicodedata.normalize("NFC", text))))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    seen = [word]
    if len(word) < 2:  # what is left of an article behind its apostrophe
        return _plain(word)
    while True:
        plain = _plain(seen[-1])
        if plain in _MENDED:
            return _MENDED[plain]
        following = (_dictionary.get_lemma(seen[-1], "cy") or "").lower()
        if not following:
            return _unknown(plain) if len(seen) == 1 else plain
        if following in seen:  # the headword leads to itself; a ring of forms is named after the first in it
            return min(map(_plain, seen[seen.index(following) :]))
        seen.append(following)


def _unknown(word: str) -> str:
    """What rules say of a word that the dictionary does not have."""
    for mutated, radical in _MUTATED:
        if word.startswith(mutated) and len(word) - len(mutated) >= _SHORTEST_STEM - 1:
            known = radical + word.removeprefix(mutated)
            return _stem(known) if known != word else word
    if len(word) > _SHORTEST_STEM and word[0] == "h" and word[1] in "aeiouwy":
        word = word[1:]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending) + instead
    return word


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
