"""Uploaded photos, as private as the pages that show them.

Documents go through Wagtail's own view (with our guard in `wagtail_hooks.py`), never through here.
"""

import mimetypes
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from wagtail.images import get_image_model

from casestudies.choices import Audience
from casestudies.models import Photo
from members.permissions import is_member

FOLDERS = ("images/", "original_images/")


def may_see_image(user: Any, image: Any) -> bool:
    """An image on a published public page is public; on members' pages only, members'; on drafts only, the CMS's."""
    audiences = set(Photo.objects.filter(image=image, page__live=True).values_list("page__audience", flat=True))
    if Audience.PUBLIC in audiences:
        return True
    if Audience.MEMBERS in audiences:
        return is_member(user)
    return bool(user.is_authenticated and user.has_perm("wagtailadmin.access_admin"))


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
    response["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
