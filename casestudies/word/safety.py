"""A file from outside, opened without trust.

A `.docx` is a zip of XML. Before a parser sees it: it is a zip and not one with a password, it holds no more than it
says and not too much, no part of it is named out of its folder, its XML declares no entities, and it carries no
macros. Nothing in it is fetched: what it refers to outside itself is never opened (`mammoth` is told so too).
"""

import re
from io import BytesIO
from typing import Any
from xml.sax import ContentHandler, SAXException
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parse
from django.utils.translation import gettext as _

from casestudies.word.errors import UnreadableFile

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_TEXT = 12 * 1024 * 1024  # of XML; a book of 500 pages has about 5
MAX_PARTS = 2000
MAX_RATIO = 200
MAX_DEPTH = 150
DOCUMENT = "word/document.xml"
CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, .xls, and .docx with a password
_MACROS = re.compile(r"vbaproject|macroenabled", re.IGNORECASE)


class _Depth(ContentHandler):
    """Refuses XML that is nested so deeply that reading it would exhaust the stack."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - named by the standard library
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SAXException("nested too deeply")

    def endElement(self, name: str) -> None:  # noqa: N802 - named by the standard library
        self.depth -= 1


def checked(name: str, data: bytes) -> BytesIO:
    """The file, ready to be read as a Word document, or `UnreadableFile`."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(too_big())
    if name.lower().endswith((".docm", ".dotm")):
        raise UnreadableFile(_macros())
    if data.startswith(_OLE):
        raise UnreadableFile(_old_or_locked(data))
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check(archive)
    except (BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise UnreadableFile(
            _("This is not a Word document, or it is damaged. Open it in Word and save it as “Word document (.docx)”.")
        ) from error
    return BytesIO(data)


def too_big() -> str:
    return _("This file is larger than %(n)s MB. Take the pictures out of a copy and import that.") % {
        "n": MAX_BYTES // 1024 // 1024
    }


def _check(archive: ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnreadableFile(_("This file has a password. Save a copy without it and import that."))
    if any(_MACROS.search(name) for name in names):
        raise UnreadableFile(_macros())
    if DOCUMENT not in names:
        raise UnreadableFile(_("This is not a Word document. Open it in Word and save it as “Word document (.docx)”."))
    if (
        len(parts) > MAX_PARTS
        or len(names) != len(parts)
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or any(part.file_size > MAX_RATIO * max(part.compress_size, 1) + CHUNK for part in parts)
        or any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names)
    ):
        raise UnreadableFile(_("This file unpacks to far more than a document does, so it was not opened."))
    left = MAX_TEXT
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            left -= _check_xml(archive, part, left)


def _check_xml(archive: ZipFile, part: ZipInfo, left: int) -> int:
    """Unpack one part no further than allowed and parse it once; returns its size."""
    unpacked = BytesIO()
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            unpacked.write(chunk)
            if unpacked.tell() > left:
                raise UnreadableFile(_("There is too much text in this file to import. Import the part that matters."))
    if part.filename == "[Content_Types].xml" and b"macroEnabled" in unpacked.getvalue():
        raise UnreadableFile(_macros())
    size = unpacked.tell()
    unpacked.seek(0)
    try:
        parse(unpacked, _Depth(), forbid_dtd=True)
    except (SAXException, DefusedXmlException) as error:
        raise UnreadableFile(
            _("A part of this file is not what Word writes, so it was not opened. Save it again in Word and try that.")
        ) from error
    return size


def _macros() -> str:
    return _("This file has macros. Save a copy as “Word document (.docx)”, without macros, and import that.")


def _old_or_locked(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _("This file has a password. Save a copy without it and import that.")
    return _(
        "This is an old Word file (.doc), whatever its name says. Open it in Word and save it as “Word document "
        "(.docx)”."
    )
