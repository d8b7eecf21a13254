"""The two requests that create a deposit in SWORDv2 (Profile 2.0, 6.3.1 and 6.3.2); the package is streamed in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from archive.model.deposit import Item
from archive.targets.protocol import read_source


@dataclass(frozen=True, slots=True)
class Request:
    """The headers that say what the body is, its size in bytes, and the body, which can be read once."""

    headers: Mapping[str, str]
    size: int
    chunks: Iterator[bytes]


def make_binary(item: Item, packaging: str) -> Request:
    """The package alone."""
    return Request(_describe(item, packaging, "attachment"), item.size, read_source(item))


def make_multipart(item: Item, packaging: str, entry: bytes) -> Request:
    """An Atom entry and the package, as multipart/related (RFC 2387).

    The entry part has a file name, too, for servers that take only such parts for files. Content-MD5 is that of the
    package and is a header of its part. The boundary is made of the package's own digest, which it cannot hold.
    """
    boundary = f"=_muniment_{item.digests['sha256'][:40]}"
    about_entry = {
        "Content-Type": 'application/atom+xml; charset="utf-8"',
        "Content-Disposition": 'attachment; name="atom"; filename="entry.xml"',
        "MIME-Version": "1.0",
    }
    about_item = {**_describe(item, packaging, 'attachment; name="payload"'), "MIME-Version": "1.0"}
    head = (
        f"--{boundary}\r\n{_lines(about_entry)}\r\n".encode("ascii") + entry + f"\r\n--{boundary}\r\n".encode("ascii")
        + f"{_lines(about_item)}\r\n".encode("ascii")
    )  # fmt: skip
    tail = f"\r\n--{boundary}--\r\n".encode("ascii")
    headers = {
        "Content-Type": f'multipart/related; boundary="{boundary}"; type="application/atom+xml"',
        "MIME-Version": "1.0",
    }
    return Request(headers, len(head) + item.size + len(tail), chain([head], read_source(item), [tail]))


def slug_of(identifier: str) -> str:
    """The identifier as a Slug header (RFC 5023 9.7): what is not printable ASCII, and %, is percent-encoded."""
    return quote(identifier, safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""), errors="surrogateescape")


def _describe(item: Item, packaging: str, disposition: str) -> dict[str, str]:
    """The headers of the package. Its name is ASCII, as the profile demands, and where that changes it, is given again
    in UTF-8 (RFC 6266 4.3).
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", item.path)
    real = f"; filename*=UTF-8''{quote(item.path, safe='', errors='surrogateescape')}" if plain != item.path else ""
    return {
        "Content-Type": "application/zip",
        "Content-Disposition": f'{disposition}; filename="{plain}"{real}',
        "Content-MD5": item.digests["md5"],
        "Packaging": packaging,
    }


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
