"""One plain document for each thing that can be found, whatever kind of thing it is.

What a document says is split by who may know it. `problem`, `lessons`, `public_text`, `facets`, `points`, `evidence`,
`adoptions`, `stale` and `card` are for everybody; the fields whose names begin with `members_` add what only a member
may find, count, filter by, sort by or see. Of a members-only case study the title, the summary, the council and the
topics are public, and nothing else.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from search.text import join

# Facet → values of one document.
Terms = Mapping[str, tuple["Term", ...]]


@dataclass(frozen=True)
class Term:
    """A value that a document is filtered and counted by, with its name in both languages (Welsh may be empty)."""

    value: str
    label: str = ""
    label_cy: str = ""


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84."""

    lat: float
    lng: float


@dataclass(frozen=True, kw_only=True)
class SearchDocument:
    """Everything that either engine needs to find a thing and to show its card without asking the database.

    `url` is the path in English; `context` holds the names around the thing (council, places, programme,
    topics); `card` is what the result shows beside title and summary. `problem` is what was wrong, `lessons` what
    others can learn, failures first; `public_text` is all the rest. `evidence` is the rating, 0 to 5, None where
    there is none, and `adoptions` how many other places have adopted it. `stale` sinks where results are ordered by
    how well they match: nobody has said for two years that it is still true.
    """

    kind: str
    object_id: int
    url: str
    title: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    problem: str = ""
    lessons: str = ""
    public_text: str = ""
    members_problem: str = ""
    members_lessons: str = ""
    members_text: str = ""
    facets: Terms = field(default_factory=dict)
    members_facets: Terms = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    members_points: tuple[Point, ...] = ()
    published_at: datetime | None = None
    started: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    evidence: int | None = None
    adoptions: int = 0
    members_evidence: int | None = None
    members_adoptions: int = 0
    stale: bool = False
    members_stale: bool = False
    audience: str = "public"
    locale: str = "en"
    card: Mapping[str, Any] = field(default_factory=dict)
    members_card: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`case_study:12`"""
        return document_key(self.kind, self.object_id)

    @property
    def open_facets(self) -> Terms:
        """What everybody may count and filter by. Who may read the whole is said on every card."""
        return {**self.facets, "access": (Term(self.audience),)}

    @property
    def whole_text(self) -> str:
        """All that everybody may read below the summary."""
        return join([self.problem, self.lessons, self.public_text])

    @property
    def members_whole_text(self) -> str:
        """All that members may read of it, and others may not."""
        return join([self.members_problem, self.members_lessons, self.members_text])

    @property
    def all_evidence(self) -> int | None:
        """What a member may know."""
        return self.evidence if self.members_evidence is None else self.members_evidence

    @property
    def all_adoptions(self) -> int:
        return self.adoptions + self.members_adoptions

    @property
    def all_stale(self) -> bool:
        return self.stale or self.members_stale

    def digest(self) -> str:
        """Changes when anything in the document changes; `search_check` compares it."""
        text = json.dumps(self.__dict__, sort_keys=True, default=_as_json)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _as_json(value: Any) -> Any:
    """A value of a document that JSON does not know: its terms and points, its dates, texts yet to be translated."""
    return list(value.__dict__.values()) if isinstance(value, Term | Point) else str(value)


def document_key(kind: str, object_id: int) -> str:
    return f"{kind}:{object_id}"


def parse_key(key: str) -> tuple[str, int]:
    kind, _, number = key.partition(":")
    return kind, int(number)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the documents of one kind come from.

    `kind` is the subject kind of its events and `type` its name in addresses. `build` gives the documents of
    those ids that may be found, in a constant number of queries; `ids` walks over all of them in order;
    `dependents` gives the keys of other documents that repeat something of these (a council's name on the
    cards of its case studies).
    """

    kind: str
    type: str
    label: Any
    label_one: Any
    build: Callable[[Sequence[int]], list[SearchDocument]]
    ids: Callable[[], Iterable[int]]
    dependents: Callable[[Sequence[int]], Iterator[str]] | None = None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a kind of thing to search. Called from `AppConfig.ready`; safe to repeat."""
    _sources[source.kind] = source


def sources() -> dict[str, Source]:
    return _sources
