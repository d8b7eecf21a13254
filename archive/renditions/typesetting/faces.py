"""Font files: what shaping and embedding need of one, and whether it may be embedded at all."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from archive.errors import RenditionError
from archive.renditions.typesetting.compact_fonts import find_cids

_RESTRICTED = 0x0002
_NO_SUBSET = 0x0100
_BITMAP_ONLY = 0x0200


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One font with outlines. Metrics are in thousandths of the em but `upem`; `scale` makes it look as large as
    the others.

    `subset` is False when the maker forbids subsetting: the whole font is embedded then. `compact` says that the
    outlines are those of a CFF table, not of TrueType; `cids` has the CID of each glyph where that is keyed by CIDs.
    """

    name: str
    shaper: Any
    source: Any
    upem: int
    glyphs: int
    characters: frozenset[int]
    ascent: float
    descent: float
    cap_height: float
    box: tuple[float, float, float, float]
    italic_angle: float
    fixed: bool
    bold: bool
    scale: float = 1.0
    subset: bool = True
    compact: bool = False
    cids: tuple[int, ...] | None = None
    advances: dict[int, int] = field(default_factory=dict)

    @property
    def nothing(self) -> int | None:
        """A glyph that draws nothing; None where the font has none. Some fonts draw a bar for a joiner."""
        return _find_nothing(self)

    def advance(self, glyph: int) -> int:
        """The natural width of a glyph in the font's own units."""
        known = self.advances.get(glyph)
        if known is None:
            known = self.advances[glyph] = self.shaper.get_glyph_h_advance(glyph)
        return known


@cache
def _find_nothing(face: Face) -> int | None:
    for code in (0x200C, 0x200D, 0x20):
        glyph = face.shaper.get_nominal_glyph(code)
        extents = face.shaper.get_glyph_extents(glyph) if glyph else None
        if glyph and (extents is None or (extents.width == 0 and extents.height == 0)):
            return int(glyph)
    return None


@cache
def load_face(path: str, scale: float = 1.0, *, number: int = 0) -> Face:
    """The face in a font file; `number` counts those of a collection from 0.

    Raises `RenditionError` when it is neither TrueType nor OpenType with outlines, or may not be embedded.
    """
    import uharfbuzz

    try:
        with open(path, "rb") as opened:
            content = opened.read()
        source = uharfbuzz.Face(content, number)
        tables = {str(tag) for tag in source.table_tags}
        compact = "CFF " in tables
        outlines = {"CFF "} if compact else {"glyf", "loca"}
        if not {*outlines, "head", "hhea", "OS/2", "cmap", "hmtx", "maxp"} <= tables:
            raise RenditionError("it is not a TrueType or OpenType font with outlines", subject=path)
        if _ends_early(content):
            raise RenditionError("the font is cut short", subject=path)
        cids = find_cids(_table(source, "CFF "), source.glyph_count) if compact else None
        head, hhea, os2, post = (_table(source, tag) for tag in ("head", "hhea", "OS/2", "post"))
        upem = struct.unpack_from(">H", head, 18)[0]
        rights = struct.unpack_from(">H", os2, 8)[0]
        box = struct.unpack_from(">4h", head, 36)
        ascent, descent = struct.unpack_from(">2h", hhea, 4)
        weight = struct.unpack_from(">H", os2, 4)[0]
        version = struct.unpack_from(">H", os2)[0]
        cap = struct.unpack_from(">h", os2, 88)[0] if version >= 2 and len(os2) >= 90 else 0
        angle, fixed = (struct.unpack_from(">i", post, 4)[0], struct.unpack_from(">I", post, 12)[0]) if post else (0, 0)
        name = source.get_name(uharfbuzz.OTNameIdPredefined.POSTSCRIPT_NAME) or "Font"
    except OSError as error:
        raise RenditionError(f"the font cannot be read: {error.strerror}", subject=path) from error
    except (struct.error, ValueError, IndexError, uharfbuzz.HarfBuzzError) as error:
        raise RenditionError("it is not a font that can be read", subject=path) from error
    check_rights(rights, path)
    k = 1000 / upem
    return Face(
        name="".join(c for c in name if c.isascii() and (c.isalnum() or c == "-"))[:63] or "Font",
        shaper=uharfbuzz.Font(source),
        source=source,
        upem=upem,
        glyphs=source.glyph_count,
        characters=frozenset(source.unicodes),
        ascent=ascent * k,
        descent=descent * k,
        cap_height=(cap or ascent * 0.7) * k,
        box=(box[0] * k, box[1] * k, box[2] * k, box[3] * k),
        italic_angle=angle / 65536,
        fixed=bool(fixed),
        bold=weight >= 600,
        scale=scale,
        subset=not rights & _NO_SUBSET,
        compact=compact,
        cids=cids,
    )


def check_rights(rights: int, path: str) -> None:
    """OS/2 fsType: raises `RenditionError` when the font's maker allows no embedding of its outlines."""
    if rights & 0x000F == _RESTRICTED:
        raise RenditionError("the font's maker does not allow it to be embedded (OS/2 fsType)", subject=path)
    if rights & _BITMAP_ONLY:
        raise RenditionError("the font's maker allows only its bitmaps to be embedded (OS/2 fsType)", subject=path)


def _table(source: Any, tag: str) -> bytes:
    return bytes(source.reference_table(tag).data)


def _ends_early(content: bytes) -> bool:
    """Whether a table of a single font reaches past the end of the file."""
    if content[:4] == b"ttcf":
        return False
    count = struct.unpack_from(">H", content, 4)[0]
    ends = (sum(struct.unpack_from(">2L", content, 12 + 16 * number + 8)) for number in range(count))
    return any(end > len(content) for end in ends)
