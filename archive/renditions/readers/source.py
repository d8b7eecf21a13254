"""What a reader is given: the bytes of a document, and what is known of it from outside."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote_to_bytes

from archive.model.blocks import Direction

_MOST_BYTES = 64 << 20
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


class Pictures(Protocol):
    """Where the pictures of a document are, but for those in it: beside it, or in the same message."""

    def read(self, reference: str) -> bytes | None:
        """The bytes that a relative reference names, or None."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The files beside a document: those in `folder` below `root`, a path in the file system, and nothing above it."""

    root: bytes
    folder: tuple[bytes, ...] = ()

    def read(self, reference: str) -> bytes | None:
        """The bytes of the regular file that a relative `reference` of the document names (RFC 3986 4.2), or None.

        No link is followed, nothing outside of `root` is opened, and no file over 64 MB is read.
        """
        places = self._resolve(reference)
        if not places:
            return None
        opened: list[int] = []
        try:
            opened.append(os.open(self.root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)))
            for place in places:
                opened.append(os.open(place, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT, dir_fd=opened[-1]))
            status = os.fstat(opened[-1])
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
                return None
            with open(opened.pop(), "rb") as file:
                return file.read(_MOST_BYTES + 1)
        except (OSError, ValueError):
            return None
        finally:
            for descriptor in opened:
                with suppress(OSError):
                    os.close(descriptor)

    def _resolve(self, reference: str) -> tuple[bytes, ...] | None:
        path = reference.partition("#")[0].partition("?")[0]
        if not path or path.startswith(("/", "\\")) or ":" in path.partition("/")[0] or len(path) > 2_000:
            return None
        places = list(self.folder)
        for part in unquote_to_bytes(path.replace("\\", "/")).split(b"/"):
            if part == b"..":
                if not places:
                    return None
                places.pop()
            elif part not in (b"", b"."):
                if b"\0" in part or b"/" in part:
                    return None
                places.append(part)
        return tuple(places)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a document. `language` is a BCP 47 tag for the whole, `encoding` and `direction` are those that a
    person stated, `alternative` describes a picture, `neighbours` are the files that the document may show,
    `seconds` is the processor time that drawing it may take.
    """

    content: bytes
    name: str
    language: str | None = None
    encoding: str | None = None
    direction: Direction = "auto"
    alternative: str | None = None
    neighbours: Pictures | None = None
    seconds: int | None = None
