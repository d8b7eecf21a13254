"""A file of a bag as an answer to a browser: through the safe reader, with a type that can do no harm.

Shown inside the page are only PDF, PNG, JPEG, GIF, WebP and plain text, told by their first bytes, never by what a bag
says; everything else is a download of type application/octet-stream (RFC 6266, RFC 2046 4.5.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from enum import Enum
from itertools import chain
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from archive.formats.naming import escape
from archive.library.bags import open_bag
from archive.settings import Settings

_BOXED = "default-src 'none'; frame-ancestors 'self'; sandbox"
_PDF = "default-src 'none'; frame-ancestors 'self'"
"""Chromium's viewer does not run in a sandbox."""
_SIGNS = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
)  # fmt: skip
_TEXT_ENDS = (".txt", ".csv", ".md", ".json", ".xml", ".toml", ".log", ".eml", ".tsv", ".html", ".htm")
"""Names of what is shown as plain text when its first bytes are text. HTML and XML are shown as their source."""


class Look(Enum):
    """How a file is shown in a page."""

    PDF = "pdf"
    PICTURE = "picture"
    TEXT = "text"
    NONE = "none"


def type_of(path: str, first: bytes) -> str:
    """The media type under which a file that begins with `first` may be shown; application/octet-stream for others."""
    for sign, name in _SIGNS:
        if first.startswith(sign):
            return name
    if first.startswith(b"RIFF") and first[8:12] == b"WEBP":
        return "image/webp"
    if path.lower().endswith(_TEXT_ENDS) and not set(first) & {0, *range(1, 9), *range(14, 27), *range(28, 32)}:
        return "text/plain; charset=utf-8"
    return "application/octet-stream"


def look_of(media_type: str) -> Look:
    """How a page shows this media type."""
    if media_type == "application/pdf":
        return Look.PDF
    if media_type.startswith("image/"):
        return Look.PICTURE
    return Look.TEXT if media_type.startswith("text/plain") else Look.NONE


def read_beginning(address: str, path: str, settings: Settings) -> bytes:
    """The first bytes of a file of the bag at `address`. Raises `NotFoundError`, `StorageError`, `FormatError`."""
    with open_bag(address, settings=settings) as bag:
        return next(iter(bag.stream(path)), b"")


def serve_file(address: str, path: str, settings: Settings, *, inline: bool) -> Response:
    """A file of the bag at `address`; with `inline` shown where its type may be. `path` is one that the ledger knows.

    Raises `NotFoundError`, `StorageError` and `FormatError` when it cannot be read: links are never followed.
    """
    with ExitStack() as stack:
        bag = stack.enter_context(open_bag(address, settings=settings))
        pieces = bag.stream(path)
        first = next(pieces, b"")
        held = stack.pop_all()
    media_type = type_of(path, first)
    shown = inline and look_of(media_type) is not Look.NONE
    name = path.rpartition("/")[2]
    headers = {
        "content-disposition": f"{'inline' if shown else 'attachment'}; {_file_name(name)}",
        "content-security-policy": _PDF if media_type == "application/pdf" and shown else _BOXED,
    }

    def content() -> Iterator[bytes]:
        with held:
            yield from chain((first,), pieces)

    return StreamingResponse(content(), media_type=media_type if shown else "application/octet-stream", headers=headers)


def _file_name(name: str) -> str:
    """The parameters of Content-Disposition: the name in ASCII, and in UTF-8 as RFC 8187 has it."""
    safe = escape(name).replace("\\", "_").replace("/", "_")
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"%' else "_" for sign in safe)
    return f"filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(safe, safe='')}"
