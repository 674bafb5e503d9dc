"""`/map/`: a search shown on a map, its points as one small file, and the same for other sites to show in a frame."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers, set_response_etag
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_exempt

from search import counting, map_points, map_view, on_map, panel
from search.asking import Asked, ask
from search.map_view import View, read_view
from search.sentence import sentence
from search.state import SearchState, read
from search.views import groups_of, nearest_to, shared

# What everybody gets alike may be kept so long; it has no names in it.
SECONDS = 60
MOST_VIEW = 60
# In the addresses by which a script moves the map of a frame, which shows everybody the same.
FRAMED = ("frame", "1")


def map_page(request: HttpRequest) -> HttpResponse:
    """`/map/`: the same search, drawn where its results are, with a list that says the same."""
    asked = _asked(request, request.user, count=True)
    counting.note_search(request, asked)
    held = {name: value for name, value in _view(request).items() if name == "view" and value}
    context = {**shared(asked, groups_of(request, asked)), **nearest_to(asked), **_drawn(request, asked)}
    for form in ("keep", "held") if held else ():
        context[form] = [*context[form], *held.items()]
    return render(request, "search/map.html", context)


def map_part(request: HttpRequest) -> HttpResponse:
    """`/map/part/`: only the marks and the list of what `view` shows, for a map that moves under the reader's hand."""
    framed = _is_framed(request)
    asked = _asked(request, AnonymousUser() if framed else request.user)
    context = {"state": asked.state, "near": asked.near, "elsewhere": framed, **_drawn(request, asked)}
    response = render(request, "search/_mapped.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def map_points_file(request: HttpRequest) -> HttpResponse:
    """`/map/points/`: where everything is that this search finds, without names."""
    asked = _asked(request, AnonymousUser() if _is_framed(request) else request.user)
    found = map_points.points(asked.query, asked.results)
    body = map_points.payload(found)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(map_points.compressed(body) if zipped else body, content_type="application/json")
    if zipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=SECONDS)
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def map_embed(request: HttpRequest) -> HttpResponse:
    """`/map/embed/`: for a frame on any site. Everybody sees what everybody may, whoever they are; no cookie counts."""
    asked = _asked(request, AnonymousUser())
    context = {"asked": asked, "state": asked.state, "near": asked.near, "results": asked.results}
    query = urlencode(asked.state.pairs())
    labels = panel.chosen_labels(panel.groups(asked.state, {}, asked.names))
    said = sentence(asked.state, total=asked.results.total, enough=None, labels=labels, near=asked.near.name)
    context |= {"sentence": said, "whole": f"{settings.BASE_URL}{reverse('map')}?{query}", "elsewhere": True}
    response = render(request, "search/map_embed.html", {**context, **_drawn(request, asked, framed=True)})
    # It names what it shows, so no cache may show it without asking whether it is still so.
    patch_cache_control(response, public=True, no_cache=True)
    return response


def _asked(request: HttpRequest, user: Any, *, count: bool = False) -> Asked:
    return ask(replace(read(request.GET), page=1), user=user, size=1, count=count)


def _is_framed(request: HttpRequest) -> bool:
    name, value = FRAMED
    return request.GET.get(name) == value


def _view(request: HttpRequest) -> dict[str, Any]:
    """The part of the map that is asked for, and what to say of one that there is not."""
    text = request.GET.get("view", "")[:MOST_VIEW]
    view = read_view(text) if text else None
    problem = gettext("“%(view)s” is no part of this map. It shows what fits the search instead.") % {"view": text}
    return {"view": text if view else "", "read": view, "view_problem": problem if text and view is None else ""}


def _drawn(request: HttpRequest, asked: Asked, *, framed: bool = False) -> dict[str, Any]:
    """The picture, and the addresses by which a script gets more of it: of what everybody may see, in a frame."""
    asked_for = _view(request)
    address = _address(asked.state)
    drawn = on_map.draw(asked, view=asked_for["read"], page=read(request.GET).page, address=address)
    query = urlencode([*asked.state.pairs(), *([FRAMED] if framed else [])])
    embedded = (
        f"{settings.BASE_URL}{reverse('map_embed')}?{urlencode([*asked.state.pairs(), ('view', drawn.view.address)])}"
    )
    return {
        "map": drawn,
        "view_problem": asked_for["view_problem"],
        "points_url": f"{reverse('map_points')}?{query}",
        "part_url": f"{reverse('map_part')}?{query}",
        "embed_url": embedded,
        "nearest_url": "" if framed or drawn.view.is_whole else _nearest(asked.state, drawn.view),
    }


def _nearest(state: SearchState, view: View) -> str:
    """The list of what is nearest to the middle of what is shown."""
    box = view.box
    middle = map_view.at(box.left + box.width / 2, box.top + box.height / 2, view.zoom)
    return f"{reverse('search')}{state.nearest_to(f'{middle.lat:.2f},{middle.lng:.2f}').address}"


def _address(state: SearchState) -> Callable[[View], str]:
    return lambda view: f"?{urlencode([*state.pairs(), ('view', view.address)], safe=',')}"
