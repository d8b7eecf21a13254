"""Tag files of labels and values: bag-info.txt and its kind (RFC 8493 2.2.2).

Order, repeats and folding are kept: a `Tag` that was read holds its own bytes, so what is not changed is written back
as it stood.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.model.codes import bag as codes
from archive.model.finding import Finding

MAX_LINE = 1 << 20
_OXUM = re.compile(r"([0-9]{1,20})\.([0-9]{1,15})", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_COUNT = re.compile(r"[0-9]+ of ([0-9]+|\?)", re.ASCII)
_ONCE = ("bagging-date", "bag-size", "bag-group-identifier", "bag-count")


@dataclass(frozen=True, slots=True)
class Tag:
    """One element. `line` counts from 1; `raw` holds the lines it was read from, None for a new one."""

    label: str
    value: str
    line: int | None = None
    raw: bytes | None = None


def write_tags(tags: Iterable[Tag]) -> bytes:
    """The tag file, UTF-8 with LF. Values are not folded; a line break in one becomes a continuation line."""
    return b"".join(_write_tag(tag) for tag in tags)


def _write_tag(tag: Tag) -> bytes:
    if tag.raw is not None:
        return tag.raw
    value = "\n  ".join(line.strip(" \t") for line in re.split(r"\r\n|\r|\n", tag.value) if line.strip(" \t"))
    return f"{tag.label}: {value}\n".encode("utf-8", "surrogateescape")


def parse_tags(data: bytes, subject: str, *, before_1_0: bool = False) -> tuple[list[Tag], list[Finding]]:
    """The elements in order and what is wrong with them. `data` is UTF-8 (see `decode_tag_file`).

    A continuation line adds its text after one space. Labels keep their case; compare them without it.
    """
    tags: list[Tag] = []
    findings: list[Finding] = []
    for number, raw in enumerate(data.splitlines(keepends=True), 1):
        line = raw.rstrip(b"\r\n")
        if len(line) > MAX_LINE:
            findings.append(codes.MALFORMED_TAG.at(subject, line=number, why="the line is too long"))
            continue
        text = line.decode("utf-8", "surrogateescape")
        if not text.strip(" \t"):
            findings.append(codes.LOOSE_TAG.at(subject, line=number, why="the line is empty"))
            if tags:
                tags[-1] = _extend(tags[-1], "", raw)
            continue
        if text[0] in " \t":
            if not tags:
                why = "the first line continues nothing"
                findings.append(codes.MALFORMED_TAG.at(subject, line=number, why=why))
                continue
            tags[-1] = _extend(tags[-1], text.strip(" \t"), raw)
            continue
        label, colon, value = text.partition(":")
        if not colon:
            findings.append(codes.MALFORMED_TAG.at(subject, line=number, why="it has no colon"))
            continue
        findings += _judge_spacing(label, value, subject, number, before_1_0)
        tags.append(Tag(label.strip(" \t"), value.strip(" \t"), number, raw))
    return tags, findings


def _extend(tag: Tag, text: str, raw: bytes) -> Tag:
    value = f"{tag.value} {text}" if tag.value and text else tag.value or text
    return Tag(tag.label, value, tag.line, (tag.raw or b"") + raw)


def _judge_spacing(label: str, value: str, subject: str, line: int, before_1_0: bool) -> list[Finding]:
    if not label.strip(" \t"):
        return [codes.MALFORMED_TAG.at(subject, line=line, why="the label is empty")]
    if before_1_0:
        return []
    if label != label.strip(" \t"):
        return [codes.MALFORMED_TAG.at(subject, line=line, why="there is white space before the colon")]
    if not value:
        return [codes.LOOSE_TAG.at(subject, line=line, why="nothing follows the colon")]
    if value[0] not in " \t":
        return [codes.MALFORMED_TAG.at(subject, line=line, why="no white space follows the colon")]
    if len(value) > 1 and value[1] in " \t" and value.strip(" \t"):
        return [codes.LOOSE_TAG.at(subject, line=line, why="more than one white space follows the colon")]
    return []


def values_of(tags: Iterable[Tag], label: str) -> list[str]:
    """Every value of `label`, in order; labels are compared without case."""
    return [tag.value for tag in tags if tag.label.lower() == label.lower()]


def parse_oxum(value: str) -> tuple[int, int] | None:
    """Octets and streams of a Payload-Oxum, or None when it is malformed."""
    match = _OXUM.fullmatch(value)
    return (int(match[1]), int(match[2])) if match else None


def judge_reserved(tags: Iterable[Tag], subject: str) -> list[Finding]:
    """What is wrong with the reserved elements, each by its own rule; Payload-Oxum only by its form."""
    findings: list[Finding] = []
    seen: set[str] = set()
    for tag in tags:
        label = tag.label.lower()
        if label == "payload-oxum":
            if label in seen:
                findings.append(codes.REPEATED_OXUM.at(subject, line=tag.line))
            if parse_oxum(tag.value) is None:
                findings.append(codes.MALFORMED_OXUM.at(subject, line=tag.line, found=tag.value[:80]))
        elif label in _ONCE and label in seen:
            findings.append(codes.REPEATED_TAG.at(subject, line=tag.line, label=tag.label))
        if (label == "bagging-date" and not _DATE.fullmatch(tag.value)) or (
            label == "bag-count" and not _COUNT.fullmatch(tag.value)
        ):
            findings.append(codes.ODD_VALUE.at(subject, line=tag.line, label=tag.label, found=tag.value[:80]))
        seen.add(label)
    return findings


class Utf8Judge:
    """Watches a UTF-8 tag file that comes in chunks: takes a byte order mark off and finds what is no UTF-8."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._started = False
        self._findings: list[Finding] = []
        self._broken = False

    def take(self, chunk: bytes) -> bytes:
        """The chunk as it is to be parsed."""
        if not self._started:
            self._started = True
            if chunk.startswith(b"\xef\xbb\xbf"):
                self._findings.append(codes.BYTE_ORDER_MARK.at(self._subject))
                chunk = chunk[3:]
        self._feed(chunk, final=False)
        return chunk

    def finish(self) -> list[Finding]:
        """What is wrong with the whole."""
        self._feed(b"", final=True)
        return self._findings

    def _feed(self, data: bytes, *, final: bool) -> None:
        if self._broken or (data.isascii() and not final and self._decoder.getstate() == (b"", 0)):
            return
        try:
            self._decoder.decode(data, final)
        except UnicodeDecodeError:
            self._broken = True
            self._findings.append(codes.WRONG_ENCODING.at(self._subject, encoding="UTF-8"))


def decode_tag_file(data: bytes, codec: str, subject: str) -> tuple[bytes, list[Finding]]:
    """`data` as UTF-8, whatever its declared encoding, and what is wrong with its encoding.

    Bytes that the encoding does not know are an error and stay as they are, so that names can still be compared.
    UTF-16 without a byte order mark is read with the high byte first (RFC 2781 4.3).
    """
    if codec == "utf-8":
        findings = []
        if data.startswith(b"\xef\xbb\xbf"):
            findings.append(codes.BYTE_ORDER_MARK.at(subject))
            data = data[3:]
        if not data.isascii():
            try:
                data.decode("utf-8")
            except UnicodeDecodeError as error:
                line = len((data[: error.start] + b".").splitlines())
                findings.append(codes.WRONG_ENCODING.at(subject, line=line, encoding="UTF-8"))
        return data, findings
    if codec == "utf-16" and not data.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        codec = "utf-16-be"
    try:
        decoded = data.decode(codec).encode("utf-8", "surrogatepass")
        if decoded.startswith(codecs.BOM_UTF8):
            return decoded[3:], [codes.BYTE_ORDER_MARK.at(subject)]
        return decoded, []
    except UnicodeDecodeError:
        return data, [codes.WRONG_ENCODING.at(subject, encoding=codec)]
