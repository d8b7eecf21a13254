"""Pictures of a draft's source that a browser may show: told by their first bytes, never by their name."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import BinaryIO

from archive.formats.bagpath import to_bytes, unsafe_reason
from archive.storage.folders import Folder

LARGEST = 32 << 20
"""Bytes of the largest picture that is shown."""
_MARKS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


@dataclass(frozen=True, slots=True)
class Picture:
    """An open picture and its media type."""

    file: BinaryIO
    mime: str


def open_picture(source: str, name: str) -> Picture | None:
    """The picture `name`, relative to the source, or the source itself where that is a file of this name.

    None where there is none: links are not followed, and no name leads out of the source.
    """
    if unsafe_reason(to_bytes(name)) is not None:
        return None
    *above, last = name.split("/")
    front = source
    if not os.path.isdir(source):
        front, only = os.path.split(source)
        if above or last != only:
            return None
    try:
        with Folder.at(front) as top:
            folder = top.reach(above)
            try:
                file = os.fdopen(folder.open(last), "rb")
            finally:
                if folder is not top:
                    folder.close()
    except (OSError, ValueError):
        return None
    state = os.fstat(file.fileno())
    mime = _mime_of(file.read(12)) if stat.S_ISREG(state.st_mode) and state.st_size <= LARGEST else None
    if mime is None:
        file.close()
        return None
    file.seek(0)
    return Picture(file, mime)


def _mime_of(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for mark, mime in _MARKS if head.startswith(mark)), None)
