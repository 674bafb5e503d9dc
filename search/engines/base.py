"""The protocol that both engines follow, and what goes in and out of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from search.documents import Point, SearchDocument, Term
from search.synonyms import widen
from search.text import Words, marked, parse

RELEVANCE, NEWEST, ADOPTED, EVIDENCE, SIMILAR = "relevance", "newest", "adopted", "evidence", "similar"
DISTANCE = "distance"
PAGE_SIZE = 20
# What is left of a match's score where nobody has said for two years that the document is still true.
STALE_WEIGHT = 0.6
# Results that can be paged through; further on nobody reads, and an engine pays for each page before.
WINDOW = 10_000
# With fewer results than this, words may be misspelled.
LITTLE = 5
# In `SearchResults.without`: no filter at all.
ANY = ""
# Of a search that finds nothing, so many words are looked up by their first letters, for so many titles.
NEAREST_WORDS, NEAREST_EACH, NEAREST = 3, 3, 5


class EngineUnavailable(Exception):
    """The engine does not answer now (down, too slow, without its index). Another may answer instead."""


class EngineRefuses(EngineUnavailable):
    """The engine is there and will not have us, or we not it: a key, a privilege or a certificate is wrong.

    Waiting does not mend it; whoever looks after the site does.
    """


class QueryRefused(EngineUnavailable):
    """The engine answers, but not this question. That is a fault of ours; the other engine answers it meanwhile."""


class IndexMissing(EngineUnavailable):
    """The server answers, but the index is not there. It is made anew by the next look at it."""


class RebuildRunning(Exception):
    """Another rebuild is going on."""


class IndexingFailed(Exception):
    """The engine refused some documents for what they are; trying again without a change is of no use."""


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """One question. `members` says whether the reader may find, count and read what only members may.

    Values of one facet widen the result, facets narrow it. `counts` names the facets to count. `like` are the slugs
    of councils in the order in which `SIMILAR` wants what is theirs; whatever is nobody's of these comes after.
    `near` is where `DISTANCE` measures from; whatever has no point that the reader may know comes last. `keys`, if
    given, are the only documents that may be found, and `published_after` leaves out what is older. Where fewer than
    `fewest` have enough of the words, whatever has any of them follows.

    `help`: whoever finds little wants to know how else it may be spelled, what is near and what the filters hide.
    `relaxed`: what an earlier answer to the same question said of itself, so that an engine need not find out again;
    then there is no help, and how many have `enough` of the words the earlier answer said.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = RELEVANCE
    page: int = 1
    size: int = PAGE_SIZE
    members: bool = False
    counts: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    near: Point | None = None
    keys: tuple[str, ...] | None = None
    published_after: datetime | None = None
    fewest: int = PAGE_SIZE
    help: bool = False
    relaxed: bool | None = None

    @property
    def least(self) -> int:
        """With so many results, none has fewer of the words than it needs.

        An order by anything but how well they match would put those with one word first; there they are for somebody
        who would find nothing otherwise.
        """
        return self.fewest if self.sort == RELEVANCE else 1

    @property
    def words(self) -> Words:
        """What was typed, and what staff say means the same."""
        return widen(parse(self.text))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One result. `title`, `summary` and `extract` carry the marks of `search.text` around what matched.

    `distance_km` is to the nearest of its points that the reader may know, where the search is from a point.
    """

    kind: str
    object_id: int
    url: str
    title: str
    summary: str
    extract: str = ""
    audience: str = "public"
    published_at: datetime | None = None
    locale: str = "en"
    counts: Mapping[str, int] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    distance_km: float | None = None


@dataclass(frozen=True)
class FacetCount:
    term: Term
    count: int


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`card` is what the document's card tells everybody, where it was asked by name."""

    kind: str
    title: str
    url: str
    card: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SearchResults:
    """`relaxed`: too little had enough of the words, so there is also what has some of them; `enough` had them.

    The rest is there only for a query that wants `help`, so that a page needs no second question:
    - `correction`: where few have enough of the words, the text with its words spelled as something that the reader
      may find spells them; empty where nothing better is known. It finds something under the same filters.
    - `corrected`: where none has enough of them as typed, what the correction finds, on the same page.
    - `nearest`: where nothing is found in any spelling, what is called something that begins like one of the words.
    - `without`: where nothing is found under filters, how much there is without each facet's, and without any (`ANY`).

    `found` is the engine's own, by which it answers more about the same results without finding them again.
    """

    hits: Sequence[Hit] = ()
    total: int = 0
    facets: Mapping[str, Sequence[FacetCount]] = field(default_factory=dict)
    relaxed: bool = False
    enough: int = 0
    correction: str = ""
    corrected: "SearchResults | None" = None
    nearest: Sequence[Suggestion] = ()
    without: Mapping[str, int] = field(default_factory=dict)
    found: Any = field(default=None, compare=False, repr=False)

    def is_bettered(self, *, enough: int, total: int, hits: Sequence[Hit] = ()) -> bool:
        """Whether another spelling that finds so much, and of it these first, is worth telling.

        Where everything has one of the other words anyway, no spelling finds more, and less where two of its words are
        one thing to staff; but one whose word is marked in what it finds is there to be read, and what has it comes
        first.
        """
        if enough > self.enough:
            return True
        return not self.enough and (total > self.total or bool(_marked(hits) - _marked(self.hits)))


def _marked(hits: Sequence[Hit]) -> set[str]:
    return {piece for hit in hits for text in (hit.title, hit.summary, hit.extract) for piece in marked(text)}


class Located(NamedTuple):
    """A place of a document, without its words: what a map needs where there are many."""

    key: str
    kind: str
    outcome: str
    lat: float
    lng: float


def needed(number: int) -> int:
    """How many of this many wanted things a result must have: both of two, all but one of a few, two thirds of more.

    Many results have half of a long question's words, the common ones; a page of them would hide better ones that
    have fewer but rarer words (docs/decisions/0017-relevance.md).
    """
    if number <= 2:
        return number
    return number - 1 if number <= 4 else -(-2 * number // 3)


def first_letters(words: Words) -> list[str]:
    """By what the nearest titles are looked for: the first half of each of the longest words."""
    longest = sorted(words.literals, key=len, reverse=True)[:NEAREST_WORDS]
    return [word[: max(3, len(word) // 2)] for word in longest]


def nearest(found: Iterable[Sequence[Suggestion]]) -> list[Suggestion]:
    """What was found by each word's first letters, each thing once."""
    return list({one.url: one for some in found for one in some}.values())[:NEAREST]


class Engine(Protocol):
    """What search needs of an engine.

    `version` orders writes: the time, in microseconds, at which the state behind them was about to be read.
    A write older than what the engine holds, removals included, is dropped without an error.
    """

    name: str
    # How many documents it is best given at a time when everything is made anew.
    rebuild_batch: int

    def index(self, documents: Sequence[SearchDocument], *, version: int) -> None: ...

    def remove(self, keys: Sequence[str], *, version: int) -> None: ...

    def search(self, query: SearchQuery) -> SearchResults: ...

    def suggest(self, text: str, *, size: int = 8) -> list[Suggestion]: ...

    def similar(self, key: str, *, kind: str, size: int = 4, text: str = "") -> list[Hit]:
        """Documents of this kind like this one. `text` is its title and summary, from a caller who has them at hand."""

    def located(self, query: SearchQuery, *, results: SearchResults | None = None) -> list[Located]:
        """Every point that the reader may know of everything that the search finds, in the order of its results.
        `outcome` is empty where the reader may not know it, and of several the first by name. `results` is what
        `search` said to the same question.
        """

    def named(self, keys: Sequence[str]) -> dict[str, Suggestion]:
        """What those of these documents are called that there are, and their cards; both are everybody's."""

    def rebuild(self, batches: Iterable[tuple[int, Sequence[SearchDocument]]], *, version: int) -> int:
        """Make the index anew from (version, documents) batches, begun at `version`; return how many there are.

        Searches answer throughout, and what is written meanwhile is kept.
        """

    def is_current(self) -> bool:
        """Whether the index is there and of this version's make."""

    def digests(self, keys: Sequence[str]) -> dict[str, str]:
        """The digests of those of these documents that the engine holds."""

    def keys(self, *, batch: int = 1000) -> Iterator[list[str]]:
        """The keys of everything that the engine holds, batch by batch."""

    def clean_up(self) -> None:
        """Forget what is remembered for slow writers only, once none can be that slow."""

    def health(self) -> Mapping[str, Any]:
        """`{"state": "ok", "documents": 12}`; raises `EngineUnavailable`."""
