"""Photos without what a phone adds to them: where, when and by whose device they were taken.

Every upload form of Wagtail's inherits this one (`WAGTAILIMAGES_IMAGE_FORM_BASE`).
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from wagtail.images.fields import WagtailImageField
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


# Wagtail's own, in words that say what to do. It fills in the rest.
MESSAGES = {
    "invalid_image": _(
        "This is not a picture that can be read, whatever its name says. Save it as JPEG and try again."
    ),
    "invalid_image_extension": _(
        "Photos may be JPEG, PNG, WebP, AVIF or HEIC. Drawings (SVG), GIF and others are not taken: save a copy as PNG "
        "or JPEG."
    ),
    "invalid_image_known_format": _(
        "The file is named .%(extension)s, but inside it is %(image_format)s. Save it again as JPEG or PNG."
    ),
    "file_too_large": _("This file has %(file_size)s; %(max_filesize)s is the most. Save it smaller and try again."),
    "file_too_many_pixels": _(
        "This photo has %(num_pixels)s pixels; %(max_pixels_count)s is the most. Save it smaller, for example 3000 "
        "pixels wide, and try again."
    ),
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


@dataclass(frozen=True, kw_only=True)
class Sized:
    """A photo written anew as JPEG, with the size of the large one in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def sized(upload: UploadedFile, *, large: int, small: int) -> Sized:
    """The picture the right way up and no more than so many pixels wide or high, with its colour profile and nothing
    else of what was beside it.

    `ValueError` if it is no picture; whoever calls has asked how large it is (`CleanImageField`).
    """
    upload.seek(0)
    try:
        with Image.open(upload) as opened:
            opened.draft("RGB", (large, large))
            picture = _on_white(ImageOps.exif_transpose(opened))
            # A profile speaks of the colours it was made for: one of four inks says nothing of red, green and blue.
            still_fits = picture.mode == "L" or opened.mode in {"RGB", "RGBA", "P"}
            profile = opened.info.get("icc_profile") if still_fits else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"This picture cannot be read: {error}") from error
    picture.info = {}
    written: list[bytes] = []
    sizes: list[tuple[int, int]] = []
    for most in (large, small):
        picture.thumbnail((most, most))
        out = BytesIO()
        picture.save(out, "JPEG", quality=82, optimize=True, **({"icc_profile": profile} if profile else {}))
        written.append(out.getvalue())
        sizes.append(picture.size)
    return Sized(large=written[0], small=written[1], width=sizes[0][0], height=sizes[0][1])


def _on_white(picture: Image.Image) -> Image.Image:
    """As JPEG can hold it: what one could see through is white."""
    if picture.mode in {"RGB", "L"}:
        return picture
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


class CleanImageField(WagtailImageField):
    """Asks how large a picture is before anything unpacks it; Wagtail’s own field asks after."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages |= MESSAGES

    def to_python(self, data: Any) -> Any:
        if isinstance(data, UploadedFile):
            self.check_image_file_size(data)
            self._check_pixels(data)
        try:
            return super().to_python(data)
        except (OSError, SyntaxError, ValueError) as error:  # a picture that ends too early
            raise forms.ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error

    def _check_pixels(self, upload: UploadedFile) -> None:
        try:
            with Image.open(upload) as opened:  # reads the head only
                pixels = opened.width * opened.height * getattr(opened, "n_frames", 1)
        except Image.DecompressionBombError:
            pixels = Image.MAX_IMAGE_PIXELS * 2 if Image.MAX_IMAGE_PIXELS else 0
        except (OSError, SyntaxError, ValueError, EOFError):
            pixels = 0  # what it is instead is said below
        finally:
            upload.seek(0)
        if self.max_image_pixels and pixels > self.max_image_pixels:
            raise forms.ValidationError(
                self.error_messages["file_too_many_pixels"]
                % {"num_pixels": pixels, "max_pixels_count": self.max_image_pixels},
                code="file_too_many_pixels",
            )


class CleanImageForm(BaseImageForm):
    """Wagtail's form for every upload: one image, many, or from within the editor.

    What a file is, is told by its content, and its name must agree. The picture is written anew, so that nothing that
    was hidden beside it goes on.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:  # there is none where several pictures are described after their upload
            field = self.fields["file"]
            self.fields["file"] = CleanImageField(
                label=field.label, required=field.required, widget=field.widget, initial=field.initial
            )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not isinstance(upload, UploadedFile):
            return upload
        try:
            return without_metadata(upload)
        except ValueError as error:
            raise forms.ValidationError(_("This photo cannot be read. Save it as JPEG and try again.")) from error
