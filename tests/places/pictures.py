"""Photos as phones make them."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

GPS = {1: "N", 2: (53.0, 24.0, 33.0), 3: "W", 4: (2.0, 9.0, 27.0)}
MODEL = "Somebody’s phone"


def photo(file_format="JPEG", name="", size=(600, 300)):
    """Taken in Stockport, red, lying on its side."""
    if file_format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Model] = MODEL
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, file_format, exif=exif)
    suffix = {"HEIF": "heic", "JPEG": "jpg"}.get(file_format, file_format.lower())
    return SimpleUploadedFile(name or f"market.{suffix}", out.getvalue(), content_type="image/jpeg")


def bomb():
    """A few bytes that say they are a picture of 50,000 by 50,000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    return SimpleUploadedFile("bomb.png", body, content_type="image/png")
