"""How words that nothing has may have been meant, from the words of the documents that the reader may search.

The term suggester also knows words of documents that are gone, so what it says is not shown before a search for it
has found something.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from search.engines.base import SearchQuery
from search.spelling import as_meant, best
from search.synonyms import current
from search.text import MAX_LENGTH, STOP_WORDS, tidy

_OPTIONS = {
    "suggest_mode": "missing",
    "max_edits": 2,
    "prefix_length": 1,
    "min_word_length": 4,
    "size": 3,
    "sort": "score",
}


def request(query: SearchQuery) -> dict[str, Any]:
    fields = ["spelling", "members_spelling"] if query.members else ["spelling"]
    return {
        "text": _text(query),
        **{field: {"term": {"field": field, "analyzer": "spelling", **_OPTIONS}} for field in fields},
    }


def read(answer: Mapping[str, Any], query: SearchQuery, *, is_unknown: bool) -> str:
    """The search with its unknown words spelled otherwise; empty where nothing better is known.

    A word that the server has nothing like may be known or not. `is_unknown`: it is all that is asked, and was not
    found.
    """
    text = _text(query)
    kept = as_meant(text)
    near: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for entries in answer.values():
        for entry in entries:
            start, stop = at = (entry["offset"], entry["offset"] + entry["length"])
            word = text[start:stop].lower()
            # The server counts an emoji as two letters; after one, a word is not where it says.
            if not (entry["options"] or is_unknown) or word != entry["text"] or word in STOP_WORDS:
                continue
            if any(first <= start < last for first, last in kept):
                continue
            near[at] |= {option["text"]: option["freq"] for option in entry["options"]}
    of_synonyms = dict.fromkeys(current().spelled, 0)
    spelled = text
    for (start, stop), some in sorted(near.items(), reverse=True):
        if better := best(text[start:stop].lower(), (of_synonyms | some).items()):
            spelled = spelled[:start] + better + spelled[stop:]
    return spelled if spelled != text else ""


def _text(query: SearchQuery) -> str:
    return tidy(query.text)[:MAX_LENGTH]
