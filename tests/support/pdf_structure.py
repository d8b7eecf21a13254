"""Reads the structure tree of a tagged PDF and the text of its elements. It shares no code with the writer.

The text of a marked-content sequence is what its glyphs mean by the fonts' ToUnicode maps, in the order of the content
stream; ActualText replaces it, and ReversedChars turns it. Artifacts have no text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader

_TOKEN = re.compile(
    rb"\s+|<<|>>|\[|\]|<([0-9A-Fa-f\s]*)>|\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)|/([^\s<>\[\]()/]*)|([^\s<>\[\]()/]+)",
    re.DOTALL,
)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Node:
    """A structure element: its type, entries and kids (nodes, texts of marked content, and annotations as dicts)."""

    kind: str
    language: str | None = None
    alternative: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: list[Node | str | dict[str, Any]] = field(default_factory=list)

    def text(self, without: tuple[str, ...] = ()) -> str:
        """The text of the element, leaving out elements of the types `without`."""
        parts = []
        for kid in self.kids:
            if isinstance(kid, str):
                parts.append(kid)
            elif isinstance(kid, Node) and kid.kind not in without:
                parts.append(kid.text(without))
        return "".join(parts)

    def walk(self) -> Iterator[Node]:
        """The element and all below it, in order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.walk()

    def find(self, kind: str) -> list[Node]:
        """The elements of one type below this one, in order."""
        return [node for node in self.walk() if node.kind == kind]


def read_structure(content: bytes) -> Node:
    """The element at the top of the structure tree."""
    reader = PdfReader(io.BytesIO(content))
    texts = {page.indirect_reference.idnum: _read_page(page) for page in reader.pages}
    top = reader.trailer["/Root"]["/StructTreeRoot"]["/K"].get_object()
    if isinstance(top, list):
        assert len(top) == 1
        top = top[0].get_object()
    used: set[tuple[int, int]] = set()
    node = _read_element(top, None, texts, used)
    every = {(page, number) for page, found in texts.items() for number in found if number >= 0}
    assert used == every, "a marked sequence has no element, or an element no sequence"
    return node


def body_text(content: bytes) -> str:
    """The text of the whole tree but for the title (H1) and list labels."""
    return read_structure(content).text(without=("H1", "Lbl"))


def artifact_text(content: bytes) -> list[str]:
    """The text of each page's artifacts."""
    reader = PdfReader(io.BytesIO(content))
    return [_read_page(page).get(-1, "") for page in reader.pages]


def _read_element(element: Any, page: int | None, texts: dict[int, dict[int, str]], used: set[tuple[int, int]]) -> Node:
    own = element.raw_get("/Pg").idnum if "/Pg" in element else page
    node = Node(str(element["/S"])[1:])
    node.language = str(element["/Lang"]) if "/Lang" in element else None
    node.alternative = str(element["/Alt"]) if "/Alt" in element else None
    given = element.get("/A")
    given = given.get_object() if given is not None else []
    for one in given if isinstance(given, list) else [given]:
        node.attributes.update({key[1:]: value for key, value in one.get_object().items()})
    kids = element.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(found, int):
            assert own is not None
            node.kids.append(_take(own, int(found), texts, used))
        elif found.get("/Type") == "/MCR":
            node.kids.append(_take(found.raw_get("/Pg").idnum, int(found["/MCID"]), texts, used))
        elif found.get("/Type") == "/OBJR":
            node.kids.append(dict(found["/Obj"].get_object()))
        else:
            node.kids.append(_read_element(found, own, texts, used))
    return node


def _take(page: int, number: int, texts: dict[int, dict[int, str]], used: set[tuple[int, int]]) -> str:
    assert (page, number) not in used, "a marked sequence has two elements"
    used.add((page, number))
    return texts[page][number]


def _read_page(page: Any) -> dict[int, str]:
    """Text by MCID; -1 for artifacts. Text outside both is an error."""
    fonts = {name[1:]: _read_map(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    found: dict[int, list[str]] = {}
    stack: list[tuple[str, Any]] = []
    operands: list[Any] = []
    current: dict[int, str] = {}

    def owner_of_now() -> int:
        owner = next((value for kind, value in reversed(stack) if kind == "mark"), None)
        assert owner is not None, "text outside of the structure and of artifacts"
        return int(owner)

    def add(text: str) -> None:
        if not any(kind == "actual" for kind, _ in stack):
            found.setdefault(owner_of_now(), []).append(text)

    for kind, value in _tokens(page["/Contents"].get_object().get_data()):
        if kind != "operator":
            operands.append((kind, value))
            continue
        if value == b"BDC":
            properties = {
                operands[i][1]: operands[i + 1][1]
                for i in range(1, len(operands) - 1)
                if operands[i][0] == "name" and operands[i + 1][0] != "name"
            }
            if "MCID" in properties:
                stack.append(("mark", int(properties["MCID"])))
                found.setdefault(int(properties["MCID"]), [])
            elif operands[0][1] == "Artifact":
                stack.append(("mark", -1))
            elif "ActualText" in properties:
                raw = properties["ActualText"]
                assert raw[:2] == b"\xfe\xff"
                add(raw[2:].decode("utf-16-be"))
                stack.append(("actual", None))
            else:
                stack.append(("other", None))
        elif value == b"BMC":
            assert operands[0][1] == "ReversedChars"
            owner = owner_of_now()
            stack.append(("reversed", (owner, len(found.setdefault(owner, [])))))
        elif value == b"EMC":
            closed, begun = stack.pop()
            if closed == "reversed":
                owner, start = begun
                found[owner][start:] = found[owner][start:][::-1]
        elif value == b"Tf":
            current = fonts[operands[0][1]]
        elif value in (b"Tj", b"TJ"):
            for kind_, shown in operands:
                if kind_ == "string":
                    codes = [int.from_bytes(shown[i : i + 2], "big") for i in range(0, len(shown), 2)]
                    for code in codes:
                        add(current[code])
        operands = []
    assert not stack
    return {number: "".join(parts) for number, parts in found.items()}


def _tokens(content: bytes) -> Iterator[tuple[str, Any]]:
    position = 0
    while position < len(content):
        match = _TOKEN.match(content, position)
        assert match is not None, content[position : position + 40]
        position = match.end()
        digits, literal, name, other = match.groups()
        if digits is not None:
            digits = re.sub(rb"\s", b"", digits)
            yield "string", bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
        elif literal is not None:
            yield "string", re.sub(rb"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), literal, flags=re.DOTALL)
        elif name is not None:
            yield "name", name.decode()
        elif other is not None:
            try:
                yield "number", float(other)
            except ValueError:
                yield "operator", other


def _read_map(font: Any) -> dict[int, str]:
    data = font["/ToUnicode"].get_object().get_data()
    pairs = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", data, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            pairs[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return pairs
