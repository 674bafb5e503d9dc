"""What the CMS adds for case studies, and the guard at the documents' door."""

from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks

from casestudies.media import may_see_document


@hooks.register("before_serve_document")
def as_private_as_the_pages_that_use_it(document: Any, request: HttpRequest) -> None:
    if not may_see_document(request.user, document):
        raise Http404
