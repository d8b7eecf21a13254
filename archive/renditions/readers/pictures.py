"""PNG, JPEG and TIFF: one picture a page."""

from __future__ import annotations

import io
import warnings

from archive.errors import RenditionError
from archive.model.blocks import Document, Image

MOST_PIXELS = 120_000_000
_MOST_FRAMES = 2_000


def read_picture(
    content: bytes, media_type: str, *, name: str, language: str | None, alternative: str | None
) -> Document:
    """The document of a picture; each frame of a TIFF is a picture of its own, kept without loss as PNG.

    `alternative` describes the picture; without it no level A is possible. Raises `RenditionError` for a picture that
    is damaged or larger than `MOST_PIXELS`.
    """
    from PIL import Image as Pillow
    from PIL import ImageSequence, UnidentifiedImageError

    form = {"image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF"}[media_type]
    blocks = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=[form]) as picture:
                frames = getattr(picture, "n_frames", 1) if form == "TIFF" else 1
                if picture.width * picture.height * frames > MOST_PIXELS or frames > _MOST_FRAMES:
                    raise RenditionError(
                        f"the picture is too large to draw: {picture.width} by {picture.height}, {frames} frames",
                        subject=name,
                    )
                if form != "TIFF":
                    picture.load()
                    return Document((Image(content, media_type, alternative),), language=language)
                for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
                    said = alternative if frames == 1 or alternative is None else f"{alternative} ({number}/{frames})"
                    blocks.append(Image(_as_png(frame), "image/png", said))
    except (UnidentifiedImageError, Pillow.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise RenditionError("it is no readable picture", subject=name) from error
    return Document(tuple(blocks), language=language)


def _as_png(frame: object) -> bytes:
    """A frame as PNG with its colour profile, in a mode that PNG has."""
    from PIL import Image as Pillow

    assert isinstance(frame, Pillow.Image)
    profile = frame.info.get("icc_profile")
    known = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
    kept = frame if frame.mode in known else frame.convert("RGB")
    written = io.BytesIO()
    kept.save(written, "PNG", icc_profile=profile if kept.mode == frame.mode else None)
    return written.getvalue()
