"""Files that mean harm, through every door that takes one: refused in words, nothing breaks, and nothing is kept.

`tests/core/test_uploads.py` says more of photos and documents, `tests/casestudies/test_word_reading.py` of Word files.
"""

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from casestudies.models import WordImport
from core.models import ProviderRecord
from members.models import Invitation
from places.models import RecordPhoto
from tests import factories

pytestmark = pytest.mark.django_db

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"


def _png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    return out.getvalue()


def hostile() -> dict[str, tuple[str, bytes]]:
    bomb = {"word/document.xml": b"<w/>", "word/media/a.bin": b"\0" * (201 * 1024 * 1024)}
    return {
        "a drawing with a script": ("drawing.svg", SVG),
        "a drawing that says it is a photo": ("drawing.png", SVG),
        "a photo with two endings": ("photo.jpg.html", _photo()),
        "a page and a photo": ("both.jpg", b"GIF89a/*" + SCRIPT + b"*/=1;"),
        "more pixels than memory": ("bomb.png", _png(60_000, 60_000)),
        "a program": ("report.pdf.exe", b"MZ\x90\x00" + b"\0" * 500),
        "a program that says it is a report": ("report.pdf", b"MZ\x90\x00" + b"\0" * 500),
        "a small file that unpacks to a large one": ("report.docx", _zip(bomb)),
        "parts outside their folder": ("way.docx", _zip({"../../../etc/cron.d/x": b"x", "content.xml": b"<x/>"})),
        "a way out of the folder": ("../../../../etc/passwd\x00.png", SCRIPT),
        "a list that is none": ("people.csv", b"address,role\n\x00\xff\xfe\x00" + SCRIPT),
        "nothing": ("empty.csv", b""),
    }


@pytest.fixture
def doors(settings, tmp_path):
    """What takes a file: name → (who, where, what else the form says, the file's field)."""
    settings.MEDIA_ROOT = tmp_path
    stockport = factories.organisation("Stockport")
    place = factories.PlaceFactory(name="Edgeley", slug="edgeley")
    people = {role: factories.member(stockport, role) for role in ("author", "lead")}
    people |= {"anybody": factories.UserFactory(), "administrator": factories.UserFactory(administrator=True)}
    file = {"title": "Evidence", "collection": stockport.collection.pk}
    record = {
        "kind": "illegal_content", "title": "Risks", "dated": "2026-11-01", "author": "Ada",
        "next_review": "2027-11-01", "body": rich_text("<p>First</p>"), "attachments": inline_formset([{"title": "x"}]),
    }  # fmt: skip
    account = {"avatar-preferences": "1", "name-name": "Ada"}
    return tmp_path, people, {
        "a photo in the CMS": ("author", reverse("wagtailimages:add"), file, "file"),
        "a document in the CMS": ("author", reverse("wagtaildocs:add"), file, "file"),
        "a Word file": ("author", reverse("import_word"), {"organisation": stockport.pk}, "file"),
        "people to invite": ("lead", reverse("council_invite_many", args=["stockport"]), {}, "file"),
        "a photo of a place": ("anybody", reverse("record_add", args=[place.slug]), {"words": "Gone."}, "photo"),
        "evidence of a duty": (
            "administrator", reverse("wagtailsnippets_core_providerrecord:add"), nested_form_data(record),
            "attachments-0-file",
        ),
        "redirects": ("administrator", reverse("wagtailredirects:start_import"), {}, "import_file"),
        "a face in the CMS": ("author", reverse("wagtailadmin_account"), account, "avatar-avatar"),
    }  # fmt: skip


def test_every_door_refuses_every_such_file_in_words_and_keeps_nothing(doors):
    folder, people, ways = doors
    files = hostile()
    for place, (door, (who, where, told, field)) in enumerate(ways.items()):
        client = Client()
        client.force_login(people[who])
        for number, (what, (name, data)) in enumerate(files.items()):
            if where.startswith("/cms/") and (place + number) % 2:
                continue  # its pages are dear: each of its doors gets every second file, and the next the others
            answer = client.post(where, {**told, field: SimpleUploadedFile(name, data)}, follow=True)
            case = f"{door}: {what}"
            assert answer.status_code in {200, 422}, f"{case}: {answer.status_code}"
            page = BeautifulSoup(answer.content, "html.parser")
            errors = page.select(
                ".govuk-error-message, .error-message, .govuk-error-summary, .messages .error, .w-error"
            )
            assert any(one.get_text(strip=True) for one in errors), f"{case}: no word about it"
            assert SCRIPT.decode() not in answer.content.decode(), f"{case}: it came back as it is"
        kept = [str(path) for path in folder.rglob("*") if path.is_file()]
        assert kept == [], door
    rows = (get_image_model(), get_document_model(), WordImport, Invitation, RecordPhoto, ProviderRecord)
    assert {model.__name__: model.objects.count() for model in rows if model.objects.exists()} == {}


# Forms with a file in them, and the door above at which each is tried.
TRIED = {
    "WordFileForm": "a Word file",
    "PeopleFileForm": "people to invite",
    "EntryForm": "a photo of a place",
    "ProviderRecordAttachmentForm": "evidence of a duty",
    "ImportForm": "redirects",
    "AvatarPreferencesForm": "a face in the CMS",
}
# What Wagtail makes of our forms for photos and documents when a page is asked for.
MADE = ("ImageForm", "DocumentForm", "CustomImageForm")


def _below(form):
    for one in form.__subclasses__():
        yield one
        yield from _below(one)


def test_no_form_takes_a_file_untried(doors):
    assert get_resolver().url_patterns, "every module with a form in it is loaded"
    with_files = {
        form.__name__
        for form in _below(forms.BaseForm)
        if any(isinstance(field, forms.FileField) for field in getattr(form, "base_fields", {}).values())
        and not form.__module__.startswith("tests.")
    }
    untried = {name for name in with_files if name not in TRIED and not name.endswith(MADE)}
    assert untried == set()
    assert set(TRIED.values()) <= set(doors[2])
