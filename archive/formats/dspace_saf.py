"""DSpace's Simple Archive Format: the metadata and the list of files of one item, as its importer reads them.

Clause: DSpace 9, "Importing and Exporting Items via Simple Archive Format", and the importer's own source. A line of
`contents` is cut at its first tab; blank lines are skipped; a line that begins with "-r " is an order, not a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from archive.formats.bagpath import is_utf8
from archive.formats.xml_elements import attribute_text, escape_text
from archive.model.description import Statement
from archive.model.light import light_dataclass

FIELDS = {
    "title": ("title", None), "alternative": ("title", "alternative"), "creator": ("contributor", "author"),
    "contributor": ("contributor", None), "subject": ("subject", None), "description": ("description", "abstract"),
    "abstract": ("description", "abstract"), "tableOfContents": ("description", "tableofcontents"),
    "provenance": ("description", "provenance"), "publisher": ("publisher", None), "date": ("date", None),
    "created": ("date", "created"), "issued": ("date", "issued"), "dateSubmitted": ("date", "submitted"),
    "dateCopyrighted": ("date", "copyright"), "available": ("date", "available"), "type": ("type", None),
    "identifier": ("identifier", "other"), "bibliographicCitation": ("identifier", "citation"),
    "source": ("source", None), "language": ("language", "iso"), "relation": ("relation", None),
    "isPartOf": ("relation", "ispartof"), "isVersionOf": ("relation", "isversionof"),
    "isFormatOf": ("relation", "isformatof"), "hasPart": ("relation", "haspart"),
    "hasVersion": ("relation", "hasversion"), "isReferencedBy": ("relation", "isreferencedby"),
    "replaces": ("relation", "replaces"), "isReplacedBy": ("relation", "isreplacedby"),
    "requires": ("relation", "requires"), "spatial": ("coverage", "spatial"), "temporal": ("coverage", "temporal"),
    "rights": ("rights", None), "accessRights": ("rights", None), "license": ("rights", "uri"),
    "rightsHolder": ("rights", "holder"),
}  # fmt: skip
"""Element and qualifier of the registry that DSpace begins with, by the property that each holds."""


_AT_A_TIME = 512
"""So many lines are written in one piece."""

_TRIMMED = "".join(map(chr, range(0x21)))
"""What the importer takes off both ends of a name."""


@light_dataclass(frozen=True)
class Bitstream:
    """A line of `contents`: the path in the item, which becomes the bitstream's name, and where it goes."""

    path: str
    bundle: str
    primary: bool = False
    description: str | None = None


def refuse_path(path: str) -> str | None:
    """Why the importer would not read this path as one name; None when it does."""
    if not is_utf8(path):
        return "it is not valid UTF-8"
    if set(path) & set("\t\r\n"):
        return "it has a tab or a line break"
    if path != path.strip(_TRIMMED) or path.startswith("-r "):
        return "it begins or ends with white space, or begins with -r"
    return None


def write_contents(bitstreams: Iterable[Bitstream]) -> Iterator[bytes]:
    """The file `contents`, UTF-8, one line a file, in pieces; white space in a description becomes one space."""
    lines = (f"{_line(one)}\n" for one in bitstreams)
    while some := list(islice(lines, _AT_A_TIME)):
        yield "".join(some).encode()


def _line(one: Bitstream) -> str:
    parts = [one.path, f"bundle:{one.bundle}"]
    if one.primary:
        parts.append("primary:true")
    if one.description:
        parts.append(f"description:{' '.join(one.description.split())}")
    return "\t".join(parts)


def write_dublin_core(statements: Iterable[Statement]) -> bytes:
    """The file `dublin_core.xml` of the statements that have a field, in their order, each once."""
    written = dict.fromkeys(map(_value, (one for one in statements if one.property in FIELDS)))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<dublin_core schema="dc">', *written, "</dublin_core>"]
    return ("\n".join(lines) + "\n").encode()


def _value(statement: Statement) -> str:
    element, qualifier = FIELDS[statement.property]
    language = "" if not statement.language else f' language="{attribute_text(statement.language)}"'
    text = escape_text(statement.value.strip())
    return f'  <dcvalue element="{element}" qualifier="{qualifier or "none"}"{language}>{text}</dcvalue>'
