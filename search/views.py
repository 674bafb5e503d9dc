"""`/search/` and its type-ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from members.permissions import is_member
from search import likeness, panel, selectors
from search.cards import card, local
from search.documents import Term, sources
from search.engines.base import PAGE_SIZE, WINDOW, SearchResults
from search.sentence import sentence
from search.state import SearchState, read
from search.text import MAX_LENGTH

SUGGESTIONS = 8


class _Found(NamedTuple):
    state: SearchState
    results: SearchResults
    reserve: bool
    names: Mapping[str, Mapping[str, Term]]
    unknown: Sequence[panel.Unknown]


def search(request: HttpRequest) -> HttpResponse:
    """`/search/`: results, filters with counts, and every state an address."""
    asked = read(request.GET)
    like = likeness.read(asked, user=request.user)
    members = is_member(request.user)
    state, results, reserve, names, unknown = _found(asked, like, members=members)
    page = Paginator(range(min(results.total, WINDOW)), PAGE_SIZE).get_page(state.page)
    if page.number != state.page:
        again = replace(state.query(members=members, like=like.order), page=page.number)
        results = selectors.search(again).results
    groups = panel.groups(state, results.facets, names)
    several_types = len(state.filters.get("type", ())) != 1
    return render(
        request,
        "search/search.html",
        {
            "state": state,
            "max_length": MAX_LENGTH,
            "results": results,
            "cards": [card(hit, with_kind=several_types, why=like.why(hit)) for hit in results.hits],
            "page_obj": page,
            "reserve": reserve,
            "unknown": unknown,
            "like": like,
            "sentence": sentence(state, total=results.total, labels=panel.chosen_labels(groups)),
            "groups": groups,
            "has_more": any(not group.is_first for group in groups),
            "more_open": any(group.chosen for group in groups if not group.is_first),
            "keep": state.pairs(text=False),
            "without_like": state.without_like().address,
            "keep_for_like": state.without_like().pairs(),
            "clear_url": state.without_filters().address,
            "chosen": panel.tags(state, groups),
            "sorts": panel.sorts(state, council=like.council.short_name if like.council else ""),
            "nearest": [] if results.total or state.chosen else _nearest(state),
        },
    )


def _found(asked: SearchState, like: likeness.Likeness, *, members: bool) -> _Found:
    """Search; if the address has values that do not exist, search again without them."""
    found = selectors.search(asked.query(members=members, like=like.order))
    state, names, unknown = panel.known_only(asked, found.results.facets)
    if unknown:
        found = selectors.search(state.query(members=members, like=like.order))
    return _Found(state, found.results, found.reserve, names, unknown)


def _nearest(state: SearchState) -> Sequence[Any]:
    """Things whose title begins like one of the words, for somebody who found nothing."""
    near = {}
    for word in sorted(state.query(members=False).words.literals, key=len, reverse=True)[:3]:
        for one in selectors.suggest(word[: max(3, len(word) // 2)], size=3):
            near[one.url] = {"text": one.title, "url": local(one.url)}
    return list(near.values())[:5]


def suggest(request: HttpRequest) -> JsonResponse:
    """`/search/suggest/?q=`: titles that begin so, for everybody alike."""
    text = request.GET.get("q", "")[:100]
    kinds = {kind: str(source.label_one) for kind, source in sources().items()}
    found = selectors.suggest(text, size=SUGGESTIONS)
    response = JsonResponse(
        {"suggestions": [{"title": s.title, "url": local(s.url), "kind": kinds.get(s.kind, "")} for s in found]}
    )
    patch_cache_control(response, public=True, max_age=60)
    return response
