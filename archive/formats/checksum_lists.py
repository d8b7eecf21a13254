"""Reading the checksum lists that deliveries bring: md5sum and sha256sum, BSD and OpenSSL, BagIt manifests, side
files, hashdeep, and plain tables of digests and paths.

Clause: GNU coreutils manual, "md5 output modes"; RFC 8493 2.1.3 and 2.4; Archivematica user manual, "Transfers with
existing checksums"; hashdeep(1), "%%%% HASHDEEP-1.0".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from archive.formats.bagpath import decode_path
from archive.model.light import light_dataclass

LENGTHS = {
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "sha3224": 56, "sha3256": 64, "sha3384": 96, "sha3512": 128, "blake2b": 128, "blake2s": 64,
}  # fmt: skip
"""Hexadecimal digits of a digest, by the algorithm's BagIt name."""

_BY_LENGTH = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_PLAIN = "md5|sha1|sha224|sha256|sha384|sha512"
_MANIFEST = re.compile(r"(?:tag)?manifest-(?P<algorithm>[a-z0-9-]+)\.txt", re.IGNORECASE)
_SUMS = re.compile(rf"(?P<algorithm>{_PLAIN}|b2)sums?(?:\.txt)?", re.IGNORECASE)
_ENDING = re.compile(rf"(?P<file>.+)\.(?P<algorithm>{_PLAIN})(?:sums?)?(?:\.txt)?", re.IGNORECASE | re.DOTALL)
_UNNAMED = re.compile(r"checksums?(?:\.[^.]*)?|hashdeep(?:[._-].*)?|.+\.hashdeep(?:\.txt)?", re.IGNORECASE | re.DOTALL)
_HASHDEEP = "%%%% HASHDEEP-1."
_COLUMNS = "%%%% "
_GNU = re.compile(
    r"(?P<escaped>\\?)(?P<digest>[0-9a-f]{32,128})(?: [ *]|[ \t]+\*?)(?P<path>.+)", re.IGNORECASE | re.DOTALL
)
_BSD = re.compile(r"(?P<algorithm>[a-z0-9/-]+) ?\((?P<path>.+)\) ?= ?(?P<digest>[0-9a-f]{32,128})", re.IGNORECASE)
_OTHERS = (
    re.compile(r"(?P<digest>[0-9a-f]{32,128})[ \t]*[,;|][ \t]*(?P<path>.+)", re.IGNORECASE | re.DOTALL),
    re.compile(r"(?P<path>.*[^\s:,;|])[ \t,;|]+(?P<digest>[0-9a-f]{32,128})[ \t]*", re.IGNORECASE | re.DOTALL),
)
"""Tables of digest and path with another separator, and those that have the path first."""
_ALONE = re.compile(r"[0-9a-f]{32,128}", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:/")
_LONGEST_PATH = 4095
"""Characters; no system finds a file by a longer one."""


@light_dataclass(frozen=True)
class ListKind:
    """What a file's name says of it as a checksum list.

    `algorithm` is the BagIt name, None where only the digests' length tells. `file` is the file that a side file such
    as "scan.tif.md5" belongs to. `manifest` is True for a name that BagIt gives to its manifests.
    """

    algorithm: str | None
    file: str | None = None
    manifest: bool = False


@light_dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a list: the algorithm's BagIt name, the digest in lower-case hex, the path as it is written."""

    algorithm: str
    digest: str
    path: str
    line: int


def kind_of_list(name: str) -> ListKind | None:
    """What the file name `name` says of a checksum list; None for every other name."""
    if "." not in name and not any(word in name.lower() for word in ("sum", "hashdeep")):
        return None
    for pattern in (_MANIFEST, _SUMS):
        match = pattern.fullmatch(name)
        if match:
            algorithm = "".join(c for c in match["algorithm"].lower() if c.isalnum())
            known = algorithm if algorithm in LENGTHS else {"b2": "blake2b"}.get(algorithm)
            return ListKind(known, manifest=True) if pattern is _MANIFEST else ListKind(known)
    if match := _ENDING.fullmatch(name):
        return ListKind(match["algorithm"].lower(), match["file"])
    return ListKind(None) if _UNNAMED.fullmatch(name) else None


def spellings(path: str) -> Iterator[str]:
    """The relative paths that `path` may mean, as it is written first.

    Lists are also written with quotation marks, with further spaces, with backslashes, and with the whole path that the
    file had on the sender's machine; its end names the file here. There are none of a path that no system has.
    """
    if not path or "\0" in path or len(path) > _LONGEST_PATH:
        return
    plain = path.strip(" \t")
    quoted = plain[1:-1] if len(plain) > 2 and plain[0] == plain[-1] and plain[0] in "\"'" else plain
    for written in dict.fromkeys((path, plain, quoted)):
        for slashed in dict.fromkeys((written, written.replace("\\", "/"))):
            absolute = slashed.startswith("/") or _DRIVE.match(slashed) is not None
            parts = slashed.lstrip("/").split("/")
            for start in range(1 if _DRIVE.match(slashed) else 0, len(parts) if absolute else 1):
                one = "/".join(parts[start:])
                yield one
                if not one.isascii():
                    yield from (unicodedata.normalize(form, one) for form in ("NFC", "NFD"))


def read_list(content: bytes, kind: ListKind) -> tuple[list[ListLine], list[int]]:
    """The lines of a list, and the numbers of the lines that cannot be read.

    Empty lines and comments ("#", ";") are passed over. A digest whose length does not fit the algorithm cannot be
    read. Paths are as written, with surrogates where they are not UTF-8.
    """
    found: list[ListLine] = []
    wrong: list[int] = []
    lines = _lines_of(content)
    if lines[0].startswith(_HASHDEEP):
        return _read_hashdeep(lines)
    for number, text in enumerate(lines, 1):
        if not text.strip() or text.startswith(("#", ";")):
            continue
        read = _read_line(text, kind, number)
        if read is None:
            wrong.append(number)
        else:
            found.append(read)
    return found, wrong


def _read_hashdeep(lines: list[str]) -> tuple[list[ListLine], list[int]]:
    """As `read_list`, of what hashdeep writes: the line of columns tells which digests are given before each path."""
    found: list[ListLine] = []
    wrong: list[int] = []
    columns: list[str] = []
    for number, text in enumerate(lines, 1):
        if text.startswith(_COLUMNS):
            columns = [] if text.startswith(_HASHDEEP) else text.removeprefix(_COLUMNS).strip().lower().split(",")
            continue
        if not text or text.startswith("##"):
            continue
        values = text.split(",", max(len(columns) - 1, 0))
        named = dict(zip(columns, values, strict=False))
        path = named.pop("filename", "") if len(values) == len(columns) and columns[-1] == "filename" else ""
        known = [(name, digest) for name, digest in named.items() if name in LENGTHS]
        read = [_line(name, digest, path, number) for name, digest in known if _ALONE.fullmatch(digest)]
        whole = [one for one in read if one is not None]
        if path and whole and len(whole) == len(known):
            found += whole
        else:
            wrong.append(number)
    return found, wrong


def _lines_of(content: bytes) -> list[str]:
    """The lines, also of a list in UTF-16 with its mark, as PowerShell writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _read_line(text: str, kind: ListKind, number: int) -> ListLine | None:
    if match := _BSD.fullmatch(text.strip()):
        named = "".join(c for c in match["algorithm"].lower() if c.isalnum()).replace("sha2", "sha", 1)
        if named not in LENGTHS:
            named = "".join(c for c in match["algorithm"].lower() if c.isalnum())
        return _line(named if named in LENGTHS else None, match["digest"], match["path"], number)
    if match := _GNU.fullmatch(text.lstrip(" \t")):
        path = match["path"]
        if match["escaped"]:
            path = re.sub(r"\\([\\nr])", lambda m: {"\\": "\\", "n": "\n", "r": "\r"}[m[1]], path)
        elif kind.manifest:
            path = decode_path(path.encode("utf-8", "surrogateescape"))[0].decode("utf-8", "surrogateescape")
        return _line(kind.algorithm, match["digest"], path, number)
    if kind.file is not None and _ALONE.fullmatch(text.strip()):
        return _line(kind.algorithm, text.strip(), kind.file, number)
    for pattern in _OTHERS:
        if match := pattern.fullmatch(text.lstrip(" \t")):
            return _line(kind.algorithm, match["digest"], match["path"], number)
    return None


def _line(algorithm: str | None, digest: str, path: str, number: int) -> ListLine | None:
    chosen = algorithm or _BY_LENGTH.get(len(digest))
    if chosen is None or LENGTHS[chosen] != len(digest):
        return None
    return ListLine(chosen, digest.lower(), path, number)
