"""The pictures of a page: in the page itself (RFC 2397), beside it, or a part of the same message."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from archive.errors import RenditionError
from archive.model.blocks import Image
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.pictures import draw_picture, kind_of
from archive.renditions.readers.source import Source


def read_own_picture(address: str, said: str | None, source: Source, account: Account) -> Image | None:
    """The picture at `address`, where the document brings it along and it can be drawn; nothing is fetched."""
    content = content_of(address, source)
    if content is None:
        return None
    try:
        shown = draw_picture(content, kind_of(content), name=source.name, alternative=said)
    except RenditionError:
        return None
    for what in shown.dropped:
        account.leave_out(f"of a picture: {what}")
    return next((block for block in shown.blocks if isinstance(block, Image)), None)


def content_of(address: str, source: Source) -> bytes | None:
    """The bytes of a picture that a document brings along, or None."""
    if address.lower().startswith("data:image/"):
        head, _, data = address[5:].partition(",")
        raw = unquote_to_bytes(data)
        try:
            return base64.b64decode(raw) if "base64" in head.lower().split(";") else raw
        except binascii.Error:
            return None
    return source.neighbours.read(address) if source.neighbours is not None else None
