"""Photos without what a phone adds to them: where, when and by whose device they were taken.

Every upload form of Wagtail's inherits this one (`WAGTAILIMAGES_IMAGE_FORM_BASE`).
"""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from wagtail.images.forms import BaseImageForm

# What each format is written as; HEIC becomes JPEG, which every browser shows.
WRITTEN_AS = {"JPEG": "JPEG", "MPO": "JPEG", "HEIF": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "AVIF": "AVIF"}
SUFFIX = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "AVIF": ".avif"}
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 92, "method": 4},
    "AVIF": {"quality": 85},
}


def without_metadata(upload: UploadedFile) -> UploadedFile:
    """The same picture the right way up, with its colour profile and nothing else. `ValueError` if it is no picture.

    A picture of several frames keeps the first.
    """
    upload.seek(0)
    try:
        with Image.open(upload) as opened:
            written_as = WRITTEN_AS[opened.format or ""]
            profile = opened.info.get("icc_profile")
            picture = ImageOps.exif_transpose(opened)
            if written_as == "JPEG" and picture.mode not in {"RGB", "L", "CMYK"}:
                picture = picture.convert("RGB")
            # Pillow copies some of what it read (comments, text) into what it writes; only pixels go on.
            transparent = picture.info.get("transparency")
            picture.info = {} if transparent is None else {"transparency": transparent}
            out = BytesIO()
            picture.save(out, written_as, **QUALITY[written_as], **({"icc_profile": profile} if profile else {}))
    except (KeyError, OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ValueError(f"This picture cannot be read: {error}") from error
    name = str(PurePath(upload.name or "photo").with_suffix(SUFFIX[written_as]))
    return SimpleUploadedFile(name, out.getvalue(), content_type=Image.MIME[written_as])


class CleanImageForm(BaseImageForm):
    """Wagtail's form for every upload: one image, many, or from within the editor."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload
        try:
            return without_metadata(upload)
        except ValueError as error:
            raise forms.ValidationError(_("This photo cannot be read. Save it as JPEG and try again.")) from error
