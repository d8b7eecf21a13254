"""What a file's own bytes say where PRONOM's signatures say nothing, or something that its name does not fit.

Many text formats (CSV, Markdown, JSON) have no signature: the extension names them, and reading the text confirms it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from archive.formats.signatures import UNKNOWN, recognise

_TEXTS = frozenset({"application/json", "application/xml", "application/x-yaml", "message/rfc822"})
_EXTENSIONS = {
    "image/png": ("png",), "image/jpeg": ("jpg", "jpeg", "jpe", "jfif", "jfi"), "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"), "image/webp": ("webp",), "application/pdf": ("pdf",), "application/rtf": ("rtf",),
    "application/gzip": ("gz", "tgz", "svgz"), "application/x-bzip2": ("bz2", "tbz", "tbz2"),
    "application/x-xz": ("xz", "txz"), "application/x-7z-compressed": ("7z",), "audio/flac": ("flac",),
    "audio/mpeg": ("mp3",), "audio/x-wav": ("wav",), "video/x-msvideo": ("avi",),
    "video/mp4": ("mp4", "m4a", "m4v", "mov", "heic", "heif", "avif"), "application/epub+zip": ("epub",),
}  # fmt: skip
"""The extensions of formats whose names mean one thing only."""

_MEANT = {extension: mime for mime, extensions in _EXTENSIONS.items() for extension in extensions}


@dataclass(frozen=True, slots=True)
class OwnReading:
    """What a reader of this program recognises: name, version, media type and basis. `name` may be "unknown"."""

    name: str
    version: str | None
    mime: str | None
    basis: str

    @property
    def is_text(self) -> bool:
        """True for a text of any kind, as far as it was read."""
        return self.mime is not None and (self.mime.startswith("text/") or self.mime in _TEXTS)


def read_own(head: bytes, *, whole: bool) -> OwnReading:
    """What the bytes at the beginning of a file show; `whole` when that is all of it."""
    return OwnReading(*recognise(head, whole=whole))


def confirms(reading: OwnReading, mime: str, head: bytes, *, whole: bool) -> bool:
    """True where the bytes are what an extension alone says: a text, and JSON only where it reads as JSON."""
    if not reading.is_text:
        return False
    if mime != "application/json":
        return True
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return False
    if not whole:
        return True
    try:
        json.loads(head.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def contradicts(reading: OwnReading, path: str) -> bool:
    """True where the name's extension means a format other than the one that the bytes show."""
    extension = extension_of(path)
    if reading.name == UNKNOWN or not extension:
        return False
    expected = _EXTENSIONS.get(reading.mime or "")
    if expected is not None:
        return extension not in expected
    return extension in _MEANT and (reading.is_text or reading.mime in ("application/zip", "application/x-tar"))


def extension_of(path: str) -> str:
    """The extension of a file's name in lower case, without its dot; empty where it has none."""
    return os.path.splitext(path.rpartition("/")[2])[1].lower().removeprefix(".")
