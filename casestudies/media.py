"""Uploaded photos and documents, as private as the pages that use them.

Photos are served from here; documents by Wagtail's own view, which asks `may_see_document` (`wagtail_hooks.py`).
"""

import mimetypes
from pathlib import PurePath
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from casestudies.choices import Audience
from casestudies.models import BriefingDocument, Document, Photo
from members.files import may_use_file
from members.permissions import is_member
from moderation.locked_cases import are_locked, can_handle_locked

FOLDERS = ("images/", "original_images/")


def may_see_image(user: Any, image: Any) -> bool:
    """An image on a published public page is public; on members' pages only, members'; on drafts, who works on them.

    Of a page that a locked case is about, nobody but who is named for such cases sees the pictures.
    """
    pages = list(Photo.objects.filter(image=image).values_list("page", "page__live", "page__audience"))
    if are_locked({number for number, _live, _audience in pages}):
        return can_handle_locked(user)
    return _is_among(user, {audience for _number, live, audience in pages if live}) or may_use_file(user, image)


def may_see_document(user: Any, document: Any) -> bool:
    """The same rules; a document may also be linked from the text of any page."""
    attached = list(Document.objects.filter(document=document).values_list("page", "page__live", "page__audience"))
    briefings = list(BriefingDocument.objects.filter(document=document).values_list("page", "page__live"))
    linking = _pages_linking(document)
    if are_locked({*linking, *(number for number, *_rest in (*attached, *briefings))}):
        return can_handle_locked(user)
    audiences = {audience for _number, live, audience in attached if live}
    audiences |= {Audience.MEMBERS for _number, live in briefings if live}
    pages = Page.objects.live().filter(pk__in=linking)
    audiences |= {getattr(page, "audience", Audience.PUBLIC) for page in pages.specific()}
    return _is_among(user, audiences) or may_use_file(user, document)


def _pages_linking(document: Any) -> set[int]:
    """Of pages alone: a snippet has numbers of its own, and a page with the same is another thing."""
    references = ReferenceIndex.get_references_to(document)
    numbers = references.filter(base_content_type=ContentType.objects.get_for_model(Page))
    return {int(number) for number in numbers.values_list("object_id", flat=True)}


def _is_among(user: Any, audiences: set[str]) -> bool:
    return Audience.PUBLIC in audiences or (Audience.MEMBERS in audiences and is_member(user))


def serve_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """`/media/<path>`: an image or one of its renditions; 404 for anything else and for who may not see it."""
    if not path.startswith(FOLDERS):
        raise Http404
    images = get_image_model()
    image = (
        images.objects.filter(file=path).first()
        or images.objects.filter(pk__in=images.get_rendition_model().objects.filter(file=path).values("image")).first()
    )
    if image is None or not may_see_image(request.user, image) or not default_storage.exists(path):
        raise Http404
    response = FileResponse(
        default_storage.open(path), content_type=mimetypes.guess_type(path)[0] or "application/octet-stream"
    )
    public = not request.user.is_authenticated
    # What is hidden must be gone from caches as soon as from pages: five minutes, as for feeds and the API.
    response["Cache-Control"] = "public, max-age=300" if public else "private, no-store"
    response["ETag"] = f'"{image.file_hash or image.pk}-{PurePath(path).name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
