"""Tag files of labels and values: bag-info.txt and its kind (RFC 8493 2.2.2).

Order, repeats and folding are kept: a `Tag` that was read holds its own bytes, so what is not changed is written back
as it stood.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from archive.model.capped_findings import bag_findings
from archive.model.codes import bag as codes
from archive.model.finding import Finding, FindingKind
from archive.model.light import light_dataclass

MAX_LINE = 1 << 20
MAX_LINES = 1_000_000
MAX_ELEMENTS = 200_000
"""So many lines and elements of a tag file are read."""

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_OXUM = re.compile(r"([0-9]{1,20})\.([0-9]{1,15})", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)
_COUNT = re.compile(r"[0-9]+ of ([0-9]+|\?)", re.ASCII)
_ONCE = ("bagging-date", "bag-size", "bag-group-identifier", "bag-count")


@light_dataclass(frozen=True, slots=True)
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

    A continuation line adds its text after one space. Labels keep their case; compare them without it. Of a file of
    more than `MAX_LINES` lines or `MAX_ELEMENTS` elements the rest is left unread, with a finding.
    """
    elements: list[_Element] = []
    findings = bag_findings()
    for number, raw in enumerate(lines_of(data), 1):
        if number > MAX_LINES or len(elements) > MAX_ELEMENTS:
            limit, what = (MAX_LINES, "lines") if number > MAX_LINES else (MAX_ELEMENTS, "elements")
            findings.note(codes.TOO_MANY_LINES, subject, line=number, limit=limit, what=what)
            break
        line = raw.rstrip(b"\r\n")
        if len(line) > MAX_LINE:
            findings.note(codes.MALFORMED_TAG, subject, line=number, why="the line is too long")
            continue
        text = line.decode("utf-8", "surrogateescape")
        if not text.strip(" \t"):
            findings.note(codes.LOOSE_TAG, subject, line=number, why="the line is empty")
            if elements:
                elements[-1].extend("", raw)
            continue
        if text[0] in " \t":
            if not elements:
                why = "the first line continues nothing"
                findings.note(codes.MALFORMED_TAG, subject, line=number, why=why)
                continue
            elements[-1].extend(text.strip(" \t"), raw)
            continue
        label, colon, value = text.partition(":")
        if not colon:
            findings.note(codes.MALFORMED_TAG, subject, line=number, why="it has no colon")
            continue
        problem = _judge_spacing(label, value, before_1_0)
        if problem is not None:
            findings.note(problem[0], subject, line=number, why=problem[1])
        elements.append(_Element(label.strip(" \t"), number, [value.strip(" \t")], [raw]))
    return [one.tag() for one in elements], list(findings)


def lines_of(data: bytes) -> Iterator[bytes]:
    """The lines of a tag file with their ends, LF, CR or CRLF, one by one: a list of all could be very long."""
    return (match[0] for match in _LINE.finditer(data))


@light_dataclass(slots=True)
class _Element:
    """An element while its lines are read: parts are joined once, so that time grows with the bytes alone."""

    label: str
    line: int
    texts: list[str]
    raws: list[bytes]

    def extend(self, text: str, raw: bytes) -> None:
        self.texts.append(text)
        self.raws.append(raw)

    def tag(self) -> Tag:
        return Tag(self.label, " ".join(text for text in self.texts if text), self.line, b"".join(self.raws))


def _judge_spacing(label: str, value: str, before_1_0: bool) -> tuple[FindingKind, str] | None:
    """What is wrong with the white space of a line, and why."""
    if not label.strip(" \t"):
        return codes.MALFORMED_TAG, "the label is empty"
    if before_1_0:
        return None
    if label != label.strip(" \t"):
        return codes.MALFORMED_TAG, "there is white space before the colon"
    if not value:
        return codes.LOOSE_TAG, "nothing follows the colon"
    if value[0] not in " \t":
        return codes.MALFORMED_TAG, "no white space follows the colon"
    if len(value) > 1 and value[1] in " \t" and value.strip(" \t"):
        return codes.LOOSE_TAG, "more than one white space follows the colon"
    return None


def values_of(tags: Iterable[Tag], label: str) -> list[str]:
    """Every value of `label`, in order; labels are compared without case."""
    return [tag.value for tag in tags if tag.label.lower() == label.lower()]


def parse_oxum(value: str) -> tuple[int, int] | None:
    """Octets and streams of a Payload-Oxum, or None when it is malformed."""
    match = _OXUM.fullmatch(value)
    return (int(match[1]), int(match[2])) if match else None


def judge_reserved(tags: Iterable[Tag], subject: str) -> list[Finding]:
    """What is wrong with the reserved elements, each by its own rule; Payload-Oxum only by its form."""
    findings = bag_findings()
    seen: set[str] = set()
    for tag in tags:
        label = tag.label.lower()
        if label == "payload-oxum":
            if label in seen:
                findings.note(codes.REPEATED_OXUM, subject, line=tag.line)
            if parse_oxum(tag.value) is None:
                findings.note(codes.MALFORMED_OXUM, subject, line=tag.line, found=tag.value[:80])
        elif label in _ONCE and label in seen:
            findings.note(codes.REPEATED_TAG, subject, line=tag.line, label=tag.label)
        if (label == "bagging-date" and not _DATE.fullmatch(tag.value)) or (
            label == "bag-count" and not _COUNT.fullmatch(tag.value)
        ):
            findings.note(codes.ODD_VALUE, subject, line=tag.line, label=tag.label, found=tag.value[:80])
        seen.add(label)
    return list(findings)


class Utf8Judge:
    """Watches a UTF-8 tag file that comes in chunks: takes a byte order mark off and finds what is not UTF-8."""

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
