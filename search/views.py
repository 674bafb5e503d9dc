"""`/search/` as a list and a file, and its type-ahead. The map of it is in `search.map_views`."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers

from core.licence import LICENCE
from core.spreadsheets import csv_lines
from search import counting, empty, export, panel, promotions, related, selectors
from search.asking import Asked, ask
from search.cards import card, local
from search.documents import sources
from search.nearness import is_postcode
from search.sentence import rest, sentence
from search.state import SearchState, read
from search.text import MAX_LENGTH

SUGGESTIONS = 8
CSV = "text/csv; charset=utf-8"


def search(request: HttpRequest) -> HttpResponse:
    """`/search/`: results, filters with counts, and every state an address."""
    asked = ask(read(request.GET), user=request.user)
    counting.note_search(request, asked)
    groups = groups_of(request, asked)
    return render(request, "search/search.html", {**shared(asked, groups), **_list(asked, groups)})


def results_csv(request: HttpRequest) -> StreamingHttpResponse:
    """`/search/results.csv`: all that the search finds, written while it is read."""
    asked = ask(replace(read(request.GET), page=1), user=request.user, size=1)
    response = StreamingHttpResponse(csv_lines(export.COLUMNS, export.rows(asked.query)), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="search-results.csv"'
    if asked.members:
        response["Cache-Control"] = "private, no-store"
    else:
        response["Link"] = f'<{LICENCE}>; rel="license"'
    return response


def groups_of(request: HttpRequest, asked: Asked) -> list[panel.Group]:
    """The filters. Which of them is shown in full is said by the address, and is no part of the search."""
    return panel.groups(asked.state, asked.results.facets, asked.names, full=request.GET.get(panel.ALL, ""))


def shared(asked: Asked, groups: list[panel.Group]) -> dict[str, Any]:
    """What the list and the map say and offer alike."""
    state = asked.state
    full = [group.name for group in groups if group.is_full]
    total, enough = asked.results.total, asked.results.enough if asked.results.relaxed else None
    return {
        "state": state,
        "asked": asked,
        "results": asked.results,
        "max_length": MAX_LENGTH,
        "sentence": sentence(
            state,
            total=total,
            enough=enough,
            labels=panel.chosen_labels(groups),
            near=asked.near.name if asked.near.point else "",
        ),
        "rest": rest(total=total, enough=enough),
        "groups": groups,
        "has_more": any(not group.is_first for group in groups),
        "more_open": any(group.chosen or group.is_full for group in groups if not group.is_first),
        "panel_open": bool(full),
        "chosen": panel.tags(
            state,
            groups,
            council=asked.like.council.short_name if asked.like.council else "",
            near=asked.near.name if asked.near.point else "",
        ),
        "keep": state.pairs(text=False, except_for={"exact"}),
        "held": [*state.pairs(except_for=panel.NAMES), *((panel.ALL, name) for name in full)],
        "clear_url": state.without_filters().address,
        "views": _views(state),
        "reserve": asked.reserve,
        "near": asked.near,
        "typed_url": asked.typed.as_typed().address if asked.typed else "",
        "spelled_url": state.spelled(asked.results.correction).address,
    }


def _views(state: SearchState) -> dict[str, str]:
    """The ways to see these results, where a feed of them is, and where the site is, for paper."""
    feed = urlencode(state.pairs(except_for={"sort", "like", "near"}))
    return {
        "base": settings.BASE_URL,
        "list": f"{reverse('search')}{state.address}",
        "map": f"{reverse('map')}{state.address}",
        "csv": f"{reverse('search_csv')}{state.address}",
        "feed": f"{reverse('feed_search')}?{feed}",
    }


def nearest_to(asked: Asked) -> dict[str, Any]:
    """What the form that asks “nearest to” needs."""
    state = asked.state
    return {
        "meant": [(label, state.nearest_to(value).address) for value, label in asked.near.suggestions],
        "without_near": state.without_near().address,
        "keep_for_near": state.without_near().pairs(except_for={"sort"}),
    }


def _list(asked: Asked, groups: list[panel.Group]) -> dict[str, Any]:
    """The list's own: cards, orders, pages, and help where there is nothing."""
    state, like, near = asked.state, asked.like, asked.near
    several_types = len(state.filters.get("type", ())) != 1
    nothing = not asked.results.total
    pinned = promotions.pinned(asked)
    hits = promotions.without(pinned, asked.results.hits)
    return {
        "pinned": pinned,
        "related": related.topics(asked),
        "cards": [card(hit, with_kind=several_types, why=like.why(hit)) for hit in hits],
        "page_obj": asked.page(),
        "like": like,
        "without_like": state.without_like().address,
        "keep_for_like": state.without_like().pairs(except_for={"sort"}),
        **nearest_to(asked),
        "sorts": panel.sorts(state, council=like.council.short_name if like.council else "", near=near.name),
        "nearest": empty.nearest(asked) if nothing else [],
        "is_postcode": nothing and is_postcode(state.text),
        "ways_out": empty.ways_out(asked, groups) if nothing else [],
    }


def suggest(request: HttpRequest) -> JsonResponse:
    """`/search/suggest/?q=`: titles that begin so, for everybody alike."""
    found = selectors.suggest(request.GET.get("q", "")[:100], size=SUGGESTIONS)
    kinds = {kind: str(sources()[kind].label_one) if kind in sources() else "" for kind in {one.kind for one in found}}
    response = JsonResponse(
        {"suggestions": [{"title": one.title, "url": local(one.url), "kind": kinds[one.kind]} for one in found]}
    )
    # What it finds is the same for all; its kinds are named in the language that a person or a cookie chose.
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    signed_in = request.user.is_authenticated
    patch_cache_control(response, max_age=60, **{"private" if signed_in else "public": True})
    return response
