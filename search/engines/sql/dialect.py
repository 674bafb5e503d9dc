"""What differs between the databases' full-text searches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from search.text import Words

Statement = tuple[str, list[Any]]


@dataclass(frozen=True, kw_only=True)
class TextRow:
    """The text of one document by field. What begins with `members_` is what only members may search, and no more.

    Welsh documents have their words' headwords too, as `search.welsh` names them.
    """

    document_id: int
    title: str
    summary: str
    problem: str
    lessons: str
    tags: str
    context: str
    body: str
    members_problem: str = ""
    members_lessons: str = ""
    members_body: str = ""
    welsh_title: str = ""
    welsh_summary: str = ""
    welsh_body: str = ""
    members_welsh_body: str = ""


class Asked(NamedTuple):
    """Words side by side that are looked for; `welsh`: by their headwords, among Welsh documents only."""

    text: str
    welsh: bool = False


@dataclass(frozen=True)
class Marked:
    """A result's texts with the marks of `search.text` around what matched."""

    title: str
    summary: str
    extract: str


def hundreds(asked: Iterable[Asked]) -> Iterator[list[Asked]]:
    """SQLite takes at most 500 selects in one statement."""
    every = list(asked)
    for start in range(0, len(every), 100):
        yield every[start : start + 100]


def markable(words: Words) -> list[str]:
    """What is marked in a result: each word or quoted phrase, and whatever means the same."""
    every = [
        one for wanted in words.wanted for one in (*((str(wanted),) if wanted.exact else wanted.words), *wanted.others)
    ]
    return list(dict.fromkeys(every))


class Dialect(Protocol):
    def write(self, rows: Sequence[TextRow]) -> None:
        """Put these texts in place of whatever was there for their documents."""

    def erase(self, document_ids: Sequence[int]) -> None: ...

    def erase_orphans(self) -> None:
        """Drop texts whose document is gone."""

    def texts(self, document_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """All that everybody may read of these documents, and all that a member may."""

    def holders(self, asked: Sequence[Asked], *, members: bool) -> list[list[int]]:
        """For each of these the documents that have it; one statement for a hundred."""

    def weights(self, asked: Mapping[Asked, int], *, members: bool) -> dict[Asked, dict[int, float]]:
        """How much of each of these each of its documents, of which there are so many, has: from 0 to about 2.

        It grows with how often, in which field, and how short the document is, as BM25 has it; it knows nothing of
        how rare the word is. Two statements for a hundred.
        """

    def together(self, literals: Sequence[str], *, members: bool) -> tuple[list[int], list[int]]:
        """The documents that have the words side by side, in this order, and those that have them close."""

    def rows(self, rows: Sequence[tuple[int, float]]) -> Statement:
        """A SELECT of these as `id` and `score`."""

    def ids(self, ids: Iterable[int]) -> Statement:
        """A SELECT of these as `id`."""

    def collect(self, column: str) -> str:
        """All values of a column as one, for `collected`: much faster than row by row."""

    def collected(self, value: Any) -> list[int]: ...

    def age(self, column: str) -> str:
        """How old a time is, in years."""

    def mark(self, words: Words, *, members: bool, ids: Sequence[int]) -> dict[int, Marked]:
        """The texts of those of these documents that have any of the words."""

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        """A SELECT of `id` and `score` of the documents whose title has a word beginning with each token."""

    def count(self) -> int:
        """How many texts there are."""
