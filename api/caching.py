"""What the API and the feeds have in common: the same answer for everybody, which any cache may keep."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag

MAX_AGE = 300


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let caches keep a good answer for five minutes, and answer 304 to who has it already."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response: HttpResponse = view(request, *args, **kwargs)
        # Any web page may read what anybody may read; no cookie counts here.
        response["Access-Control-Allow-Origin"] = "*"
        if response.status_code != 200:
            patch_cache_control(response, no_store=True)
            return response
        patch_cache_control(response, public=True, max_age=MAX_AGE)
        if not response.has_header("ETag"):
            set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response)

    return wrapped
