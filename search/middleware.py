"""What search sees of every answer."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from search.counting import note_opening


class OpenedResultsMiddleware:
    """Counts that a result was opened, from the address of the search that browsers send along; asks no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        note_opening(request, response)
        return response
