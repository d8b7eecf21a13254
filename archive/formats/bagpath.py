"""Paths in manifests and fetch.txt: percent-encoding and lexical safety, on bytes (RFC 8493 2.1.3, 5.2)."""

from __future__ import annotations

import re

_ENCODED = re.compile(rb"%(0[aAdD]|25)")
_ENCODED_BEFORE_1_0 = re.compile(rb"%(0[aAdD])")
_PLAIN = re.compile(rb"[A-Za-z0-9_]{1,100}(?:/[^./\\\x00][^/\\\x00]*)*")
"""Most paths: nothing in one that is so written can be unsafe, while no part of it is long."""
_DECODED = {b"0A": b"\n", b"0D": b"\r", b"25": b"%"}


def encode_path(path: str) -> bytes:
    """`path` (surrogateescape) as a manifest of BagIt 1.0 writes it: only LF, CR and % are encoded."""
    raw = path.encode("utf-8", "surrogateescape")
    if b"%" in raw or b"\n" in raw or b"\r" in raw:
        return raw.replace(b"%", b"%25").replace(b"\n", b"%0A").replace(b"\r", b"%0D")
    return raw


def decode_path(raw: bytes, *, before_1_0: bool = False) -> tuple[bytes, bool]:
    """The path that `raw` stands for, and whether it holds a % that encodes nothing and was taken literally.

    BagIt before 1.0 encoded LF and CR but not %; there a % is never remarkable.
    """
    if b"%" not in raw:
        return raw, False
    pattern = _ENCODED_BEFORE_1_0 if before_1_0 else _ENCODED
    stray = not before_1_0 and b"%" in _ENCODED.sub(b"", raw)
    return pattern.sub(lambda match: _DECODED[match[1].upper()], raw), stray


def unsafe_reason(path: bytes) -> str | None:
    """Why `path` may not be followed inside a bag, judged by its components alone, or None when it is safe."""
    if len(path) < 4096 and _PLAIN.fullmatch(path):
        return None
    if not path:
        return "it is empty"
    if b"\x00" in path:
        return "it holds a NUL byte"
    if path.startswith(b"/"):
        return "it is absolute"
    if path.startswith(b"~"):
        return "it begins with ~"
    parts = path.split(b"/")
    if b"" in parts:
        return "it has an empty component"
    if b"." in parts or b".." in parts:
        return "it has a component . or .."
    if b"\\" in path:
        windows = re.split(rb"[/\\]", path)
        if b".." in windows or path.startswith(b"\\"):
            return "its backslashes lead out of the bag"
    if re.match(rb"[A-Za-z]:[/\\]", path):
        return "it begins with a drive letter"
    if len(path) > 65_536 and any(len(part) > 255 for part in parts):
        return "it is longer than any system allows"
    return None


def to_text(path: bytes) -> str:
    """A path as the program holds it: str, surrogateescape where it is not UTF-8."""
    return path.decode("utf-8", "surrogateescape")


def to_bytes(path: str) -> bytes:
    """The bytes of a path that `to_text` gave."""
    return path.encode("utf-8", "surrogateescape")


def is_utf8(path: str) -> bool:
    """Whether the path, as text, is of bytes that are valid UTF-8: others have surrogates in their place."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
