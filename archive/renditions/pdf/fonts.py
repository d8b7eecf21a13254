"""Type 0 fonts: one CID for each pair of glyph and source text, so that ToUnicode is exact (ISO 32000-1, 9.7, 9.10)."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.errors import RenditionError
from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.objects import Pdf, dictionary, name
from archive.renditions.typesetting.faces import Face

_BLOCK = 100
_MOST_PAIRS = 0xFFFF
_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_CIDS_NAME = "Muniment-Glyphs"
_IDENTITY = dictionary({"Registry": "Adobe", "Ordering": "Identity", "Supplement": 0})
_NEEDLESS = (
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "JSTF",
    "DSIG",
    "kern",
    "gasp",
    "meta",
    "STAT",
    "cmap",
    "name",
    "post",
    "OS/2",
)


@dataclass(slots=True, eq=False)
class UsedFont:
    """A face in one file. CID 0 is never shown; `pairs` has the glyph and the text of CIDs 1, 2, 3 ...; `shown` keeps
    the operators of words, and whether they stand alone, by word, text, size, direction and whether it is a box.
    """

    name: str
    face: Face
    pairs: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[tuple[int, str], str] = field(default_factory=dict)
    shown: dict[Hashable, tuple[str, bool]] = field(default_factory=dict)

    def encode(self, shown: Sequence[str | tuple[int, str]]) -> str:
        """Operators with four hexadecimal digits, its CID, in place of each pair of a glyph and the text it draws.

        Raises `RenditionError` when the file has more such pairs in this face than there are CIDs.
        """
        codes = self.codes
        return "".join([one if isinstance(one, str) else codes.get(one) or self._add(one) for one in shown])

    def _add(self, pair: tuple[int, str]) -> str:
        if len(self.pairs) == _MOST_PAIRS:
            raise RenditionError(f"it has more than {_MOST_PAIRS:,} different signs in one font")
        self.pairs.append(pair)
        code = self.codes[pair] = f"{len(self.pairs):04X}"
        return code


class FontBook:
    """The fonts of one file, in the order of their first use."""

    def __init__(self) -> None:
        self._fonts: dict[Face, UsedFont] = {}

    def use(self, face: Face) -> UsedFont:
        """The face as a font of this file."""
        if face not in self._fonts:
            self._fonts[face] = UsedFont(f"F{len(self._fonts) + 1}", face)
        return self._fonts[face]

    def embed(self, file: PdfFile) -> None:
        """Write every font into a file, under the names that page contents use."""
        for font in self._fonts.values():
            file.fonts[font.name] = _embed(file, font)


def _embed(file: PdfFile, font: UsedFont) -> Pdf:
    program, numbers = _subset(font)
    face = font.face
    base = face.name
    if face.subset:
        digest = hashlib.sha256(repr(font.pairs).encode("utf-8", "surrogatepass")).digest()
        base = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.name
    descriptor = dictionary(
        {
            "Type": name("FontDescriptor"),
            "FontName": name(base),
            "Flags": 4 | (1 if face.fixed else 0) | (64 if face.italic_angle else 0) | (1 << 18 if face.bold else 0),
            "FontBBox": [round(edge) for edge in face.box],
            "ItalicAngle": round(face.italic_angle, 2),
            "Ascent": round(face.ascent),
            "Descent": round(face.descent),
            "CapHeight": round(face.cap_height),
            "StemV": 140 if face.bold else 80,
            **_program_entry(file, program, compact=face.compact),
        }
    )
    scale = 1000 / face.upem
    widths = [_number(face.advance(glyph) * scale) for glyph, _ in font.pairs]
    if face.compact:
        cids = [face.cids[glyph] if face.cids is not None else numbers[glyph] for glyph, _ in font.pairs]
        encoding = file.add_stream(_to_cids(cids), _cmap_entries())
        placed: dict[str, Any] = {
            "W": [entry for cid, width in sorted(zip(cids, widths, strict=True)) for entry in (cid, [width])]
        }
    else:
        mapping = b"\0\0" + b"".join(numbers[glyph].to_bytes(2, "big") for glyph, _ in font.pairs)
        encoding = name("Identity-H")
        placed = {"W": [1, widths], "CIDToGIDMap": file.add_stream(mapping, {})}
    descendant = dictionary(
        {
            "Type": name("Font"),
            "Subtype": name("CIDFontType0" if face.compact else "CIDFontType2"),
            "BaseFont": name(base),
            "CIDSystemInfo": _IDENTITY,
            "FontDescriptor": file.add(descriptor),
            "DW": 1000,
            **placed,
        }
    )
    return file.add(
        dictionary(
            {
                "Type": name("Font"),
                "Subtype": name("Type0"),
                "BaseFont": name(base),
                "Encoding": encoding,
                "DescendantFonts": [file.add(descendant)],
                "ToUnicode": file.add_stream(to_unicode(font.pairs), {}),
            }
        )
    )


def _program_entry(file: PdfFile, program: bytes, *, compact: bool) -> dict[str, Any]:
    """The embedded font program: all of a TrueType font, or the CFF table of an OpenType one (ISO 32000-1, 9.9)."""
    import uharfbuzz

    if not compact:
        return {"FontFile2": file.add_stream(program, {"Length1": len(program)})}
    table = bytes(uharfbuzz.Face(program).reference_table("CFF ").data)
    return {"FontFile3": file.add_stream(table, {"Subtype": name("CIDFontType0C")})}


def _cmap_entries() -> dict[str, Any]:
    return {"Type": name("CMap"), "CMapName": name(_CIDS_NAME), "WMode": 0, "CIDSystemInfo": _IDENTITY}


def _to_cids(cids: list[int]) -> bytes:
    """The encoding of a CFF font: a CMap from muniment's codes 1, 2, 3 ... to CIDs, several of which may be equal."""
    head = _CMAP_HEAD.replace("(UCS)", "(Identity)").replace("Adobe-Identity-UCS", _CIDS_NAME)
    parts = [head.replace("/CMapType 2 def", "/WMode 0 def\n/CMapType 1 def")]
    for start in range(0, len(cids), _BLOCK):
        block = cids[start : start + _BLOCK]
        parts.append(f"{len(block)} begincidchar\n")
        parts += [f"<{number:04X}> {cid}\n" for number, cid in enumerate(block, start + 1)]
        parts.append("endcidchar\n")
    parts.append(_CMAP_TAIL)
    return "".join(parts).encode("ascii")


def to_unicode(pairs: list[tuple[int, str]]) -> bytes:
    """The ToUnicode CMap: the source text of each CID in UTF-16BE."""
    parts = [_CMAP_HEAD]
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        parts.append(f"{len(block)} beginbfchar\n")
        for number, (_, text) in enumerate(block, start + 1):
            parts.append(f"<{number:04X}> <{text.encode('utf-16-be').hex().upper()}>\n")
        parts.append("endbfchar\n")
    parts.append(_CMAP_TAIL)
    return "".join(parts).encode("ascii")


def _subset(font: UsedFont) -> tuple[bytes, dict[int, int]]:
    """The font program with the glyphs in use, and the new number of each."""
    import uharfbuzz

    wanted = {glyph for glyph, _ in font.pairs}
    order = uharfbuzz.SubsetInput()
    if font.face.subset:
        order.glyph_set.update({0, *wanted})
        order.flags = uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE | uharfbuzz.SubsetFlags.NO_HINTING
        order.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _NEEDLESS)
    else:
        order.keep_everything()
    if font.face.source.has_var_data:
        order.pin_all_axes_to_default(font.face.source)
    plan = uharfbuzz.SubsetPlan(font.face.source, order)
    mapping = dict(plan.old_to_new_glyph_mapping)
    return bytes(plan.execute().blob.data), {glyph: int(mapping[glyph]) for glyph in wanted}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)
