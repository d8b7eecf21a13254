"""How large a picture is, without decoding it."""

from __future__ import annotations

import io
import warnings

from archive.errors import RenditionError

MOST_PIXELS = 120_000_000
_TURNED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the picture is to be seen. Raises `RenditionError` when it cannot be read."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
                width, height = picture.size
                turned = picture.getexif().get(_ORIENTATION) in _TURNED
    except (UnidentifiedImageError, Pillow.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise RenditionError("a picture cannot be read") from error
    if width * height > MOST_PIXELS:
        raise RenditionError(f"a picture is too large: {width} by {height} pixels")
    return (height, width) if turned else (width, height)
