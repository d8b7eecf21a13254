"""OpenDocument texts, spreadsheets and slides (ISO/IEC 26300): what is not drawn of them is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, Document, Heading, PageBreak, Quote, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.odt_body import OdtReader
from archive.renditions.readers.odt_names import DRAW, OFFICE, TABLE, local, texts_of
from archive.renditions.readers.odt_styles import OdtStyles
from archive.renditions.readers.packages import check_package, read_member
from archive.renditions.readers.source import Source

_DC = "{http://purl.org/dc/elements/1.1/}"
_KNOWN = re.compile(
    r"mimetype|(?:content|styles|meta|settings|manifest)\.(?:xml|rdf)|META-INF/manifest\.xml|Thumbnails/.*|Pictures/.*|"
    r"Configurations2/.*|layout-cache|Fonts/.*|.*/"
)


def read_text_document(source: Source) -> Document:
    """The document of an .odt. Raises `RenditionError` when it is damaged, encrypted, or unpacks to too much."""
    opened = _open(source, "text", "text")
    blocks: list[Block] = [*opened.reader.read(opened.body), *opened.reader.end()]
    for name in ("header", "footer"):
        blocks += opened.reader.read_margins(opened.shared, name)
    return _finish(opened, source, blocks)


def read_spreadsheet(source: Source) -> Document:
    """The document of an .ods: a heading and a table for each sheet. Raises `RenditionError` as for a text."""
    opened = _open(source, "spreadsheet", "spreadsheet")
    reader, account = opened.reader, opened.account
    blocks: list[Block] = []
    for sheet in opened.body:
        if sheet.tag != f"{TABLE}table":
            text = "".join(texts_of(sheet)) if isinstance(sheet.tag, str) else ""
            if text.strip():
                account.leave_out(f"an element that is not known here ({local(sheet)})", text)
            continue
        name = sheet.get(f"{TABLE}name") or ""
        if not opened.styles.is_shown(sheet.get(f"{TABLE}style-name"), "table"):
            account.leave_out(f"the hidden sheet {name}", " ".join(filter(None, map(str.strip, texts_of(sheet)))))
            continue
        blocks += [Heading(1, (Span(account.own(name)),)), *reader.tables.read(sheet, 1)]
        for shapes in sheet.iterfind(f"{TABLE}shapes"):
            blocks += reader.read(shapes, 1)
    return _finish(opened, source, [*blocks, *reader.end()])


def read_slides(source: Source) -> Document:
    """The document of an .odp: each slide on a page, its notes after it. Raises `RenditionError` as for a text."""
    opened = _open(source, "presentation", "presentation")
    reader, account = opened.reader, opened.account
    blocks: list[Block] = []
    for number, slide in enumerate(opened.body.iterfind(f"{DRAW}page"), 1):
        text = " ".join(filter(None, map(str.strip, texts_of(slide))))
        if not opened.styles.is_shown(slide.get(f"{DRAW}style-name"), "drawing-page"):
            account.leave_out(f"the hidden slide {number}", text)
            continue
        notes = [one for one in slide if local(one) == "notes"]
        shown = [one for one in slide if one not in notes and local(one) not in ("animations", "par", "forms")]
        if any(local(one) == "par" for one in slide):
            account.leave_out("the animation of slides")
        blocks += [*([PageBreak()] if blocks else []), _slide_heading(number, account), *_flat(reader.read(shown, 1))]
        said = _flat([block for one in notes for block in reader.read(_frames(one), 1)])
        if said:
            words = account.own(f"Notes on slide {number}")
            blocks += [Heading(3, (Span(words, language="en"),), "en", "ltr", added=True), *said]
    return _finish(opened, source, [*blocks, *reader.end()])


def _frames(notes: Any) -> list[Any]:
    """What is in the notes of a slide, but for the small picture of the slide."""
    return [one for one in notes if local(one) != "page-thumbnail"]


def _slide_heading(number: int, account: Account) -> Heading:
    return Heading(2, (Span(account.own(f"Slide {number}"), language="en"),), "en", "ltr", added=True)


def _flat(blocks: list[Block]) -> list[Block]:
    """The blocks of a slide: there every text is in a box."""
    return [inner for block in blocks for inner in (block.blocks if isinstance(block, Quote) else (block,))]


@dataclass(frozen=True, slots=True)
class _Opened:
    """An OpenDocument file whose body is to be read."""

    body: Any
    shared: Any
    styles: OdtStyles
    account: Account
    reader: OdtReader
    names: tuple[str, ...]


def _open(source: Source, holder: str, word: str) -> _Opened:
    names = check_package(source.content, source.name, "OpenDocument")
    manifest = read_member(source.content, "META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise RenditionError("it is locked with a password", subject=source.name, remedy="Remove the password")
    content = read_member(source.content, "content.xml")
    if content is None:
        raise RenditionError(f"not readable as an OpenDocument {word}: it has no content.xml", subject=source.name)
    root = parse_part(content)
    shared = read_member(source.content, "styles.xml")
    styles_root = parse_part(shared) if shared is not None else None
    body = root.find(f"{OFFICE}body/{OFFICE}{holder}")
    if body is None:
        raise RenditionError(
            f"not readable as an OpenDocument {word}: it has no body of that kind", subject=source.name
        )
    account, styles = Account(), OdtStyles(root, styles_root)
    account.meet("".join(texts_of(body)))
    return _Opened(body, styles_root, styles, account, OdtReader(source, account, styles, body), names)


def _finish(opened: _Opened, source: Source, blocks: list[Block]) -> Document:
    account = opened.account
    for member in opened.names:
        if member.startswith(("Basic/", "Scripts/")):
            account.leave_out("macros")
        elif not _KNOWN.fullmatch(member) and "/" not in member.removeprefix("Object "):
            account.leave_out(f"a part that is not known here: {member}")
    title, author = _read_properties(source.content)
    return Document(
        tuple(blocks),
        language=source.language,
        title=title,
        dropped=account.settle(blocks),
        creators=(author,) if author else (),
    )


def _read_properties(content: bytes) -> tuple[str | None, str | None]:
    meta = read_member(content, "meta.xml")
    root: Any = parse_part(meta) if meta is not None else None
    if root is None:
        return None, None
    found = (root.findtext(f".//{_DC}{key}") for key in ("title", "creator"))
    title, author = (" ".join((text or "").split()) or None for text in found)
    return title, author
