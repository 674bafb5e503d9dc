"""The second question of a page that the first one does not fill: all that may be needed, in one request.

What is asked here depends on the first answer alone, never on another answer of this request, so that nothing has to
be asked after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from search.engines.base import (
    LITTLE,
    NEAREST_EACH,
    SearchQuery,
    SearchResults,
    Suggestion,
    first_letters,
    nearest,
)
from search.engines.elastic import questions, spelling
from search.text import Words

Answer = Mapping[str, Any]
_WIDER, _CORRECTED, _CORRECTED_WIDER, _NEAREST = "wider", "corrected", "corrected and wider", "nearest"


@dataclass
class Further:
    """`bodies` by what they are for; none where the first answer is all that there is to say."""

    query: SearchQuery
    words: Words
    first: Answer
    spelled: str = ""
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        enough = questions.total(self.first)
        if enough < self.query.least and len(self.words.wanted) > 1:
            self.bodies[_WIDER] = questions.search_body(self.query, self.words, any_word=True)
        if not self.query.help or not self.words.wanted or enough >= LITTLE:
            return
        is_unknown = not enough and len(self.words.wanted) == 1
        self.spelled = spelling.read(self.first.get("suggest", {}), self.query, is_unknown=is_unknown)
        if self.spelled:
            self._ask_corrected(enough)
        if not enough:
            for number, letters in enumerate(first_letters(self.words)):
                self.bodies[f"{_NEAREST} {number}"] = questions.suggest_body(letters, size=NEAREST_EACH)

    @property
    def corrected(self) -> SearchQuery:
        return replace(self.query, text=self.spelled, help=False)

    def _ask_corrected(self, enough: int) -> None:
        """Whether it finds anything; all that it finds where nothing has the words as they were typed."""
        query, words = self.corrected, self.corrected.words
        if enough:
            self.bodies[_CORRECTED] = questions.count_body(query, words)
            return
        self.bodies[_CORRECTED] = questions.search_body(query, words, any_word=False)
        if len(words.wanted) > 1:
            self.bodies[_CORRECTED_WIDER] = questions.search_body(query, words, any_word=True)

    def results(self, answers: Sequence[Answer]) -> SearchResults:
        """From the answers to the bodies, in their order."""
        by_name = dict(zip(self.bodies, answers, strict=True))
        found = questions.results(self.query, self.first, by_name.get(_WIDER))
        if _CORRECTED in by_name:
            found = self._with_correction(found, by_name[_CORRECTED], by_name.get(_CORRECTED_WIDER))
        if not found.total and not found.corrected:
            found = replace(found, nearest=nearest(self._titles(by_name)))
        return found

    def _with_correction(self, found: SearchResults, strict: Answer, wider: Answer | None) -> SearchResults:
        """Only what finds more: words of what was deleted, or became members', linger in the index for a while."""
        if found.enough:
            enough = questions.total(strict)
            return replace(found, correction=self.spelled) if found.is_bettered(enough=enough, total=enough) else found
        corrected = questions.results(self.corrected, strict, wider)
        if not found.is_bettered(enough=corrected.enough, total=corrected.total, hits=corrected.hits):
            return found
        return replace(found, correction=self.spelled, corrected=corrected)

    @staticmethod
    def _titles(answers: Mapping[str, Answer]) -> list[list[Suggestion]]:
        return [questions.suggestions(answer) for name, answer in answers.items() if name.startswith(_NEAREST)]
