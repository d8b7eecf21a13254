"""Pictures: one a page. PNG and JPEG keep their own bytes, other kinds become PNG without loss."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Document, Image
from archive.renditions.readers.source import Source

MOST_PIXELS = 120_000_000
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF", "image/gif": "GIF", "image/webp": "WEBP",
            "image/bmp": "BMP", "image/jp2": "JPEG2000", "image/avif": "AVIF", "image/heic": "HEIF"}  # fmt: skip
"""Media types with a reader here, and the name that Pillow has for each."""
_MARKS: dict[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG",), "image/jpeg": (b"\xff\xd8",), "image/tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "image/gif": (b"GIF8",), "image/bmp": (b"BM",),
    "image/jp2": (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
}  # fmt: skip
_MOST_FRAMES = 2_000
_KEPT = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_WHITE = 65535


def read_picture(source: Source) -> Document:
    """The document of a picture file; its kind is that of its bytes. Raises `RenditionError` as `draw_picture` does."""
    return replace(
        draw_picture(source.content, kind_of(source.content), name=source.name, alternative=source.alternative),
        language=source.language,
    )


def kind_of(content: bytes) -> str:
    """The media type of a picture by its first bytes; that of PNG where they are of no picture that can be drawn."""
    for kind, marks in _MARKS.items():
        if content.startswith(marks):
            return kind
    if content[4:8] == b"ftyp":
        return "image/avif" if content[8:12] in (b"avif", b"avis") else "image/heic"
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else "image/png"


def draw_picture(content: bytes, media_type: str, *, name: str, alternative: str | None) -> Document:
    """The document of a picture; each page of a TIFF is a picture of its own, of other kinds only the first frame.

    `alternative` describes the picture; without it no level A is possible. What is not drawn (further frames, colours
    that nothing defines, bits that a page cannot show) is listed in `dropped`. Raises `RenditionError` for a picture
    that is damaged, cut off, or larger than `MOST_PIXELS`.
    """
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    form = PICTURES[media_type]
    if form == "HEIF":
        _know_heif(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content), formats=[form]) as picture:
                frames = getattr(picture, "n_frames", 1)
                drawn = frames if form == "TIFF" else 1
                if picture.width * picture.height * drawn > MOST_PIXELS or drawn > _MOST_FRAMES:
                    size = f"{picture.width} by {picture.height} pixels{f', {drawn} pages' if drawn > 1 else ''}"
                    raise RenditionError(f"the picture is too large to draw: {size}", subject=name)
                picture.load()
                blocks, dropped = list(_draw(picture, content, media_type, alternative)), tuple(_left_out(picture))
    except Pillow.DecompressionBombError as error:
        raise RenditionError(
            f"the picture is too large to draw: it has more than {MOST_PIXELS:,} pixels", subject=name
        ) from error
    except RenditionError:
        raise
    except Exception as error:
        damaged = isinstance(error, UnidentifiedImageError)
        said = "" if damaged else f": {' '.join(str(error).split())[:120]}"
        raise RenditionError(f"the picture is damaged or not readable{said}", subject=name) from error
    return Document(tuple(blocks), dropped=dropped)


def _know_heif(name: str) -> None:
    """Have Pillow read HEIC by the library pillow-heif. Raises `RenditionError` where that is not here."""
    try:
        import_module("pillow_heif").register_heif_opener()
    except ImportError as error:
        raise RenditionError(
            "HEIC pictures need the Python package pillow-heif", subject=name, remedy="Install pillow-heif"
        ) from error


def _draw(picture: Any, content: bytes, media_type: str, alternative: str | None) -> Iterator[Image]:
    from PIL import Image as Pillow

    if media_type in ("image/png", "image/jpeg"):
        yield Image(content, media_type, alternative)
        return
    pages = picture.n_frames if media_type == "image/tiff" else 1
    pixels = 0
    for number in range(pages):
        picture.seek(number)
        pixels += picture.width * picture.height
        if pixels > MOST_PIXELS:
            raise Pillow.DecompressionBombError(pixels)
        said = alternative if pages == 1 or alternative is None else f"{alternative} ({number + 1}/{pages})"
        yield Image(_as_png(picture), "image/png", said)


def _left_out(picture: Any) -> Iterator[str]:
    more = getattr(picture, "n_frames", 1) - 1
    if more and picture.format != "TIFF":
        yield "1 more picture in the same file" if more == 1 else f"{more} more pictures in the same file"
    if picture.mode == "CMYK" and not picture.info.get("icc_profile"):
        yield "the exact colours: its CMYK has no colour profile"
    if picture.mode in ("I", "F") and _spread(picture) is not None:
        yield "the depth of its samples: they are scaled to 16 bits"


def _as_png(frame: Any) -> bytes:
    """A frame as PNG as it is to be seen, with its colour profile, in a mode that PNG has."""
    from PIL import ImageOps

    profile = frame.info.get("icc_profile")
    shown = ImageOps.exif_transpose(frame)
    if shown.mode not in _KEPT:
        profile = None if shown.mode == "CMYK" else profile
        shown = _convert(shown, frame.info.get("icc_profile"))
    written = io.BytesIO()
    shown.save(written, "PNG", icc_profile=profile if shown.mode != "I;16" else None)
    return written.getvalue()


def _convert(frame: Any, profile: bytes | None) -> Any:
    """A frame in a mode of PNG: its own colours where a profile defines them, all of a range of samples."""
    from PIL import ImageCms

    if frame.mode.startswith("I;16"):
        return frame.convert("I").convert("I;16")
    if frame.mode in ("I", "F"):
        spread = _spread(frame)
        if spread is None:
            return frame.convert("I").convert("I;16")
        low, scale = spread
        return frame.convert("F").point(lambda value: value * scale + -low * scale).convert("I").convert("I;16")
    if frame.mode == "CMYK" and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(frame, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            return frame.convert("RGB")
    return frame.convert("RGBA" if frame.mode in ("PA", "La", "RGBa") else "RGB")


def _spread(frame: Any) -> tuple[float, float] | None:
    """The least sample and the scale that makes 16 bits of all; None where they are whole numbers of 16 bits."""
    low, high = frame.getextrema()
    if frame.mode == "I" and low >= 0 and high <= _WHITE:
        return None
    return float(low), _WHITE / (high - low) if high > low else 1.0
