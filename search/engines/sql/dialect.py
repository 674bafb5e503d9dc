"""What differs between the databases' full-text searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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


@dataclass(frozen=True)
class Marked:
    """A result's texts with the marks of `search.text` around what matched."""

    title: str
    summary: str
    extract: str


class Dialect(Protocol):
    def write(self, rows: Sequence[TextRow]) -> None:
        """Put these texts in place of whatever was there for their documents."""

    def erase(self, document_ids: Sequence[int]) -> None: ...

    def erase_orphans(self) -> None:
        """Drop texts whose document is gone."""

    def matching(self, words: Words, *, members: bool, any_word: bool, scored: bool = True) -> Statement:
        """A SELECT of `id` and `score` (lower is better; 0 unless `scored`) of the documents that match."""

    def mark(self, words: Words, *, members: bool, any_word: bool, ids: Sequence[int]) -> dict[int, Marked]: ...

    def titles_starting(self, tokens: Sequence[str]) -> Statement:
        """A SELECT of `id` and `score` of the documents whose title has a word beginning with each token."""

    def count(self) -> int:
        """How many texts there are."""
