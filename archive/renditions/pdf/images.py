"""Pictures as image XObjects without transparency, their samples as they are stored wherever a PDF can hold them.

A JPEG and a plain PNG keep their compressed bytes; the page turns them upright. Colours are those of the output intent
(gray or sRGB) or of the picture's own ICC profile (ISO 19005-3, 6.2.4.2); only CMYK without a profile is converted.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.errors import RenditionError
from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.objects import Pdf, array, name

_COMPONENTS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_DEVICES = frozenset({b"prtr", b"mntr", b"scnr", b"spac"})
_SPACES = {1: "DeviceGray", 3: "DeviceRGB", 4: "DeviceCMYK"}
_PNG_COMPONENTS = {0: 1, 2: 3, 3: 1}
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_ALL_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class _Samples:
    """A picture's data and how to read it; `components` of the data's colours, `palette` for indexed ones."""

    data: bytes
    coding: str
    size: tuple[int, int]
    components: int
    bits: int = 8
    palette: bytes | None = None
    parameters: dict[str, int] = field(default_factory=dict)
    inverted: bool = False


def add_image(file: PdfFile, content: bytes, profiles: dict[bytes, Pdf]) -> Pdf:
    """Put a picture into a file, not turned; the reference to it. `profiles` has the colour profiles in the file.

    Raises `RenditionError` for a picture that cannot be decoded.
    """
    from PIL import Image as Pillow

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
                profile = picture.info.get("icc_profile") or b""
                samples = _keep(picture, content, profile) or _decode(picture)
    except (Pillow.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise RenditionError("a picture cannot be decoded") from error
    entries = {
        "Type": name("XObject"),
        "Subtype": name("Image"),
        "Width": samples.size[0],
        "Height": samples.size[1],
        "BitsPerComponent": samples.bits,
        "ColorSpace": _colours(file, samples, profile, profiles),
        "Filter": name(samples.coding),
        "DecodeParms": samples.parameters or None,
        "Decode": [1, 0] * samples.components if samples.inverted else None,
    }
    return file.add_stream(samples.data, entries, deflate=False)


def _keep(picture: Any, content: bytes, profile: bytes) -> _Samples | None:
    """The picture's own compressed bytes where a PDF can hold them, else None. They are decoded once, as a check."""
    if picture.format == "PNG":
        picture.load()
        return _keep_png(picture, content)
    if picture.format not in ("JPEG", "MPO") or not _is_plain_jpeg(content):
        return None
    components = {"L": 1, "RGB": 3, "CMYK": 4}.get(picture.mode)
    adobe = "adobe" in picture.info
    if components is None or (components == 4 and not (adobe and _is_usable(profile, 4))):
        return None
    picture.load()
    # Adobe writes CMYK inverted, and no PDF reader undoes it unasked.
    return _Samples(content, "DCTDecode", picture.size, components, inverted=components == 4)


def _is_plain_jpeg(content: bytes) -> bool:
    """Whether DCTDecode knows this JPEG (ISO 32000-1, 7.4.8): 8 bits, Huffman, its colours told as PDF readers ask."""
    marked = False
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at + 4 : at + 2 + length]
        marked = marked or (marker == 0xE0 and segment[:4] == b"JFIF") or (marker == 0xEE and segment[:5] == b"Adobe")
        if marker in _ALL_FRAMES:
            named = bytes(segment[6 + 3 * number] for number in range(segment[5]) if 6 + 3 * number < len(segment))
            return marker in _FRAMES and segment[0] == 8 and (marked or named != b"RGB")
        at += 2 + length
    return False


def _keep_png(picture: Any, content: bytes) -> _Samples | None:
    """The deflated rows of a PNG without transparency that is not interlaced (ISO 32000-1, 7.4.4.4: predictor 15)."""
    width, height, bits, kind, _, _, interlaced = struct.unpack_from(">IIBBBBB", content, 16)
    components = _PNG_COMPONENTS.get(kind)
    if components is None or interlaced or "transparency" in picture.info:
        return None
    chunks = list(_png_chunks(content))
    palette = next((data for tag, data in chunks if tag == b"PLTE"), None) if kind == 3 else None
    parameters = {"Predictor": 15, "Colors": components, "BitsPerComponent": bits, "Columns": width}
    data = b"".join(data for tag, data in chunks if tag == b"IDAT")
    colours = 3 if kind == 3 else components
    return _Samples(data, "FlateDecode", (width, height), colours, bits, palette, parameters)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 8 <= len(content):
        length, tag = struct.unpack_from(">I4s", content, at)
        yield tag, content[at + 8 : at + 8 + length]
        at += 12 + length


def _decode(picture: Any) -> _Samples:
    """The picture's samples, deflated; what is clear shows white paper."""
    from PIL import Image as Pillow

    if picture.mode.startswith("I;16"):
        data = picture.tobytes("raw", "I;16B")
        return _Samples(zlib.compress(data, 6), "FlateDecode", picture.size, 1, 16)
    shown = picture
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Pillow.new("RGBA", clear.size, (255, 255, 255, 255))
        shown = Pillow.alpha_composite(paper, clear).convert("RGB")
    elif picture.mode not in ("1", "L", "RGB"):
        shown = picture.convert("RGB")
    bits = 1 if shown.mode == "1" else 8
    return _Samples(zlib.compress(shown.tobytes(), 6), "FlateDecode", shown.size, 3 if shown.mode == "RGB" else 1, bits)


def _colours(file: PdfFile, samples: _Samples, profile: bytes, profiles: dict[bytes, Pdf]) -> Pdf:
    space = name(_SPACES[samples.components])
    if not _is_srgb(profile) and _is_usable(profile, samples.components):
        if profile not in profiles:
            profiles[profile] = file.add_stream(profile, {"N": samples.components})
        space = array((name("ICCBased"), profiles[profile]))
    if samples.palette is not None:
        table = file.add_stream(samples.palette, {}, deflate=False)
        return array((name("Indexed"), space, len(samples.palette) // 3 - 1, table))
    return space


def _is_srgb(profile: bytes) -> bool:
    return b"sRGB" in profile[:4096] or b"s\0R\0G\0B" in profile[:4096]


def _is_usable(profile: bytes, components: int) -> bool:
    """Whether PDF/A-2 and -3 take the profile for so many components: ICC.1:1998-09 to ISO 15076-1 (version 4)."""
    from PIL import ImageCms

    if len(profile) < 128 or profile[36:40] != b"acsp" or profile[8] not in (2, 4) or profile[12:16] not in _DEVICES:
        return False
    if _COMPONENTS.get(profile[16:20]) != components or int.from_bytes(profile[:4], "big") != len(profile):
        return False
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, TypeError):
        return False
    return True
