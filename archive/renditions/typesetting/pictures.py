"""How large a picture is and how it is turned, without decoding it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from archive.errors import RenditionError

MOST_PIXELS = 120_000_000
_TURNED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class PictureShape:
    """Width and height in pixels as the picture is to be seen, and the orientation of its bytes (EXIF 2.32, 4.6.4: 1
    to 8, 1 being upright).
    """

    width: int
    height: int
    orientation: int


def shape_of(content: bytes) -> PictureShape:
    """The shape of a PNG, JPEG or TIFF. Raises `RenditionError` when it cannot be read."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
                width, height = picture.size
                # Pillow turns a TIFF while it decodes it, and tells its size as turned.
                said = picture.getexif().get(_ORIENTATION) if picture.format != "TIFF" else 1
    except (UnidentifiedImageError, Pillow.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise RenditionError("a picture cannot be read") from error
    if width * height > MOST_PIXELS:
        raise RenditionError(f"a picture is too large: {width} by {height} pixels")
    orientation = said if isinstance(said, int) and 1 <= said <= 8 else 1
    return PictureShape(*((height, width) if orientation in _TURNED else (width, height)), orientation)
