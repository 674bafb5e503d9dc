"""The page of last resort: nothing on it may need what has just failed."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's id, which stands in the log beside the traceback. No context processors, no database."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return HttpResponseServerError(render_to_string("500.html", {"request_id": request_id}))
