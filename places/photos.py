"""The photos of residents' records: written anew, kept where no address leads, and served to who may see the entry.

They are no images of the CMS: those are as private as a collection, these as an entry. What waits for somebody to
finish a form is kept for a day (`retention_rules`), so that a slip in the text costs nobody the photo.
"""

from base64 import b64encode
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.images import sized
from places.models import RecordPhoto
from places.models.record import LARGE, SMALL

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

# `casestudies.media` serves images of the CMS by their path; nothing serves this folder but `record.views.photo`.
FOLDER = "residents-record"
KEPT = timedelta(days=1)
# More than anybody has forms open; who sends one after another keeps the last ones.
MOST_WAITING = 5
SALT = "places.photos"


def keep_photo(*, upload: "UploadedFile", by: "User") -> RecordPhoto:
    """Write it anew in two sizes and keep it for its sender, who has a few such at most. `ValueError` if it is no
    picture.
    """
    made = sized(upload, large=LARGE, small=SMALL)
    stem = f"{FOLDER}/{uuid4().hex}"
    large = default_storage.save(f"{stem}.jpg", ContentFile(made.large))
    small = default_storage.save(f"{stem}-small.jpg", ContentFile(made.small))
    photo = RecordPhoto.objects.create(by=by, large=large, small=small, width=made.width, height=made.height)
    forget_photos(RecordPhoto.objects.filter(by=by, entry=None).order_by("-pk")[MOST_WAITING:])
    return photo


def ticket_of(photo: RecordPhoto) -> str:
    """What a form carries, so that a photo that was sent with a slip in the text need not be chosen again."""
    return signing.dumps(photo.pk, salt=SALT)


def photo_of(ticket: str, *, by: "User") -> RecordPhoto | None:
    """The photo that this person sent and no entry has yet."""
    try:
        number = signing.loads(ticket, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return RecordPhoto.objects.filter(pk=number, by=by, entry=None).first()


def forget_photos(photos: Iterable[RecordPhoto]) -> int:
    """Delete rows now, and files once that is certain."""
    gone = list(photos)
    names = [name for photo in gone for name in photo.files]
    RecordPhoto.objects.filter(pk__in=[photo.pk for photo in gone]).delete()
    transaction.on_commit(lambda: delete_files(names))
    return len(gone)


def evidence_of(photo: RecordPhoto) -> dict[str, str]:
    """The larger file as text, with what it shows and what it is known by. Without bytes where the storage has none."""
    found: dict[str, str] = {"name": photo.large, "alt": photo.alt}
    try:
        with default_storage.open(photo.large) as file:
            raw = file.read()
    except FileNotFoundError:
        return found
    return {**found, "sha256": sha256(raw).hexdigest(), "base64": b64encode(raw).decode()}


def delete_files(names: Iterable[Any]) -> None:
    for name in names:
        default_storage.delete(name)
