"""`/search/` and its type-ahead."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from search import counting, empty, panel, selectors
from search.asking import Asked, ask
from search.cards import card, local
from search.documents import sources
from search.sentence import sentence
from search.state import read
from search.text import MAX_LENGTH

SUGGESTIONS = 8


def search(request: HttpRequest) -> HttpResponse:
    """`/search/`: results, filters with counts, and every state an address."""
    asked = ask(read(request.GET), user=request.user)
    counting.note_search(request, asked)
    groups = panel.groups(asked.state, asked.results.facets, asked.names)
    return render(request, "search/search.html", {**_shared(asked, groups), **_list(asked, groups)})


def _shared(asked: Asked, groups: list[panel.Group]) -> dict[str, Any]:
    """What the list and the map say and offer alike."""
    state = asked.state
    return {
        "state": state,
        "asked": asked,
        "results": asked.results,
        "max_length": MAX_LENGTH,
        "sentence": sentence(
            state,
            total=asked.results.total,
            labels=panel.chosen_labels(groups),
            near=asked.near.name if asked.near.point else "",
        ),
        "groups": groups,
        "has_more": any(not group.is_first for group in groups),
        "more_open": any(group.chosen for group in groups if not group.is_first),
        "chosen": panel.tags(
            state,
            groups,
            council=asked.like.council.short_name if asked.like.council else "",
            near=asked.near.name if asked.near.point else "",
        ),
        "keep": state.pairs(text=False, except_for={"exact"}),
        "held": state.pairs(except_for=panel.NAMES),
        "clear_url": state.without_filters().address,
    }


def _list(asked: Asked, groups: list[panel.Group]) -> dict[str, Any]:
    """The list's own: cards, orders, pages, and help where there is nothing."""
    state, like, near = asked.state, asked.like, asked.near
    several_types = len(state.filters.get("type", ())) != 1
    nothing = not asked.results.total
    return {
        "cards": [card(hit, with_kind=several_types, why=like.why(hit)) for hit in asked.results.hits],
        "page_obj": asked.page(),
        "reserve": asked.reserve,
        "unknown": asked.unknown,
        "like": like,
        "near": near,
        "typed_url": asked.typed.as_typed().address if asked.typed else "",
        "spelled_url": state.spelled(asked.results.correction).address,
        "without_like": state.without_like().address,
        "keep_for_like": state.without_like().pairs(except_for={"sort"}),
        "meant": [(label, state.nearest_to(value).address) for value, label in near.suggestions],
        "without_near": state.without_near().address,
        "keep_for_near": state.without_near().pairs(except_for={"sort"}),
        "sorts": panel.sorts(state, council=like.council.short_name if like.council else "", near=near.name),
        "nearest": empty.nearest(asked) if nothing else [],
        "ways_out": empty.ways_out(asked, groups) if nothing else [],
    }


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
