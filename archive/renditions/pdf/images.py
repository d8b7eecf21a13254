"""Pictures as image XObjects in the colours of the output intent: gray or sRGB, without transparency."""

from __future__ import annotations

import io
import warnings
import zlib
from typing import Any

from archive.errors import RenditionError

_ORIENTATION = 0x0112


def add_image(document: Any, name: str, content: bytes) -> None:
    """Put a picture into a reportlab document under `name`. Raises `RenditionError` when it cannot be decoded."""
    from PIL import Image as Pillow
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream, xObjectName

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
                data, coding, size, mode = _encode(picture, content)
    except (Pillow.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise RenditionError("a picture cannot be decoded") from error
    entries = {
        "Type": PDFName("XObject"),
        "Subtype": PDFName("Image"),
        "Width": size[0],
        "Height": size[1],
        "BitsPerComponent": 1 if mode == "1" else 8,
        "ColorSpace": PDFName("DeviceRGB" if mode == "RGB" else "DeviceGray"),
        "Filter": PDFName(coding),
    }
    document.Reference(PDFStream(PDFDictionary(entries), data, []), xObjectName(name))


def _encode(picture: Any, content: bytes) -> tuple[bytes, str, tuple[int, int], str]:
    """The picture's data, filter, size and mode. A JPEG in sRGB or gray that stands upright keeps its own bytes."""
    from PIL import ImageOps

    profile = picture.info.get("icc_profile") or b""
    upright = picture.getexif().get(_ORIENTATION, 1) in (0, 1)
    standard = not profile or b"sRGB" in profile[:4096] or b"s\0R\0G\0B" in profile[:4096]
    if picture.format == "JPEG" and picture.mode in ("RGB", "L") and upright and standard:
        picture.load()
        return content, "DCTDecode", picture.size, picture.mode
    shown = ImageOps.exif_transpose(picture)
    shown = _convert(shown, b"" if standard else profile)
    return zlib.compress(shown.tobytes(), 6), "FlateDecode", shown.size, shown.mode


def _convert(picture: Any, profile: bytes) -> Any:
    from PIL import Image as Pillow
    from PIL import ImageCms

    if picture.mode in ("1", "L") and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        top = 255 / 65535 if picture.mode != "F" else 1.0
        return picture.convert("F").point(lambda value: value * top).convert("L")
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            return ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Pillow.new("RGBA", clear.size, (255, 255, 255, 255))
        return Pillow.alpha_composite(paper, clear).convert("RGB")
    return picture.convert("RGB")
