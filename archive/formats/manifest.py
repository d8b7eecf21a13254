"""Manifest lines, as bytes: one digest, white space, one path to the line's end (RFC 8493 2.1.3 and 2.2.1).

Lines end at LF, CR or CRLF and nothing else; `bytes.splitlines` knows exactly these. Regular lines are taken apart
many at a time; a line that is odd in any way goes through `parse_line` by itself.
"""

from __future__ import annotations

import re
from binascii import Error as HexError
from binascii import unhexlify
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.formats.bagpath import decode_path, encode_path, to_text, unsafe_reason
from archive.model.codes import bag as codes
from archive.model.finding import Finding

MAX_LINE = 1 << 17
_NAME = re.compile(r"(tag)?manifest-([^/]+)\.txt")
_SUSPICIOUS = (b"%", b"\\", b"\x00", b"//", b"/.", b"/\n")
"""Where none of these occurs, every path under data/ is safe and needs no decoding."""

_HEX = re.compile(rb"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class ManifestName:
    """What a manifest's file name says. `algorithm` is as it stands there, not normalised."""

    name: str
    tag: bool
    algorithm: str


def manifest_name(algorithm: str, *, tag: bool = False) -> str:
    """The file name of a manifest; `algorithm` by its BagIt name."""
    return f"{'tag' if tag else ''}manifest-{algorithm}.txt"


def parse_manifest_name(name: str) -> ManifestName | None:
    """What `name`, a file at the bag's top, says as a manifest; None when it is none."""
    match = _NAME.fullmatch(name)
    return None if match is None else ManifestName(name, match[1] is not None, match[2])


def manifest_line(digest: str, path: str) -> bytes:
    """One line with LF. `digest` is lower-case hex; `path` is bag-relative, surrogateescape."""
    return b"%b  %b\n" % (digest.encode("ascii"), encode_path(path))


@dataclass(slots=True)
class Block:
    """Some lines, taken apart: as many digests (packed, one after the other) as paths; `first` is the first's number.

    Where `odd` is not None the lines were irregular: then it pairs each path with its line number and digest, None for
    a digest that cannot be read, and `paths` is empty.
    """

    first: int
    digests: bytes
    paths: list[bytes]
    findings: list[Finding]
    odd: list[tuple[int, bytes | None, bytes]] | None = None


def parse_blocks(
    chunks: Iterable[bytes], subject: str, digest_length: int, *, tag: bool = False, before_1_0: bool = False
) -> Iterator[Block]:
    """The lines of a manifest, block by block, from its bytes in chunks (UTF-8)."""
    rest = b""
    number = 1
    too_long = False
    for chunk in chunks:
        data = rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        lines = data[:end].splitlines()
        if lines and too_long:
            lines[0] = b""
        if lines:
            yield _parse_block(lines, number, subject, digest_length, tag=tag, before_1_0=before_1_0, headless=too_long)
            number += len(lines)
            too_long = False
        rest = data[end:]
        if len(rest) > MAX_LINE:
            if not too_long:
                yield Block(number, b"", [], [codes.MALFORMED_LINE.at(subject, line=number, why="it is too long")])
            too_long = True
            rest = rest[-1:] if rest.endswith(b"\r") else b"."
    if rest and not too_long:
        yield _parse_block(rest.splitlines(), number, subject, digest_length, tag=tag, before_1_0=before_1_0)


def _parse_block(
    lines: list[bytes],
    first: int,
    subject: str,
    length: int,
    *,
    tag: bool,
    before_1_0: bool,
    headless: bool = False,
) -> Block:
    """Take lines apart, all at once where they are regular. `headless`: the first is a rest, reported already."""
    width = 2 * length
    if not tag and {line[width : width + 7] for line in lines} == {b"  data/"}:
        start = width + 2
        paths = [line[start:] for line in lines]
        joined = b"\n".join(paths) + b"\n"
        if not any(mark in joined for mark in _SUSPICIOUS) and max(map(len, paths)) <= MAX_LINE:
            try:
                digests = unhexlify(b"".join([line[:width] for line in lines]))
            except HexError:
                digests = b""
            if len(digests) == length * len(lines):
                return Block(first, digests, paths, [])
    block = Block(first, b"", [], [], [])
    for number, line in enumerate(lines[headless:], first + headless):
        parsed = parse_line(line, number, subject, length, tag=tag, before_1_0=before_1_0)
        block.findings += parsed.findings
        if parsed.path is not None and block.odd is not None:
            block.odd.append((number, parsed.digest, parsed.path))
    return block


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its digest as bytes (None: not readable), its decoded path (None: not usable) and what is wrong."""

    digest: bytes | None
    path: bytes | None
    findings: list[Finding]


def parse_line(
    line: bytes, number: int, subject: str, digest_length: int, *, tag: bool = False, before_1_0: bool = False
) -> Line:
    """One manifest line, with every irregularity named. Never raises."""

    def malformed(why: str) -> Finding:
        return codes.MALFORMED_LINE.at(subject, line=number, why=why)

    if len(line) > MAX_LINE:
        return Line(None, None, [malformed("it is too long")])
    digest_text = re.split(rb"[ \t]", line, maxsplit=1)[0]
    raw = line[len(digest_text) :].lstrip(b" \t")
    if not line.strip(b" \t"):
        return Line(None, None, [malformed("it is empty")])
    if not raw:
        return Line(None, None, [malformed("it has no path")])
    findings: list[Finding] = []
    digest = None
    if not _HEX.fullmatch(digest_text):
        findings.append(malformed("it does not begin with a digest in hexadecimal"))
        if not digest_text or not raw.startswith((b"data/", b"./data/", b"*data/")):
            return Line(None, None, findings)
    elif len(digest_text) != 2 * digest_length:
        findings.append(malformed(f"its digest has {len(digest_text)} digits instead of {2 * digest_length}"))
    else:
        digest = unhexlify(digest_text)
    return _judge_path(raw, digest, number, subject, findings, tag=tag, before_1_0=before_1_0)


def _judge_path(
    raw: bytes, digest: bytes | None, number: int, subject: str, findings: list[Finding], *, tag: bool, before_1_0: bool
) -> Line:
    path, stray = decode_path(raw, before_1_0=before_1_0)
    if path.startswith(b"*"):
        findings.append(
            codes.LOOSE_LINE.at(subject, line=number, why="a star stands before the path, as md5sum writes")
        )
        path = path[1:]
    if path.startswith(b"./"):
        findings.append(codes.LOOSE_LINE.at(subject, line=number, why="the path begins with ./"))
        while path.startswith(b"./"):
            path = path[2:]
    shown = to_text(path)
    reason = unsafe_reason(path)
    if reason is not None:
        findings.append(codes.UNSAFE_PATH.at(subject, line=number, path=shown, why=reason))
        return Line(digest, None, findings)
    if stray:
        findings.append(codes.RAW_PERCENT.at(subject, line=number, path=shown))
    in_payload = path.startswith(b"data/")
    if not tag and not in_payload:
        findings.append(codes.OUTSIDE_PAYLOAD.at(subject, line=number, path=shown))
        return Line(digest, None, findings)
    if tag and in_payload:
        findings.append(codes.TAG_MANIFEST_LISTS_PAYLOAD.at(subject, line=number, path=shown))
        return Line(digest, None, findings)
    name = parse_manifest_name(shown) if tag else None
    if name is not None and name.tag:
        findings.append(codes.TAG_MANIFEST_LISTS_TAG_MANIFEST.at(subject, line=number, path=shown))
        return Line(digest, None, findings)
    return Line(digest, path, findings)
