"""Addresses for new pages."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.text import slugify
from wagtail.models import Page


class Slugs:
    """Free addresses below each parent: `a-market`, `a-market-2` …, without reading those of every page there."""

    def __init__(self, wanted: Sequence[tuple[int, str]], parents: dict[int, Page]) -> None:
        self._parents = parents
        self._taken: dict[int, set[str]] = defaultdict(set)
        self._last: dict[tuple[int, str], int] = {}
        bases: dict[int, set[str]] = defaultdict(set)
        for parent, title in wanted:
            bases[parent].add(_slug(title))
        for parent, slugs in bases.items():
            self._taken[parent] = self._read(parent, slugs)

    def taken(self, parent: int, slug: str) -> bool:
        return slug in self._taken[parent] or bool(self._read(parent, {slug}))

    def free(self, parent: int, title: str) -> str:
        base = slug = _slug(title)
        if slug in self._taken[parent]:
            number = self._last.get((parent, base)) or self._highest(parent, base)
            while self.taken(parent, slug):
                number += 1
                slug = f"{base}-{number}"
            self._last[parent, base] = number
        self._taken[parent].add(slug)
        return slug

    def _read(self, parent: int, slugs: set[str]) -> set[str]:
        return set(self._parents[parent].get_children().filter(slug__in=slugs).values_list("slug", flat=True))

    def _highest(self, parent: int, base: str) -> int:
        """The highest number in use for this base, found by doubling and halving: a few queries, however many."""
        high = 2
        while self.taken(parent, f"{base}-{high}"):
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.taken(parent, f"{base}-{middle}") else (low, middle)
        return low


def _slug(title: str) -> str:
    return slugify(title)[:80].strip("-") or "case-study"
