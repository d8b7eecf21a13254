"""Zip packages (OPC, OpenDocument): what may be unpacked."""

from __future__ import annotations

import io
import struct
import zipfile

from archive.errors import RenditionError

_MOST_BYTES = 512 << 20
_MOST_MEMBERS = 20_000
_MOST_MARKUP = 128 << 20


def check_package(content: bytes, name: str, kind: str) -> tuple[str, ...]:
    """The names of the members of a package. Raises `RenditionError` for what is not one, is locked, or would unpack
    to too much, before anything is unpacked; `kind` is the word for it ("Word").
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise RenditionError(
            f"it is locked with a password, or in the older {kind} format",
            subject=name,
            remedy=f"Remove the password, or save it in the present {kind} format",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise RenditionError(f"not readable as a {kind} document: {error}", subject=name) from error
    markup = sum(member.file_size for member in members if member.filename.endswith((".xml", ".rels")))
    whole = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or whole > _MOST_BYTES or markup > _MOST_MARKUP:
        raise RenditionError(f"it unpacks to {whole:,} bytes, more than is drawn", subject=name)
    return tuple(member.filename for member in members)


_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (b"officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"drawingml/wordprocessingDrawing", b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    (b"drawingml/spreadsheetDrawing", b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"),
    (b"drawingml/chart", b"http://schemas.openxmlformats.org/drawingml/2006/chart"),
    (b"drawingml/diagram", b"http://schemas.openxmlformats.org/drawingml/2006/diagram"),
    (b"drawingml/picture", b"http://schemas.openxmlformats.org/drawingml/2006/picture"),
    (b"drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
_DC = "{http://purl.org/dc/elements/1.1/}"


def transitional(content: bytes, names: tuple[str, ...]) -> bytes:
    """An OPC package in the transitional form that the readers know; a strict one (ISO/IEC 29500-1) is rewritten."""
    rels = read_member(content, "_rels/.rels") or b""
    if _STRICT not in rels:
        return content
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as strict, zipfile.ZipFile(written, "w") as package:
        for name in dict.fromkeys(names):
            data = strict.read(name)
            if name.endswith((".xml", ".rels")):
                for word, other in _TRANSITIONAL:
                    data = data.replace(_STRICT + word, other)
            package.writestr(name, data)
    return written.getvalue()


def properties_of(content: bytes) -> tuple[str | None, str | None]:
    """The title and the author among the properties of an OPC package (ISO/IEC 29500-2, 8)."""
    core = read_member(content, "docProps/core.xml")
    if core is None:
        return None, None
    from lxml import etree

    root = etree.fromstring(core, etree.XMLParser(resolve_entities=False, no_network=True))
    title, author = (" ".join((root.findtext(f"{_DC}{key}") or "").split()) or None for key in ("title", "creator"))
    return title, author


def read_member(content: bytes, member: str, most: int = _MOST_MARKUP) -> bytes | None:
    """One member of a package, None where there is none. Raises `RenditionError` when it is larger than it says."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        try:
            with package.open(member) as file:
                data = file.read(most + 1)
        except KeyError:
            return None
    if len(data) > most:
        raise RenditionError(f"its part {member} unpacks to more than {most:,} bytes", subject=member)
    return data
