"""The one way XML is read here: no entities, no network, no DTD, no inclusions, and limits on everything that can grow.

The prolog is read by hand before the parser sees a byte: the encoding comes from a short list and is told to the
parser, so that both read the same text, and a DOCTYPE ends the reading at once, but for the one that names the DTD of
EAD 2002 and declares nothing. What XML 1.0 (fifth edition) allows and an archival record does not need is refused by
name, as a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from archive.errors import FormatError
from archive.formats.encodings import codec_of, is_seven_bit
from archive.model.codes import xml as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from lxml import etree

_SINGLE_BYTE = (
    *(f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *(f"windows-{page}" for page in range(1250, 1259)),
    "koi8-r",
)
ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "us-ascii", "ascii": "us-ascii", "utf-16": "utf-16",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "latin1": "iso-8859-1",
    **{name: name for name in _SINGLE_BYTE},
}  # fmt: skip
"""Encodings of archival records, by their names in lower case. UTF-16 and any other encoding in which ASCII bytes are

ASCII characters (the common ones of China, Japan, Korea and of older systems) are written again as UTF-8 for the
parser, so that both read the same text; the rest is refused.
"""
_TO_PARSER = frozenset(ENCODINGS.values()) - {"utf-16", "utf-16-le", "utf-16-be"}

XINCLUDE = "http://www.w3.org/2001/XInclude"

_PROLOG = 1 << 16
_PLAIN = "".join(map(chr, range(0x20, 0x7F)))
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NO_BOM = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARATION = re.compile(r"<\?xml[ \t\r\n]([^>]*?)\?>")
_ENCODING = re.compile(r"""(?:^|[ \t\r\n])encoding[ \t\r\n]*=[ \t\r\n]*(["'])([^"']*)\1""")
_BEFORE_ROOT = re.compile(r"[ \t\r\n]+|<!--(?:(?!--).)*-->|<\?(?:(?!\?>).)*\?>", re.DOTALL)
_EAD_DOCTYPE = re.compile(
    r"""<!DOCTYPE[ \t\r\n]+ead[ \t\r\n]+(?:SYSTEM|PUBLIC)(?:[ \t\r\n]+(?:"[^"<>]*"|'[^'<>]*'))+\s*(\[)?"""
)
"""A DOCTYPE as EAD 2002 has it: it names the DTD, which is never read; after "[" come declarations of its own."""


@light_dataclass(frozen=True, slots=True)
class XmlLimits:
    """How much a document may hold. `size` is bytes of a document read as a whole, `part` bytes that may be in memory

    at a time while a document is streamed; `elements` bounds what is built in memory; `depth` is nested elements.
    """

    size: int = 64 << 20
    part: int = 32 << 20
    elements: int = 2_000_000
    attributes: int = 256
    depth: int = 200


DEFAULT_LIMITS = XmlLimits()


class XmlRefusedError(FormatError):
    """The document cannot be read as XML, or not safely. `finding` says why, with its line."""

    def __init__(self, finding: Finding) -> None:
        where = "" if finding.line is None else f" (line {finding.line})"
        super().__init__(finding.message + where, subject=finding.subject or None, remedy=finding.remedy)
        self.finding = finding

    def __reduce__(self) -> tuple[object, ...]:
        return (XmlRefusedError, (self.finding,))


def parse_xml(content: bytes, *, subject: str = "", limits: XmlLimits = DEFAULT_LIMITS) -> etree._ElementTree:
    """The document in `content`, in whatever allowed encoding.

    Raises `XmlRefusedError` when it is not well-formed, has a DOCTYPE, an encoding that is not read, an XInclude
    element, or more than `limits` allow.
    """
    from lxml import etree

    if len(content) > limits.size:
        raise XmlRefusedError(codes.TOO_LARGE.at(subject, found=len(content), limit=limits.size))
    encoding, start = _read_prolog(content[:_PROLOG], subject)
    body = _to_parser(content, encoding, start, subject)
    if body.count(b"<") > limits.elements * 2 or body.count(b"=") > limits.elements * 4:
        raise XmlRefusedError(codes.TOO_MUCH.at(subject, what="elements", limit=limits.elements))
    try:
        root = etree.fromstring(body, _parser(encoding))
    except etree.XMLSyntaxError as error:
        broken: Finding | None = _syntax_finding(error, subject)
    else:
        broken = None
    if broken is not None:  # raised without the parser's error, whose log cannot travel between processes
        raise XmlRefusedError(broken)
    tree = root.getroottree()
    _check_tree(tree, subject, limits)
    return tree


def root_of(head: bytes, *, subject: str = "") -> tuple[str, tuple[str, ...]]:
    """Tag ("{namespace}name") and attribute names of the root element, from the first bytes of a document (64 KiB).

    Raises `XmlRefusedError` when they are not the beginning of a document that `parse_xml` would read.
    """
    from lxml import etree

    encoding, start = _read_prolog(head[:_PROLOG], subject)
    pull = etree.XMLPullParser(("start",), **_options(encoding))  # type: ignore[arg-type]
    body = head[start:_PROLOG]
    if encoding not in _TO_PARSER:
        body = body.decode(encoding, "ignore").encode("utf-8")
    try:
        pull.feed(body)
    except etree.XMLSyntaxError as error:
        raise XmlRefusedError(_syntax_finding(error, subject)) from error
    for _event, found in pull.read_events():
        element: Any = found
        return str(element.tag), tuple(str(name) for name in element.attrib)
    raise XmlRefusedError(codes.NOT_WELL_FORMED.at(subject, line=1, problem="there is no root element"))


def can_stream(head: bytes) -> bool:
    """True when a document with this beginning can be read as a stream: no byte of it is written again."""
    encoding, _start = _read_prolog(head[:_PROLOG], "")
    return encoding in _TO_PARSER


def stream_xml(
    chunks: Iterable[bytes],
    tags: Iterable[str],
    *,
    subject: str = "",
    limits: XmlLimits = DEFAULT_LIMITS,
) -> Iterator[etree._Element]:
    """Each element whose tag is in `tags`, at its end, as the bytes of the document arrive.

    The caller clears what it has used; no more than `limits.part` bytes may pass without such an element ending.
    UTF-16 and encodings of several bytes a letter are not streamed. Raises `XmlRefusedError` as `parse_xml` does.
    """
    feed, pieces = open_feed(chunks, tags, subject=subject, limits=limits)
    for piece in pieces:
        yield from feed.take(piece)
    feed.close()


class XmlFeed:
    """A parser that takes a document piece by piece and hands out elements as they end."""

    def __init__(self, encoding: str, tags: Iterable[str], subject: str, limits: XmlLimits) -> None:
        from lxml import etree

        self._pull: Any = etree.XMLPullParser(("end",), tag=tuple(tags), **_options(encoding))  # type: ignore[arg-type]
        self._syntax_error = etree.XMLSyntaxError
        self._subject = subject
        self._limits = limits
        self._pending = 0

    def take(self, piece: bytes, *, counted: bool = True) -> list[Any]:
        """The elements that end in this piece. `counted` False is for white space that stands for what was left out.

        Raises `XmlRefusedError`, also when `limits.part` bytes pass without the end of such an element.
        """
        try:
            self._pull.feed(piece)
        except self._syntax_error as error:
            raise XmlRefusedError(_syntax_finding(error, self._subject)) from error
        found = [element for _event, element in self._pull.read_events()]
        self._pending = 0 if found else self._pending + len(piece) * counted
        if self._pending > self._limits.part:
            limit = self._limits.part
            raise XmlRefusedError(codes.TOO_LARGE.at(self._subject, found=self._pending, limit=limit))
        return found

    def close(self) -> None:
        """The document is over. Raises `XmlRefusedError` when it is not whole."""
        try:
            self._pull.close()
        except self._syntax_error as error:
            raise XmlRefusedError(_syntax_finding(error, self._subject)) from error


def open_feed(
    chunks: Iterable[bytes], tags: Iterable[str], *, subject: str = "", limits: XmlLimits = DEFAULT_LIMITS
) -> tuple[XmlFeed, Iterator[bytes]]:
    """A parser for the document that comes in `chunks`, and its bytes from the root or declaration on, in small pieces.

    Raises `XmlRefusedError` as `parse_xml` does, and where `can_stream` is False.
    """
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= _PROLOG:
            break
    encoding, start = _read_prolog(head[:_PROLOG], subject)
    if encoding not in _TO_PARSER:
        raise XmlRefusedError(codes.TOO_LARGE.at(subject, found=len(head), limit=limits.size))
    return XmlFeed(encoding, tags, subject, limits), _pieces(_chain(head[start:], stream))


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces so small that no piece can build much before it is looked at."""
    for chunk in chunks:
        for at in range(0, len(chunk), 1 << 16):
            yield chunk[at : at + (1 << 16)]


def _options(encoding: str) -> dict[str, object]:
    return {
        "encoding": "utf-8" if encoding not in _TO_PARSER else encoding,
        "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False,
        "attribute_defaults": False, "huge_tree": False, "remove_pis": False, "remove_comments": False,
        "strip_cdata": True, "recover": False,
    }  # fmt: skip


def _parser(encoding: str) -> etree.XMLParser:
    from lxml import etree

    return etree.XMLParser(**_options(encoding))  # type: ignore[arg-type]


def _to_parser(content: bytes, encoding: str, start: int, subject: str) -> bytes:
    """The bytes from the root or declaration on, as the parser takes them: its bytes can be counted as characters."""
    if encoding in _TO_PARSER:
        return content[start:]
    try:
        return content[start:].decode(encoding).encode("utf-8")
    except UnicodeError as error:
        raise XmlRefusedError(codes.BAD_ENCODING.at(subject, found=f"bytes that are not {encoding}")) from error


def _read_prolog(head: bytes, subject: str) -> tuple[str, int]:
    """The encoding and the length of the byte order mark. Raises on a DOCTYPE, and on an encoding that is not read."""
    if not head.strip():
        raise XmlRefusedError(codes.NOT_WELL_FORMED.at(subject, line=1, problem="the document is empty"))
    encoding, start = _sniff(head)
    text = head[start:].decode(encoding, "replace")
    declared = _DECLARATION.match(text)
    if declared:
        said = _ENCODING.search(declared.group(1))
        if said:
            encoding = _reconcile(said.group(2), encoding, start, subject)
            text = head[start:].decode(encoding, "replace")
    at = 0
    while match := _BEFORE_ROOT.match(text, at):
        at = match.end()
    line = text.count("\n", 0, at) + 1
    if text[at : at + 9].upper() == "<!DOCTYPE":
        named = _EAD_DOCTYPE.match(text, at)
        if named is None or named.group(1):
            raise XmlRefusedError((codes.DOCTYPE if named is None else codes.DECLARATIONS).at(subject, line=line))
    if at >= len(text) - 1 and len(head) >= _PROLOG:
        raise XmlRefusedError(
            codes.TOO_MUCH.at(subject, line=line, what="bytes before the root element", limit=_PROLOG)
        )
    if text.startswith(("<!--", "<?"), at) and len(head) >= _PROLOG:
        raise XmlRefusedError(
            codes.TOO_MUCH.at(subject, line=line, what="bytes before the root element", limit=_PROLOG)
        )
    return encoding, start


def _sniff(head: bytes) -> tuple[str, int]:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    for mark, encoding in _NO_BOM:
        if head.startswith(mark):
            return encoding, 0
    return "utf-8", 0


def _reconcile(name: str, sniffed: str, mark: int, subject: str) -> str:
    """The encoding meant by the declared `name`, given the one the first bytes show."""
    declared = ENCODINGS.get(name.strip().lower()) or _ascii_codec(name)
    if declared is None:
        raise XmlRefusedError(codes.BAD_ENCODING.at(subject, line=1, found=name[:40]))
    if sniffed.startswith("utf-16") or declared.startswith("utf-16"):
        if not (sniffed.startswith("utf-16") and declared in ("utf-16", sniffed)):
            raise XmlRefusedError(codes.BAD_ENCODING.at(subject, line=1, found=f"{name} declared, {sniffed} written"))
        return sniffed
    if mark and declared != "utf-8":
        raise XmlRefusedError(codes.BAD_ENCODING.at(subject, line=1, found=f"{name} declared, {sniffed} written"))
    return declared


def _ascii_codec(name: str) -> str | None:
    """Python's codec for an encoding in which ASCII bytes are ASCII characters, whatever else there is in it."""
    codec = codec_of(name) if name.isascii() else None
    if codec is None or is_seven_bit(name):
        return None
    try:
        return codec if _PLAIN.encode(codec) == _PLAIN.encode("ascii") else None
    except UnicodeError:
        return None


def _syntax_finding(error: etree.XMLSyntaxError, subject: str) -> Finding:
    problem = str(error.msg or "syntax error")
    line = error.lineno or None
    if "PARSE_HUGE" in problem or "Excessive depth" in problem or "xmlSAX2" in problem:
        return codes.TOO_MUCH.at(subject, line=line, what="nested elements or bytes in one value", limit=10_000_000)
    if "encod" in problem.lower() or "Invalid bytes" in problem or "not proper UTF-8" in problem:
        return codes.BAD_ENCODING.at(subject, line=line, found=problem[:200])
    return codes.NOT_WELL_FORMED.at(subject, line=line, problem=problem[:200])


def _check_tree(tree: Any, subject: str, limits: XmlLimits) -> None:
    declared = tree.docinfo.internalDTD
    if declared is not None and (declared.name != "ead" or any(True for _ in declared.iterentities())):
        raise XmlRefusedError(codes.DOCTYPE.at(subject))
    deep = tree.xpath("/" + "/".join("*" * (limits.depth + 1)))
    if deep:
        raise XmlRefusedError(
            codes.TOO_MUCH.at(subject, line=deep[0].sourceline, what="nested elements", limit=limits.depth)
        )
    wide = tree.xpath(f"//*[count(@*) > {limits.attributes}]")
    if wide:
        raise XmlRefusedError(
            codes.TOO_MUCH.at(subject, line=wide[0].sourceline, what="attributes", limit=limits.attributes)
        )
    for element in tree.getroot().iter(f"{{{XINCLUDE}}}*"):
        raise XmlRefusedError(codes.INCLUSION.at(subject, line=element.sourceline))
