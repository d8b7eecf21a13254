"""What a page of an office document does not show, counted in the package itself: an OOXML or OpenDocument file.

Run in the worker that finishes a rendition (`office_worker`): everything here is read from untrusted bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

_MOST_MEMBERS = 20_000
_MOST_MARKUP = 128 << 20
_OPEN_XML = re.compile(
    r"(?P<slide>ppt/slides/slide\d+\.xml)|(?P<notes>ppt/notesSlides/notesSlide\d+\.xml)"
    r"|(?P<comments>(ppt|xl|word)/(comments/[^/]*|(threadedComments/)?[^/]*[cC]omments?\d*)\.xml)"
    r"|(?P<book>xl/workbook\.xml)|(?P<sheet>xl/worksheets/sheet\d+\.xml)|(?P<text>word/(document|footnotes)\.xml)"
)
_COMMENTS = frozenset({"cm", "comment", "threadedComment"})
_SOUND = (".mp3", ".mp4", ".m4a", ".m4v", ".mov", ".avi", ".wav", ".wmv", ".wma", ".ogg", ".mpg", ".mpeg", ".webm")
_HIDING = {"table-properties": "display", "drawing-page-properties": "visibility"}
_HIDDEN = frozenset({("table-properties", "false"), ("drawing-page-properties", "hidden")})
_PLURAL = {
    "hidden slide": "hidden slides", "hidden sheet": "hidden sheets", "comment": "comments",
    "speaker note": "speaker notes", "hidden row or column": "hidden rows and columns",
    "sound or film": "sounds and films",
    "who made a tracked change, and when": "who made tracked changes, and when",
    "hidden text": "hidden texts",
}  # fmt: skip


class PackageTooLargeError(Exception):
    """The package unpacks to more than is looked at."""


def list_unseen(path: str) -> list[str]:
    """The kinds of content that a printed page leaves out, each with its number, in a fixed order.

    Raises `PackageTooLargeError`, `zipfile.BadZipFile` and lxml's errors for what cannot be read through.
    """
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(path) as package:
        names = sorted(package.namelist())
        if len(names) > _MOST_MEMBERS:
            raise PackageTooLargeError(path)
        for name in names:
            if name.lower().endswith(_SOUND):
                counts["sound or film"] += 1
            open_xml = _OPEN_XML.fullmatch(name)
            if open_xml is not None or name in ("content.xml", "styles.xml"):
                if package.getinfo(name).file_size > _MOST_MARKUP:
                    raise PackageTooLargeError(name)
                with package.open(name) as file:
                    kind = open_xml.lastgroup if open_xml is not None else None
                    counts.update(_open_xml(file, str(kind)) if open_xml is not None else _open_document(file))
    if _has_macros(names):
        counts["macros"] = 1
    return [_word(kind, counts[kind]) for kind in sorted(counts)]


def _has_macros(names: list[str]) -> bool:
    """Whether there is code: a VBA project, or a library of OpenDocument Basic or scripts with modules in it."""
    return any(
        name.endswith("vbaProject.bin")
        or (name.startswith("Basic/") and not name.endswith(("script-lc.xml", "script-lb.xml", "/")))
        or (name.startswith("Scripts/") and not name.endswith("/"))
        for name in names
    )


def _word(kind: str, count: int) -> str:
    if kind == "macros":
        return "macros"
    if kind.startswith("who "):
        return f"{kind} (1)" if count == 1 else f"{_PLURAL[kind]} ({count:,})"
    return f"1 {kind}" if count == 1 else f"{count:,} {_PLURAL[kind]}"


def _elements(file: IO[bytes], events: tuple[str, ...] = ("end",)) -> Iterator[tuple[str, str, Any]]:
    """The events of a part with each element's local name; an element is forgotten once it was seen whole."""
    from lxml import etree

    for event, element in etree.iterparse(file, events=events, resolve_entities=False, no_network=True, load_dtd=False):
        if not isinstance(element.tag, str):
            continue
        yield event, element.tag.rpartition("}")[2], element
        if event == "end" and element.getparent() is not None and len(element.getparent()) > 64:
            element.clear(keep_tail=False)


def _said(element: Any, name: str) -> str:
    """An attribute by its local name."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _open_xml(file: IO[bytes], part: str) -> Iterator[str]:
    noted = False
    for _, name, element in _elements(file):
        if part == "slide" and name == "sld" and _said(element, "show") in ("0", "false"):
            yield "hidden slide"
        elif part == "notes" and name == "t" and (element.text or "").strip():
            noted = noted or not re.fullmatch(r"\s*\d*\s*", element.text)
        elif part == "comments" and name in _COMMENTS:
            yield "comment"
        elif part == "book" and name == "sheet" and _said(element, "state") in ("hidden", "veryHidden"):
            yield "hidden sheet"
        elif part == "sheet" and name in ("row", "col") and _said(element, "hidden") in ("1", "true"):
            yield "hidden row or column"
        elif part == "text" and name in ("ins", "del"):
            yield "who made a tracked change, and when"
        elif part == "text" and name == "vanish":
            yield "hidden text"
    if noted:
        yield "speaker note"


def _open_document(file: IO[bytes]) -> Iterator[str]:
    hidden: set[str] = set()
    style = ""
    notes, noted = 0, False
    for event, name, element in _elements(file, ("start", "end")):
        if event == "start":
            if name == "style":
                style = _said(element, "name")
            elif (name, _said(element, _HIDING.get(name, ""))) in _HIDDEN:
                hidden.add(style)
            elif name == "page" and _said(element, "style-name") in hidden:
                yield "hidden slide"
            elif name == "table" and _said(element, "style-name") in hidden:
                yield "hidden sheet"
            elif name in ("table-row", "table-column") and _said(element, "visibility") in ("collapse", "filter"):
                yield "hidden row or column"
            elif name == "notes" and _said(element, "note-class") == "":
                notes, noted = notes + 1, False
        elif name == "annotation":
            yield "comment"
        elif name == "changed-region":
            yield "who made a tracked change, and when"
        elif name in ("hidden-text", "hidden-paragraph"):
            yield "hidden text"
        elif name in ("p", "span") and notes and (element.text or "").strip():
            noted = True
        elif name == "notes" and notes:
            notes -= 1
            if noted:
                yield "speaker note"
