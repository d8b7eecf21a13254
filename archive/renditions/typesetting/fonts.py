"""Which face draws which character: muniment's text faces and fixed face, the settings' fonts, then the system's.

What muniment's own fonts have is drawn with them on every machine, so that the same text gives the same bytes there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from archive.renditions.typesetting.faces import Face, load_face
from archive.renditions.typesetting.scripts import has_no_glyph, is_ignorable, script_of
from archive.renditions.typesetting.system_fonts import find_face
from archive.resources import metadata_path

BOX = "\u25a1"
_ARABIC_SCALE = 1.2
_FIXED_SCALE = 0.9
_LONGEST_KEPT = 32


@dataclass(slots=True)
class FontSet:
    """The faces of one document. `missing` collects the characters that no face has."""

    extra: tuple[Face, ...] = ()
    folders: tuple[str, ...] = ()
    missing: dict[str, None] = field(default_factory=dict)
    _chosen: dict[tuple[str, bool, bool], Face | None] = field(default_factory=dict)
    _words: dict[tuple[str, bool, bool], list[Face | None]] = field(default_factory=dict)

    def choose(self, character: str, *, bold: bool, fixed: bool) -> Face | None:
        """The face for a character, or None when it is to be drawn as a box."""
        key = (character, bold, fixed)
        if key not in self._chosen:
            self._chosen[key] = self._find(character, bold=bold, fixed=fixed)
        return self._chosen[key]

    def choose_all(self, word: str, *, bold: bool, fixed: bool) -> list[Face | None]:
        """The face for each character of a word."""
        key = (word, bold, fixed)
        known = self._words.get(key)
        if known is None:
            known = [self.choose(character, bold=bold, fixed=fixed) for character in word]
            if len(word) <= _LONGEST_KEPT:
                self._words[key] = known
        return known

    def box(self) -> Face:
        """The face that has the box which stands for a character without a glyph."""
        return _own("NotoSansMono-Regular", _FIXED_SCALE)

    def text(self, *, bold: bool, fixed: bool) -> Face:
        """The face of the Latin script in a style."""
        if fixed:
            return _own("NotoSansMono-Regular", _FIXED_SCALE)
        return _own("NotoSans-Bold" if bold else "NotoSans-Regular")

    def _find(self, character: str, *, bold: bool, fixed: bool) -> Face | None:
        if has_no_glyph(character):
            return None
        arabic = _own("NotoNaskhArabic-Bold" if bold else "NotoNaskhArabic-Regular", _ARABIC_SCALE)
        latin = self.text(bold=bold, fixed=False)
        order = [arabic, latin] if script_of(character) == "Arab" else [latin, arabic]
        if fixed:
            order.insert(0 if order[0] is latin else 1, self.text(bold=bold, fixed=True))
        for face in (*order, *self.extra, self.text(bold=False, fixed=True)):
            if ord(character) in face.characters:
                return face
        if self.folders and not is_ignorable(character) and (found := find_face(character, self.folders, bold=bold)):
            return found
        if not is_ignorable(character):
            self.missing[character] = None
        return None


def load_fonts(paths: Sequence[str], folders: Sequence[str] = ()) -> FontSet:
    """Muniment's own faces, those in the files `paths`, and as a last resort those in the folders of the system.

    Raises `RenditionError` for a file of `paths` that cannot be used.
    """
    return FontSet(tuple(load_face(path) for path in paths), tuple(folders))


@cache
def _own(name: str, scale: float = 1.0) -> Face:
    return load_face(str(metadata_path("fonts", f"{name}.ttf")), scale)
