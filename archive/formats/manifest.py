"""Manifest lines, as bytes: one digest, white space, one path to the line's end (RFC 8493 2.1.3 and 2.2.1).

Lines end at LF, CR or CRLF and nothing else; `bytes.splitlines` knows exactly these. Regular lines are taken apart
many at a time; a line that is odd in any way goes through `parse_line` by itself.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterable, Iterator

from archive.formats.bagpath import decode_path, encode_path, to_text, unsafe_reason
from archive.formats.regular_lines import MAX_LINE, take_apart
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import bag as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass

_NAME = re.compile(r"(tag)?manifest-([^/]+)\.txt")
_HEX = re.compile(rb"[0-9a-fA-F]+")
_DOTS = re.compile(rb"(\./)+")
_PARTS = re.compile(rb"([^ \t]*)[ \t]*(.*)", re.DOTALL)
_PIECE = 1 << 16


@light_dataclass(frozen=True)
class ManifestName:
    """What a manifest's file name says. `algorithm` is as written there, not normalised."""

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


@light_dataclass(slots=True)
class Block:
    """Some lines, taken apart: as many digests (packed, one after the other) as paths; `first` is the first's number.

    Where `odd` is not None the lines were irregular: then it pairs each path with its line number and digest, None for
    a digest that cannot be read, and `paths` is empty. `faulty` counts the lines that state nothing certain about a
    file.
    """

    first: int
    digests: bytes
    paths: list[bytes]
    findings: Iterable[Finding] = ()
    odd: list[tuple[int, bytes | None, bytes]] | None = None
    faulty: int = 0


def parse_blocks(
    chunks: Iterable[bytes], subject: str, digest_length: int, *, tag: bool = False, before_1_0: bool = False
) -> Iterator[Block]:
    """The lines of a manifest, block by block, from its bytes in chunks (UTF-8).

    Empty lines at the very end are a habit of editors, and only loose; an empty line that others follow is malformed.
    """
    rest, empty = b"", 0
    number = 1
    too_long = False
    for chunk in _pieces(chunks):
        data = rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        lines = data[:end].splitlines()
        if lines and too_long:
            lines[0] = b""
        trailing = _count_trailing_empty(lines, keep=int(too_long))
        if len(lines) > trailing:
            if empty:
                yield _followed(subject, number, empty)
                number += empty
            lines = lines[: len(lines) - trailing]
            yield _parse_block(lines, number, subject, digest_length, tag=tag, before_1_0=before_1_0, headless=too_long)
            number += len(lines)
            too_long, empty = False, trailing
        else:
            empty += trailing
        rest = data[end:]
        if len(rest) > MAX_LINE:
            if not too_long:
                yield Block(number, b"", [], [codes.MALFORMED_LINE.at(subject, line=number, why="it is too long")])
            too_long = True
            rest = rest[-1:] if rest.endswith(b"\r") else b"."
    if rest.strip(b" \t\r") and not too_long:
        if empty:
            yield _followed(subject, number, empty)
            number, empty = number + empty, 0
        yield _parse_block(rest.splitlines(), number, subject, digest_length, tag=tag, before_1_0=before_1_0)
    elif rest and not too_long:
        empty += 1
    if empty:
        yield Block(number, b"", [], [codes.LOOSE_LINE.at(subject, line=number, why="empty lines end the manifest")])


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of which the lines, each an object of its own, take little memory."""
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def _followed(subject: str, line: int, count: int) -> Block:
    """The block of empty lines that others follow: one finding, however many they are."""
    why = "it is empty" if count == 1 else f"this and {count - 1} more are empty"
    return Block(line, b"", [], [codes.MALFORMED_LINE.at(subject, line=line, why=why)])


def _count_trailing_empty(lines: list[bytes], *, keep: int) -> int:
    """How many lines at the end are empty; the first `keep` do not count."""
    count = 0
    while len(lines) - count > keep and not lines[-1 - count].strip(b" \t"):
        count += 1
    return count


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
    regular = None if tag else take_apart(b"\n".join(lines) + b"\n", length)
    if regular is not None:
        return Block(first, b"".join(regular[0]), [end[2:] for end in regular[1]])
    odd: list[tuple[int, bytes | None, bytes]] = []
    findings = bag_findings()
    faulty = 0
    for number, line in enumerate(lines[headless:], first + headless):
        digest, path = parse_line(line, number, subject, length, findings, tag=tag, before_1_0=before_1_0)
        if path is not None:
            odd.append((number, digest, path))
        if path is None or digest is None:
            faulty += 1
    return Block(first, b"", [], findings, odd, faulty)


def parse_line(
    line: bytes,
    number: int,
    subject: str,
    digest_length: int,
    findings: CappedFindings,
    *,
    tag: bool = False,
    before_1_0: bool = False,
) -> tuple[bytes | None, bytes | None]:
    """A line's digest as bytes (None: not readable) and its decoded path (None: not usable).

    Every irregularity is added to `findings`. Never raises.
    """
    if len(line) > MAX_LINE:
        findings.note(codes.MALFORMED_LINE, subject, line=number, why="it is too long")
        return None, None
    parts = _PARTS.fullmatch(line)
    assert parts is not None
    digest_text, raw = parts.groups()
    if not raw:
        why = "it has no path" if digest_text else "it is empty"
        findings.note(codes.MALFORMED_LINE, subject, line=number, why=why)
        return None, None
    digest = None
    if not _HEX.fullmatch(digest_text):
        why = "it does not begin with a digest in hexadecimal"
        findings.note(codes.MALFORMED_LINE, subject, line=number, why=why)
        if not digest_text or not raw.startswith((b"data/", b"./data/", b"*data/")):
            return None, None
    elif len(digest_text) != 2 * digest_length:
        why = f"its digest has {len(digest_text)} digits instead of {2 * digest_length}"
        findings.note(codes.MALFORMED_LINE, subject, line=number, why=why)
    else:
        digest = unhexlify(digest_text)
    return digest, _judge_path(raw, number, subject, findings, tag=tag, before_1_0=before_1_0)


def _judge_path(
    raw: bytes, number: int, subject: str, findings: CappedFindings, *, tag: bool, before_1_0: bool
) -> bytes | None:
    path, stray = decode_path(raw, before_1_0=before_1_0)
    if path.startswith(b"*"):
        findings.note(codes.LOOSE_LINE, subject, line=number, why="there is a star before the path, as md5sum writes")
        path = path[1:]
    if path.startswith(b"./"):
        findings.note(codes.LOOSE_LINE, subject, line=number, why="the path begins with ./")
        path = _DOTS.sub(b"", path, count=1)
    shown = to_text(path)
    reason = unsafe_reason(path)
    if reason is not None:
        findings.note(codes.UNSAFE_PATH, subject, line=number, path=shown, why=reason)
        return None
    if stray:
        findings.note(codes.RAW_PERCENT, subject, line=number, path=shown)
    in_payload = path.startswith(b"data/")
    if not tag and not in_payload:
        findings.note(codes.OUTSIDE_PAYLOAD, subject, line=number, path=shown)
        return None
    if tag and in_payload:
        findings.note(codes.TAG_MANIFEST_LISTS_PAYLOAD, subject, line=number, path=shown)
        return None
    name = parse_manifest_name(shown) if tag else None
    if name is not None and name.tag:
        findings.note(codes.TAG_MANIFEST_LISTS_TAG_MANIFEST, subject, line=number, path=shown)
        return None
    return path
