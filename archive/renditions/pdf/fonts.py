"""Type 0 fonts: one CID for each pair of glyph and source text, so that ToUnicode is exact (ISO 32000-1, 9.7, 9.10)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from archive.renditions.typesetting.faces import Face

_BLOCK = 100
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
    """A face in one file. CID 0 is never shown; `pairs` has the glyph and the text of CIDs 1, 2, 3 ..."""

    name: str
    face: Face
    pairs: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[tuple[int, str], str] = field(default_factory=dict)

    def code(self, glyph: int, text: str) -> str:
        """The CID of a glyph that draws `text`, as four hexadecimal digits."""
        key = (glyph, text)
        known = self.codes.get(key)
        if known is None:
            self.pairs.append(key)
            known = self.codes[key] = f"{len(self.pairs):04X}"
        return known


class FontBook:
    """The fonts of one file, in the order of their first use."""

    def __init__(self) -> None:
        self._fonts: dict[Face, UsedFont] = {}

    def use(self, face: Face) -> UsedFont:
        """The face as a font of this file."""
        if face not in self._fonts:
            self._fonts[face] = UsedFont(f"F{len(self._fonts) + 1}", face)
        return self._fonts[face]

    def embed(self, document: Any) -> None:
        """Write every font into a reportlab document, under the names that page contents use."""
        from reportlab.pdfbase.pdfdoc import BasicFonts

        basic = document.idToObject[BasicFonts]
        for font in self._fonts.values():
            basic.dict[font.name] = _embed(document, font)


def _embed(document: Any, font: UsedFont) -> Any:
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

    program, numbers = _subset(font)
    face = font.face
    base = face.name
    if face.subset:
        digest = hashlib.sha256(repr(font.pairs).encode("utf-8", "surrogatepass")).digest()
        base = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.name
    descriptor = PDFDictionary(
        {
            "Type": PDFName("FontDescriptor"),
            "FontName": PDFName(base),
            "Flags": 4 | (1 if face.fixed else 0) | (64 if face.italic_angle else 0) | (1 << 18 if face.bold else 0),
            "FontBBox": PDFArray([round(edge) for edge in face.box]),
            "ItalicAngle": round(face.italic_angle, 2),
            "Ascent": round(face.ascent),
            "Descent": round(face.descent),
            "CapHeight": round(face.cap_height),
            "StemV": 140 if face.bold else 80,
            "FontFile2": document.Reference(_stream(program, {"Length1": len(program)})),
        }
    )
    scale = 1000 / face.upem
    widths = [_number(face.advance(glyph) * scale) for glyph, _ in font.pairs]
    mapping = b"\0\0" + b"".join(numbers[glyph].to_bytes(2, "big") for glyph, _ in font.pairs)
    descendant = PDFDictionary(
        {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": PDFName(base),
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": document.Reference(descriptor),
            "DW": 1000,
            "W": PDFArray([1, PDFArray(widths)]),
            "CIDToGIDMap": document.Reference(_stream(mapping, {})),
        }
    )
    return document.Reference(
        PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(base),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(_stream(to_unicode(font.pairs), {})),
            }
        )
    )


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


def _stream(content: bytes, entries: dict[str, object]) -> Any:
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFStream, PDFZCompress

    return PDFStream(PDFDictionary(dict(entries)), content, [PDFZCompress])


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 3)
