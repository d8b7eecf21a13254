"""Pictures whose upper left corner is red and whose lower right is blue, in every way a camera or scanner stores."""

from __future__ import annotations

import array
import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

SIZE = (120, 60)
_CORNER = 30
_ORIENTATION = 0x0112


def cornered(mode: str = "RGB") -> Image.Image:
    """A white picture with the two corners."""
    picture = Image.new("RGB", SIZE, (255, 255, 255))
    picture.paste((255, 0, 0), (0, 0, _CORNER, _CORNER))
    picture.paste((0, 0, 255), (SIZE[0] - _CORNER, SIZE[1] - _CORNER, *SIZE))
    return picture.convert(mode)


def stored(picture: Image.Image, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def turned(form: str, orientation: int) -> bytes:
    """The picture with an EXIF orientation: what is stored is not turned."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    quality = {"quality": 95} if form in ("JPEG", "WEBP") else {}
    return stored(cornered(), form, exif=exif, **quality)


def wide_gamut() -> bytes:
    """An RGB profile that is not sRGB: the device's colours are linear light."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = profile.find(b"sRGB")
    while at >= 0:
        profile[at : at + 4] = b"wide"
        at = profile.find(b"sRGB")
    at = profile.find("sRGB".encode("utf-16-be"))
    while at >= 0:
        profile[at : at + 8] = "wide".encode("utf-16-be")
        at = profile.find("sRGB".encode("utf-16-be"))
    return bytes(profile)


def deep_gray(mode: str = "I;16") -> Image.Image:
    """A ramp of samples of more than 8 bits."""
    kind, scale = {"I;16": ("H", 9.0), "I": ("i", 900.0), "F": ("f", 1 / 7200)}[mode]
    count = SIZE[0] * SIZE[1]
    samples = array.array(kind, [(number * scale if kind == "f" else int(number * scale)) for number in range(count)])
    return Image.frombytes(mode, SIZE, samples.tobytes())


def deep_colour() -> bytes:
    """A PNG of 16 bits a colour, by hand."""
    rows = (b"\0" + struct.pack(">360H", *([65535, 300, 0] * SIZE[0]))) * SIZE[1]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", *SIZE, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
