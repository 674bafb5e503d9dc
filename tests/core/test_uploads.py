"""Files that are not what they should be: each refused in words at its field, through the CMS's own doors."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stockport(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    organisation = factories.organisation("Stockport")
    client.force_login(factories.member(organisation, "author"))
    return organisation


def picture(file_format="JPEG", size=(60, 40)):
    out = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, file_format)
    return out.getvalue()


def png_that_says(width, height):
    """A few bytes that claim to be a picture of this size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


def send(client, stockport, name, data):
    form = {"title": "Market", "collection": stockport.collection.pk, "file": SimpleUploadedFile(name, data)}
    return client.post(reverse("wagtailimages:add"), form)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_AND_SCRIPT = b"GIF89a/*\x01\x00\x01\x00\x00*/=1;alert(1);"


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("large.png", lambda: png_that_says(10_000, 5_000), "50000000 pixels; 40000000 is the most"),
        ("bomb.png", lambda: png_that_says(60_000, 60_000), "is the most"),
        ("drawing.svg", lambda: SVG, "SVG"),
        ("drawing.png", lambda: SVG, "inside it is svg|not a picture"),
        ("both.jpg", lambda: GIF_AND_SCRIPT, "inside it is gif|not a picture"),
        ("page.jpg", lambda: b"<!doctype html><script>alert(1)</script>", "not a picture"),
        ("photo.png", picture, "named .png, but inside it is jpeg"),
        ("photo.jpg.html", picture, "Photos may be JPEG"),
        ("half.jpg", lambda: picture(size=(400, 400))[:9000], "not a picture that can be read"),
        ("empty.jpg", lambda: b"", "empty"),
        ("heavy.jpg", lambda: picture() + b"\0" * (16 * 1024 * 1024), "is the most"),
    ],
)
def test_each_is_refused_in_words_at_its_field(client, stockport, name, make, words):
    response = send(client, stockport, name, make())
    assert response.status_code == 200
    (error,) = response.context["form"].errors["file"]
    assert any(part in error for part in words.split("|")), error
    assert not get_image_model().objects.exists()


def test_a_phones_heic_is_taken_and_becomes_a_jpeg(client, stockport):
    assert send(client, stockport, "IMG_1.heic", picture("HEIF")).status_code == 302
    assert get_image_model().objects.get().file.name.endswith(".jpg")


def test_what_hides_behind_a_picture_does_not_go_on(client, stockport):
    hidden = b"<script>alert('hidden')</script>"
    assert send(client, stockport, "photo.jpg", picture() + hidden).status_code == 302
    with get_image_model().objects.get().file.open() as kept:
        assert hidden not in kept.read()


def test_many_at_once_are_told_the_same(client, stockport):
    form = {"title": "x", "collection": stockport.collection.pk}
    files = {"files[]": SimpleUploadedFile("large.png", png_that_says(10_000, 5_000))}
    response = client.post(
        reverse("wagtailimages:add_multiple"), form | files, headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert response.json()["success"] is False
    assert "50000000 pixels" in response.json()["error_message"]


def test_the_limits_are_settings(client, stockport, settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 1000
    response = send(client, stockport, "photo.jpg", picture())
    assert "1000 is the most" in str(response.context["form"].errors["file"])


def archive(*names):
    out = BytesIO()
    with ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("report.pdf", b"<html><script>", "not a PDF"),
        ("report.docx", b"<html>", "cannot be read"),
        ("report.docx", archive("xl/workbook.xml"), "not what its name says"),
        ("report.docx", archive("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("table.csv", b"  <!DOCTYPE html><script>", "not plain text"),
        ("table.txt", b"a\0b", "not plain text"),
        ("run.exe", b"MZ", "not allowed"),
        ("page.html", b"<p>", "not allowed"),
        ("report.pdf", b"%PDF-1.7\n", ""),
        ("report.docx", archive("word/document.xml"), ""),
        ("table.csv", "<5,≥5\n1,2".encode(), ""),
    ],
)
def test_a_document_is_what_its_name_says(client, stockport, name, data, words):
    form = {"title": "Report", "collection": stockport.collection.pk, "file": SimpleUploadedFile(name, data)}
    response = client.post(reverse("wagtaildocs:add"), form)
    if words:
        assert words in str(response.context["form"].errors["file"])
    assert get_document_model().objects.exists() is not bool(words)


@pytest.mark.parametrize("many", [False, True])
def test_what_a_page_still_uses_is_not_deleted_and_one_is_told_so(client, stockport, many):
    """Here the index of uses, which is written in the background, knows of none yet: the database refuses."""
    client.force_login(factories.UserFactory(administrator=True))
    image = get_image_model().objects.create(title="Market", file=SimpleUploadedFile("market.jpg", picture()))
    document = get_document_model().objects.create(title="Audit", file=SimpleUploadedFile("audit.txt", b"Audit"))
    page = factories.case_study(stockport)
    page.photos.model.objects.create(page=page, image=image, alternative_text="A market")
    page.documents.model.objects.create(page=page, document=document)
    for kept, one in ((image, "wagtailimages:delete"), (document, "wagtaildocs:delete")):
        meta = kept._meta
        address = reverse(one, args=[kept.pk])
        if many:
            address = (
                reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, "delete"]) + f"?id={kept.pk}"
            )
        answer = client.post(address, follow=True)
        assert answer.status_code == 200
        assert "it is still used on a page or in a draft" in answer.content.decode()
        assert type(kept).objects.filter(pk=kept.pk).exists()
    by_script = client.post(
        reverse("wagtailimages:delete_multiple", args=[image.pk]), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert (by_script.status_code, by_script.json()["success"]) == (409, False)
    page.photos.model.objects.all().delete()
    client.post(reverse("wagtailimages:delete", args=[image.pk]))
    assert not get_image_model().objects.filter(pk=image.pk).exists()
