"""Results that the editors chose for a search, above what the engine finds.

Who is picked for what is Wagtail's search promotions. Which texts have any is held in memory (`search.held`), so that
a search without costs the database nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page

from search import held
from search.asking import Asked
from search.cards import local
from search.documents.terms import page_path
from search.engines.base import RELEVANCE, Hit

_TOKEN = re.compile(r"\w+")
PUBLIC = "public"


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """`path` is the page's in English, as the documents have it; empty for another site's."""

    title: str
    url: str
    path: str = ""
    description: str = ""
    members_only: bool = False


def pinned(asked: Asked) -> list[Pinned]:
    """For the first page of a search by its words alone: filters and other orders are the reader's own choice."""
    state = asked.state
    if state.chosen or state.page > 1 or state.sort != RELEVANCE or asked.near.point:
        return []
    numbers = _known().get(normal(state.text), ())
    return _readable(numbers, members=asked.members) if numbers else []


def without(chosen: Sequence[Pinned], hits: Sequence[Hit]) -> list[Hit]:
    """What the engine found, less what stands above it already."""
    above = {one.path for one in chosen}
    return [hit for hit in hits if hit.url not in above]


def normal(text: str) -> str:
    """What makes no difference between two searches: capitals, accents, signs and spaces."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_TOKEN.findall(folded.replace("'", "").replace("’", "")))


def _known() -> dict[str, tuple[int, ...]]:
    return held.held("promotions", _load)


def _load() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    rows = SearchPromotion.objects.order_by("query", "sort_order", "pk").values_list("query__query_string", "pk")
    for text, number in rows:
        if key := normal(text):
            found[key] = (*found.get(key, ()), number)
    return found


def _readable(numbers: Sequence[int], *, members: bool) -> list[Pinned]:
    rows = {row.pk: row for row in SearchPromotion.objects.filter(pk__in=numbers)}
    pages = {
        page.pk: page
        for page in Page.objects.live().public().filter(pk__in=[row.page_id for row in rows.values()]).specific()
    }
    chosen = (rows[number] for number in numbers if number in rows)
    made = (_page(row, pages.get(row.page_id), members=members) if row.page_id else _link(row) for row in chosen)
    return [one for one in made if one]


def _page(row: SearchPromotion, page: Any, *, members: bool) -> Pinned | None:
    """Of a page for members everybody may know the title; the editors' words could say more, so they stay inside."""
    if page is None:
        return None
    with override("en"):
        path = page_path(page)
    if not path:
        return None
    for_members = getattr(page, "audience", PUBLIC) != PUBLIC
    return Pinned(
        title=page.title,
        url=local(path),
        path=path,
        description="" if for_members and not members else row.description,
        members_only=for_members,
    )


def _link(row: SearchPromotion) -> Pinned | None:
    """The form takes web addresses only; what came in by another way is not shown."""
    address = row.external_link_url
    if not address.startswith(("https://", "http://")):
        return None
    return Pinned(title=row.external_link_text or address, url=address, description=row.description)
