"""A small table of muniment's own for what a file is, used where PRONOM's signatures are not there.

It looks at bytes only and names only what they show; everything else is "unknown". It never gives a PRONOM key: that
would claim PRONOM's own signatures matched.
"""

from __future__ import annotations

import re

HEAD_SIZE = 4096
"""How many bytes from the beginning of a file are looked at."""

UNKNOWN = "unknown"

_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "Portable Network Graphics", "image/png"),
    (0, b"\xff\xd8\xff", "JPEG", "image/jpeg"),
    (0, b"GIF87a", "Graphics Interchange Format 87a", "image/gif"),
    (0, b"GIF89a", "Graphics Interchange Format 89a", "image/gif"),
    (0, b"II*\x00", "Tagged Image File Format", "image/tiff"),
    (0, b"MM\x00*", "Tagged Image File Format", "image/tiff"),
    (0, b"{\\rtf", "Rich Text Format", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE2 Compound Document", "application/x-ole-storage"),
    (0, b"\x1f\x8b\x08", "gzip", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip", "application/x-7z-compressed"),
    (0, b"BZh", "bzip2", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "xz", "application/x-xz"),
    (0, b"SQLite format 3\x00", "SQLite database 3", "application/vnd.sqlite3"),
    (0, b"OggS", "Ogg", "application/ogg"),
    (0, b"fLaC", "Free Lossless Audio Codec", "audio/flac"),
    (0, b"ID3", "MPEG 1/2 Audio Layer 3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM", "video/x-matroska"),
    (4, b"ftyp", "ISO base media file", "video/mp4"),
    (257, b"ustar", "tar", "application/x-tar"),
    (128, b"DICM", "DICOM", "application/dicom"),
)
_RIFF = {b"WAVE": ("Waveform Audio", "audio/x-wav"), b"AVI ": ("Audio/Video Interleaved", "video/x-msvideo"),
         b"WEBP": ("WebP", "image/webp")}  # fmt: skip
_ODT = "application/vnd.oasis.opendocument.text"
_ZIPPED = (
    (
        b"mimetypeapplication/vnd.oasis.opendocument.text",
        "OpenDocument Text",
        "application/vnd.oasis.opendocument.text",
    ),
    (b"mimetypeapplication/epub+zip", "EPUB", "application/epub+zip"),
)
_PDF = re.compile(rb"%PDF-([12]\.\d)")
_CONTROL = bytes(range(9)) + b"\x0b" + bytes(range(14, 27)) + bytes(range(28, 32))
_HEADER = re.compile(rb"(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version): ", re.IGNORECASE)


def recognise(head: bytes, *, whole: bool) -> tuple[str, str | None, str | None, str]:
    """Name, version, MIME type and basis for a file that begins with `head`; `whole` when that is all of it.

    The name is "unknown" where the bytes show nothing.
    """
    if not head:
        return UNKNOWN, None, None, "the file is empty"
    for offset, magic, name, mime in _MAGIC:
        if head.startswith(magic, offset):
            return name, None, mime, f"byte match at {offset}, {len(magic)}"
    if found := _PDF.match(head):
        return "Portable Document Format", found.group(1).decode("ascii"), "application/pdf", "byte match at 0, 8"
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        name, mime = _RIFF[head[8:12]]
        return name, None, mime, "byte match at 0, 12"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(head)
    return _text(head, whole=whole)


def _zipped(head: bytes) -> tuple[str, str | None, str | None, str]:
    for mark, name, mime in _ZIPPED:
        if head[30:].startswith(mark):
            return name, None, mime, f"byte match at 30, {len(mark)}"
    return "ZIP", None, "application/zip", "byte match at 0, 4"


def _text(head: bytes, *, whole: bool) -> tuple[str, str | None, str | None, str]:
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if whole or error.start < len(head) - 4:
            return UNKNOWN, None, None, "no match"
        text = head[: error.start].decode("utf-8-sig")
    if head.translate(None, _CONTROL) != head:
        return UNKNOWN, None, None, "no match"
    start = text.lstrip()[:64].lower()
    if start.startswith("<?xml"):
        return "Extensible Markup Language", "1.0", "application/xml", "byte match at 0, 5"
    if start.startswith(("<!doctype html", "<html")):
        return "Hypertext Markup Language", None, "text/html", "text match"
    if _HEADER.match(head):
        return "Internet Message Format", None, "message/rfc822", "text match of a header field"
    sort = "ASCII" if text.isascii() else "UTF-8"
    return "Plain text", None, "text/plain", f"text match {sort}{'' if whole else f' in the first {HEAD_SIZE} bytes'}"
