"""Where a photo was taken is nobody's business: it is gone before the file is stored."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from core.images import without_metadata
from tests import factories

GPS = {1: "N", 2: (53.0, 24.0, 33.0), 3: "W", 4: (2.0, 9.0, 27.0)}
ON_ITS_SIDE = 6  # the picture is stored lying and must be turned to stand


def photo(file_format, **options):
    """A red left half and a blue right half, taken in Stockport, 60 × 30 as stored."""
    picture = Image.new("RGB", (60, 30), "red")
    picture.paste("blue", (30, 0, 60, 30))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = ON_ITS_SIDE
    exif[ExifTags.Base.Model] = "Somebody’s phone"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    out = BytesIO()
    picture.save(out, file_format, exif=exif, **options)
    assert Image.open(BytesIO(out.getvalue())).getexif().get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
    return SimpleUploadedFile(
        f"market.{file_format.lower()}", out.getvalue(), content_type=f"image/{file_format.lower()}"
    )


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_a_photo_loses_everything_but_the_picture_and_stands_upright(file_format):
    if file_format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    cleaned = without_metadata(photo(file_format)).read()
    picture = Image.open(BytesIO(cleaned))
    assert dict(picture.getexif()) == {}
    assert not {"exif", "xmp", "XML:com.adobe.xmp", "comment"} & set(picture.info)
    assert "phone" not in cleaned.decode("latin-1")
    # HEIC says in its own way how it stands, and is upright as soon as it is read.
    assert picture.size == ((60, 30) if file_format == "HEIF" else (30, 60))
    red, _green, blue = picture.convert("RGB").getpixel((15, 10))
    assert red > 200
    assert blue < 60
    assert picture.format == {"HEIF": "JPEG"}.get(file_format, file_format)


def test_a_picture_with_a_see_through_ground_keeps_it():
    out = BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(out, "PNG", pnginfo=None)
    cleaned = without_metadata(SimpleUploadedFile("logo.png", out.getvalue()))
    assert Image.open(cleaned).getpixel((5, 5))[3] == 0


def test_what_is_no_picture_is_refused():
    with pytest.raises(ValueError, match="cannot be read"):
        without_metadata(SimpleUploadedFile("market.jpg", b"GIF89a and no more"))


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create"])
def test_every_way_into_the_cms_cleans_the_original(client, settings, tmp_path, door):
    settings.MEDIA_ROOT = tmp_path
    stockport = factories.organisation("Stockport")
    client.force_login(factories.member(stockport, "author"))
    prefix = "image-chooser-upload-" if "chooser" in door else ""
    data = {f"{prefix}title": "Market", f"{prefix}collection": stockport.collection.pk}
    upload = "files[]" if "multiple" in door else f"{prefix}file"
    client.post(reverse(door), {**data, upload: photo("JPEG")}, headers={"X-Requested-With": "XMLHttpRequest"})
    image = get_image_model().objects.get()
    assert image.collection == stockport.collection
    with Image.open(image.file.path) as original:
        assert dict(original.getexif()) == {}
    assert (image.width, image.height) == (30, 60)


@pytest.mark.django_db
def test_an_unreadable_photo_says_so_at_its_field():
    form_class = get_image_form(get_image_model())
    form = form_class({"title": "Market"}, {"file": SimpleUploadedFile("market.jpg", b"not a picture")})
    assert not form.is_valid()
    assert "file" in form.errors
