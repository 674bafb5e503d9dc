"""The same documents in tables, searched with SQLite's FTS5 or PostgreSQL's text search.

Good to about 10,000 documents. What it does less well than Elasticsearch is in
`docs/decisions/0003-search-engines.md`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from search import spelling
from search.documents import SearchDocument
from search.engines.base import (
    LITTLE,
    NEAREST_EACH,
    NEWEST,
    EngineUnavailable,
    Hit,
    Located,
    RebuildRunning,
    SearchQuery,
    SearchResults,
    Suggestion,
    first_letters,
    nearest,
)
from search.engines.sql import reading, vocabulary, writing
from search.engines.sql.dialect import Dialect, Marked
from search.engines.sql.matching import Matches, match
from search.engines.sql.postgresql import PostgreSQLDialect
from search.engines.sql.sqlite import SQLiteDialect
from search.engines.sql.writing import MAKE
from search.models import DocumentFacet, FacetValue, IndexedDocument, Rebuild, RemovedDocument
from search.text import Words, is_marked, telling_words, tidy

_TOKEN = re.compile(r"\w+")
SIMILAR_WORDS = 24
# How many of the most alike by words are compared by their topics.
SIMILAR_POOL = 40
# A rebuild says so often that it is alive; after this silence it has died.
SILENCE = timedelta(minutes=5)
NOWHERE: Mapping[int, float] = {}


class DatabaseEngine:
    name = "database"
    rebuild_batch = 200  # one transaction: others wait no longer to write

    @property
    def _dialect(self) -> Dialect:
        return PostgreSQLDialect() if connection.vendor == "postgresql" else SQLiteDialect()

    def index(self, documents: Sequence[SearchDocument], *, version: int) -> None:
        writing.index(self._dialect, documents, version=version)

    def remove(self, keys: Sequence[str], *, version: int) -> None:
        writing.remove(self._dialect, keys, version=version)

    def search(self, query: SearchQuery) -> SearchResults:
        words = query.words
        if query.text and not words:
            return SearchResults()
        matches = self._matches(words, query)
        found = reading.Found(self._dialect, query, matches)
        results = self._results(query, words, found)
        return self._helped(results, query, words, found, matches) if query.help else results

    def _results(self, query: SearchQuery, words: Words, found: reading.Found) -> SearchResults:
        ids = found.page()
        return SearchResults(
            hits=self._hits(ids, words, members=query.members, km=reading.distances_km(query, ids)),
            total=found.total,
            facets=found.counts(),
            relaxed=found.wide,
            enough=found.enough,
            found=found,
        )

    def _helped(
        self, results: SearchResults, query: SearchQuery, words: Words, found: reading.Found, matches: Matches | None
    ) -> SearchResults:
        if matches and found.enough < LITTLE:
            results = self._with_correction(results, query, matches)
        if not results.total:
            results = replace(results, without=found.without())
            if not results.corrected:
                titles = (self.suggest(letters, size=NEAREST_EACH) for letters in first_letters(words))
                results = replace(results, nearest=nearest(titles))
        return results

    def _with_correction(self, results: SearchResults, query: SearchQuery, matches: Matches) -> SearchResults:
        """With words that nothing has spelled as something has them, if that then finds something.

        Both the words and what is found are this reader's own. What is quoted is meant as it is spelled.
        """
        quoted = {str(one) for one in query.words.wanted if one.exact}
        unknown = [word for word in matches.unknown if word not in quoted]
        meant = vocabulary.meant(unknown, members=query.members) if unknown else {}
        text = spelling.respelled(query.text, meant) if meant else query.text
        if text == query.text:
            return results
        again = replace(query, text=text, help=False)
        words = again.words
        matches = match(self._dialect, words, members=query.members, weighed=not results.enough)
        if {word for one in matches.unknown for word in spelling.words_of(one)} & set(meant.values()):
            return results
        found = reading.Found(self._dialect, again, matches)
        corrected = None if results.enough else self._results(again, words, found)
        hits = corrected.hits if corrected else ()
        if not results.is_bettered(enough=found.enough, total=found.total, hits=hits):
            return results
        return replace(results, correction=text, corrected=corrected)

    def _matches(self, words: Words, query: SearchQuery) -> Matches | None:
        """None where nothing is asked in words."""
        if not words:
            return None
        return match(self._dialect, words, members=query.members, weighed=query.sort != NEWEST)

    def located(self, query: SearchQuery, *, results: SearchResults | None = None) -> list[Located]:
        """Two statements, however many there are, where they have been found before."""
        if results is not None and isinstance(results.found, reading.Found):
            return results.found.located()
        words = query.words
        if query.text and not words:
            return []
        return reading.Found(self._dialect, query, self._matches(words, query)).located()

    def named(self, keys: Sequence[str]) -> dict[str, Suggestion]:
        found = IndexedDocument.objects.filter(key__in=keys)
        rows = found.values_list("key", "kind", "title", "payload__url", "payload__card")
        return {
            key: Suggestion(kind=kind, title=title, url=url, card=card or {}) for key, kind, title, url, card in rows
        }

    def suggest(self, text: str, *, size: int = 8) -> list[Suggestion]:
        """Titles that begin so, then those with such words in the middle; if none, with a mistake in a word."""
        tokens = _TOKEN.findall(tidy(text))[:8]
        if not tokens:
            return []
        ids = reading.titles(self._dialect, tokens, size=size)
        if not ids:
            others = [vocabulary.begins_almost(token) for token in tokens]
            if any(others):
                tokens = [other or token for token, other in zip(tokens, others, strict=True)]
                ids = reading.titles(self._dialect, tokens, size=size)
        return [Suggestion(kind=hit.kind, title=hit.title, url=hit.url) for hit in self._hits(ids, Words())]

    def similar(self, key: str, *, kind: str, size: int = 4, text: str = "") -> list[Hit]:
        """Alike by the words of title and summary, the rarer the better, more so with each topic in common.

        It stands on every case study, so it weighs no word in each document: two statements, three without `text`.
        """
        own = text or " ".join(IndexedDocument.objects.filter(key=key).values_list("title", "summary").first() or ())
        words = telling_words(own, limit=SIMILAR_WORDS)
        if not words:
            return []
        matches = match(self._dialect, words, members=False, weighed=False, together=False)
        return [
            _hit(row, None, members=False)
            for row in reading.alike(self._dialect, matches, to=key, kind=kind, pool=SIMILAR_POOL)[:size]
        ]

    def rebuild(self, batches: Iterable[tuple[int, Sequence[SearchDocument]]], *, version: int) -> int:
        """Write everything over what is there, then drop what is older. Searches see the old or the new, never none."""
        self._begin_rebuild()
        try:
            total = 0
            for at, documents in batches:
                self.index(documents, version=at)
                total += len(documents)
                Rebuild.objects.filter(engine=self.name).update(beat_at=timezone.now())
            older = IndexedDocument.objects.filter(version__lt=version)
            while keys := list(older.values_list("key", flat=True)[:500]):
                self.remove(keys, version=version)
            self._dialect.erase_orphans()
            vocabulary.clean_up()
            FacetValue.objects.exclude(pk__in=DocumentFacet.objects.values("value")).delete()
            return total
        finally:
            Rebuild.objects.filter(engine=self.name).delete()

    def _begin_rebuild(self) -> None:
        now = timezone.now()
        Rebuild.objects.filter(engine=self.name, beat_at__lt=now - SILENCE).delete()
        _, begun = Rebuild.objects.get_or_create(engine=self.name, defaults={"beat_at": now})
        if not begun:
            raise RebuildRunning("The tables are being filled.")

    def is_current(self) -> bool:
        """Whether each document has its text and all is of this make. Migrations make the tables."""
        if IndexedDocument.objects.filter(make__lt=MAKE).exists():
            return False
        return IndexedDocument.objects.count() == self._dialect.count()

    def digests(self, keys: Sequence[str]) -> dict[str, str]:
        return dict(IndexedDocument.objects.filter(key__in=keys).values_list("key", "digest"))

    def keys(self, *, batch: int = 1000) -> Iterator[list[str]]:
        after = 0
        while rows := list(
            IndexedDocument.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "key")[:batch]
        ):
            yield [key for _, key in rows]
            after = rows[-1][0]

    def clean_up(self) -> None:
        RemovedDocument.objects.filter(removed_at__lt=timezone.now() - timedelta(days=1)).delete()
        self._dialect.erase_orphans()
        vocabulary.clean_up()

    def health(self) -> Mapping[str, Any]:
        try:
            return {"state": "ok", "documents": IndexedDocument.objects.count(), "texts": self._dialect.count()}
        except DatabaseError as error:
            raise EngineUnavailable(str(error)) from error

    def _hits(
        self,
        ids: Sequence[int],
        words: Words,
        *,
        members: bool = False,
        km: Mapping[int, float] = NOWHERE,
    ) -> list[Hit]:
        rows = IndexedDocument.objects.in_bulk(ids)
        marked = self._dialect.mark(words, members=members, ids=ids)
        return [
            _hit(rows[number], marked.get(number), members=members, km=km.get(number))
            for number in ids
            if number in rows
        ]


def _card(row: IndexedDocument, *, members: bool) -> dict[str, Any]:
    return {**row.payload["card"], **(row.members_payload["card"] if members else {})}


def _hit(row: IndexedDocument, marked: Marked | None, *, members: bool, km: float | None = None) -> Hit:
    return Hit(
        kind=row.kind,
        object_id=row.object_id,
        url=row.payload["url"],
        title=marked.title if marked else row.title,
        summary=marked.summary if marked else row.summary,
        extract=marked.extract if marked and is_marked(marked.extract) else "",
        audience=row.payload["audience"],
        published_at=row.published_at,
        locale=row.payload["locale"],
        counts=row.payload["counts"],
        card=_card(row, members=members),
        distance_km=km,
    )
