"""What a file's own bytes say where PRONOM's signatures match nothing, or something that its name does not fit.

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

_PACKAGES = frozenset({
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "pptx", "pptm", "potx", "ppsx", "odt",
    "ott", "ods", "ots", "odp", "otp", "doc", "dot", "xls", "xlt", "ppt", "pps", "pot", "msg", "zip",
})  # fmt: skip
"""Extensions of files that are packages of others, and never a text."""

_MEANT = {extension: mime for mime, extensions in _EXTENSIONS.items() for extension in extensions}


_FAMILIES = {
    "text/html": ("html", "htm", "xhtml", "xht"),
    "application/xml": ("html", "htm", "xhtml", "xht", "svg"),
    "message/rfc822": ("eml", "mht", "mhtml"),
    "multipart/related": ("mht", "mhtml"),
    "application/mbox": ("mbox", "mbx", "mbs"),
}
"""Extensions that name the same kind of file, though PRONOM lists them under another of its formats or not at all."""


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
    if extension in _PACKAGES:
        return reading.is_text or reading.mime == "application/x-tar"
    return extension in _MEANT and (reading.is_text or reading.mime in ("application/zip", "application/x-tar"))


def is_message(reading: OwnReading, path: str) -> bool:
    """True where name and bytes both say that a file is mail, whatever a signature takes its parts for.

    A message with pictures in its text has the form of a web archive (RFC 2557), and PRONOM takes it for one.
    """
    return reading.mime == "message/rfc822" and extension_of(path) == "eml"


def fits(mime: str, path: str) -> bool:
    """True where the extension of `path` does not belong to another format, though PRONOM does not list it for `mime`.

    A plain text may have any extension that means no other format, such as a programming language's.
    """
    extension = extension_of(path)
    if mime == "text/plain":
        return extension not in _MEANT and extension not in _PACKAGES
    return extension in _FAMILIES.get(mime, ())


def extension_of(path: str) -> str:
    """The extension of a file's name in lower case, without its dot; empty where it has none."""
    return os.path.splitext(path.rpartition("/")[2])[1].lower().removeprefix(".")
