"""Word documents (ISO/IEC 29500): paragraphs, headings, lists, tables, links, pictures. The rest is listed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Document
from archive.renditions.readers.docx_body import BodyReader

_MOST_BYTES = 512 << 20
_MOST_MEMBERS = 20_000
_XML_PARTS_MB = 128
_MALFORMED = (
    KeyError, ValueError, AttributeError, TypeError, IndexError, RecursionError, OSError, EOFError, NotImplementedError,
    struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
_UNDRAWN = (
    (re.compile(r"word/footnotes\.xml"), "footnotes"),
    (re.compile(r"word/endnotes\.xml"), "endnotes"),
    (re.compile(r"word/comments\.xml"), "comments"),
    (re.compile(r"word/header\d*\.xml"), "page headers"),
    (re.compile(r"word/footer\d*\.xml"), "page footers"),
    (re.compile(r"word/vbaProject\.bin"), "macros"),
    (re.compile(r"word/charts/chart\d*\.xml"), "charts"),
    (re.compile(r"word/diagrams/data\d*\.xml"), "diagrams"),
    (re.compile(r"word/embeddings/.+"), "embedded objects"),
)
_TEXT = re.compile(rb"<w:t(?: [^>]*)?>[^<]*[^<\s]")


def read_docx(content: bytes, *, name: str, language: str | None) -> Document:
    """The document in a .docx. Notes, comments, page headers, text boxes and macros are not drawn and stand in
    `dropped`. Raises `RenditionError` when it is damaged, locked with a password, or unpacks to more than it may.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    _check_package(content, name)
    try:
        document = docx.Document(io.BytesIO(content))
        reader = BodyReader(document, name)
        blocks = tuple(reader.read(document.element.body))
        title = " ".join((document.core_properties.title or "").split())
        dropped = [*_list_undrawn(content), *reader.dropped]
        own = _language_of(document)
    except (*_MALFORMED, OpcError, etree.LxmlError) as error:
        raise RenditionError(f"it is no readable Word document: {str(error)[:200]}", subject=name) from error
    return Document(blocks, language=language or own, title=title or None, dropped=tuple(dict.fromkeys(dropped)))


def _check_package(content: bytes, name: str) -> None:
    """Refuse what is no package or would unpack to too much, before anything is unpacked."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise RenditionError("it is locked with a password, or in the older Word format", subject=name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise RenditionError(f"it is no readable Word document: {error}", subject=name) from error
    markup = sum(member.file_size for member in members if member.filename.endswith((".xml", ".rels")))
    whole = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or whole > _MOST_BYTES or markup > _XML_PARTS_MB << 20:
        raise RenditionError(f"it unpacks to {whole:,} bytes, more than is drawn", subject=name)


def _list_undrawn(content: bytes) -> list[str]:
    """The words for parts that say something and are not drawn; Word writes empty notes into every document."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        found = []
        for pattern, word in _UNDRAWN:
            members = [name for name in names if pattern.fullmatch(name)]
            noted = word in ("footnotes", "endnotes", "comments", "page headers", "page footers")
            if any(not noted or _TEXT.search(package.read(member)) for member in members):
                found.append(word)
    return found


def _language_of(document: Any) -> str | None:
    """The language of the document's default style, where it names one."""
    from docx.oxml.ns import qn

    for element in document.styles.element.iter(qn("w:lang")):
        value = element.get(qn("w:val"))
        return str(value) if value else None
    return None
