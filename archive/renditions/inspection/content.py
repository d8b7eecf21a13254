"""Reads page content for what must not depend on the machine that shows it: fonts and device colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject

from archive.renditions.inspection.objects import DEEPEST, MOST_CONTENT_BYTES, UNREADABLE, array, dictionary, member

_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_COLOURS = {
    b"g": "DefaultGray", b"G": "DefaultGray", b"rg": "DefaultRGB", b"RG": "DefaultRGB", b"k": "DefaultCMYK",
    b"K": "DefaultCMYK",
}  # fmt: skip
_INVISIBLE = 3


@dataclass(slots=True)
class Used:
    """What page content uses: names of fonts that are not embedded, and the first device colour of each operator."""

    loose_fonts: set[str] = field(default_factory=set)
    colours: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    whole: bool = True


def read_content(reader: PdfReader, pages: list[DictionaryObject]) -> Used:
    """Read the content of `pages` and of the forms in it. `whole` is False where something could not be read."""
    used = Used()
    for number, page in enumerate(pages, 1):
        walker = _Walker(reader, used, number)
        try:
            walker.read_page(page)
        except UNREADABLE:
            used.whole = False
    return used


class _Walker:
    def __init__(self, reader: PdfReader, used: Used, page: int) -> None:
        self.reader, self.used, self.page = reader, used, page
        self.active: set[int] = set()

    def read_page(self, page: DictionaryObject) -> None:
        content = member(page, "/Contents")
        resources = _inherited_resources(page)
        if content is not None:
            self.read(content, resources, 0)
        for annotation in array(page, "/Annots"):
            shown = member(dictionary(annotation, "/AP"), "/N")
            if isinstance(shown, StreamObject):
                self.read(shown, dictionary(shown, "/Resources") or resources, 0)

    def read(self, content: Any, resources: DictionaryObject, depth: int) -> None:
        """One content stream. `q` and `Q` keep font and rendering mode, as ISO 32000-1 8.4.2 says."""
        if depth > DEEPEST or id(content) in self.active:
            self.used.whole = False
            return
        self.used.bytes += _size(content)
        if self.used.bytes > MOST_CONTENT_BYTES:
            self.used.whole = False
            return
        self.active.add(id(content))
        stream = ContentStream(content, self.reader)
        spaces = dictionary(resources, "/ColorSpace")
        state: tuple[Any, int] = (None, 0)
        saved: list[tuple[Any, int]] = []
        for operands, operator in stream.operations:
            if operator == b"q":
                saved.append(state)
            elif operator == b"Q":
                state = saved.pop() if saved else state
            elif operator == b"Tf" and operands:
                state = (member(dictionary(resources, "/Font"), str(operands[0])), state[1])
            elif operator == b"Tr" and operands and isinstance(operands[0], int):
                state = (state[0], int(operands[0]))
            elif operator in _SHOWING and state[1] != _INVISIBLE:
                self.note_font(state[0], resources, depth)
            elif operator in _COLOURS and f"/{_COLOURS[operator]}" not in spaces:
                self.used.colours.setdefault(operator.decode("ascii"), self.page)
            elif operator == b"Do" and operands:
                form = member(dictionary(resources, "/XObject"), str(operands[0]))
                if isinstance(form, StreamObject) and member(form, "/Subtype") == "/Form":
                    self.read(form, dictionary(form, "/Resources") or resources, depth + 1)
        self.active.discard(id(content))

    def note_font(self, font: Any, resources: DictionaryObject, depth: int) -> None:
        if not isinstance(font, DictionaryObject) or id(font) in self.active:
            return
        kind = member(font, "/Subtype")
        if kind == "/Type3":
            self.active.add(id(font))
            for procedure in dictionary(font, "/CharProcs").values():
                self.read(procedure.get_object(), dictionary(font, "/Resources") or resources, depth + 1)
            return
        bearers = array(font, "/DescendantFonts") if kind == "/Type0" else [font]
        for bearer in bearers:
            descriptor = dictionary(bearer, "/FontDescriptor")
            if not any(isinstance(member(descriptor, f"/FontFile{n}"), StreamObject) for n in ("", "2", "3")):
                self.used.loose_fonts.add(str(member(font, "/BaseFont") or "?").lstrip("/")[:100])


def _inherited_resources(page: DictionaryObject) -> DictionaryObject:
    node: Any = page
    for _ in range(DEEPEST):
        if "/Resources" in node:
            return dictionary(node, "/Resources")
        node = member(node, "/Parent")
        if not isinstance(node, DictionaryObject):
            break
    return DictionaryObject()


def _size(content: Any) -> int:
    parts = content if isinstance(content, ArrayObject) else [content]
    total = 0
    for part in parts:
        found = part.get_object()
        total += len(found.get_data()) if isinstance(found, StreamObject) else 0
    return total
