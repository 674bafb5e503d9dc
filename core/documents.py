"""Documents that are what their names say (`WAGTAILDOCS_DOCUMENT_FORM_BASE`: every upload form of Wagtail's)."""

import re
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile, ZipFile

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

HEAD = 4096
# Ten times the largest upload: text compresses well, a bomb much better.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 10_000
# What a zip must hold to be the document that its name says.
INSIDE = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "odt": "content.xml",
    "ods": "content.xml",
    "odp": "content.xml",
}
_MACROS = re.compile(r"vbaproject\.bin$|^Basic/", re.IGNORECASE)
_PAGE = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|head|body|script|svg|\?xml)\b", re.IGNORECASE | re.DOTALL)


def trouble_with(upload: UploadedFile) -> Any:
    """What is wrong with a document, in words; empty when it is what its name says. Leaves the file at its start."""
    extension = PurePath(upload.name or "").suffix.lower().lstrip(".")
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if extension == "pdf":
        return "" if b"%PDF-" in head[:1024] else _("This is not a PDF, whatever its name says.")
    if extension in INSIDE:
        trouble = _trouble_inside(upload, INSIDE[extension])
        upload.seek(0)
        return trouble
    if extension in {"csv", "txt"} and (b"\0" in head or _PAGE.match(head)):
        return _("This is not plain text, whatever its name says.")
    return ""


def _trouble_inside(upload: UploadedFile, needed: str) -> Any:
    try:
        with ZipFile(upload) as archive:  # only the list of its parts is read
            names = archive.namelist()
            unpacked = sum(part.file_size for part in archive.infolist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return _("This document cannot be read. It may be damaged, have a password, or be of another kind.")
    if unpacked > MOST_UNPACKED or len(names) > MOST_PARTS:
        return _("This document unpacks to far more than it seems. Save a copy, or make it a PDF.")
    if any(_MACROS.search(name) for name in names):
        return _("This document has macros. Save a copy without them.")
    return "" if needed in names else _("This document is not what its name says. Save it again and try that.")


class CleanDocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if isinstance(upload, UploadedFile) and (trouble := trouble_with(upload)):
            raise forms.ValidationError(trouble)
        return upload
