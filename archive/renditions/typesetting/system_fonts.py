"""Fonts of the system, asked only for characters that no font of muniment or the settings has."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from archive.errors import RenditionError
from archive.renditions.typesetting.faces import Face, load_face

_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_PREFERRED = ("noto", "dejavu", "freefont", "liberation")
_STYLE = re.compile(
    r"bold|italic|oblique|light|thin|black|heavy|medium|semi|extra|condensed|narrow|mono|serif|display|"
    r"rashi|kufi|nastaliq|looped",
    re.IGNORECASE,
)
_MOST_FILES = 4000
_MOST_IN_ONE = 16
_SAMPLES = {
    "Hebrew": "\u05d0", "Syriac": "\u0710", "Armenian": "\u0531", "Georgian": "\u10d0", "Ethiopic": "\u1200",
    "Devanagari": "\u0915", "Bengali": "\u0995", "Tamil": "\u0b95", "Telugu": "\u0c15", "Sinhala": "\u0d9a",
    "Thai": "\u0e01", "Lao": "\u0e81", "Khmer": "\u1780", "Myanmar": "\u1000", "Tibetan": "\u0f40",
    "Chinese": "\u4e2d", "Japanese": "\u3042", "Korean": "\ud55c", "symbols": "\u2713", "emoji": "\U0001f600",
}  # fmt: skip


def font_folders() -> tuple[str, ...]:
    """The folders in which this system keeps fonts, those of the user last."""
    home = str(Path.home())
    if sys.platform == "darwin":
        return ("/System/Library/Fonts", "/Library/Fonts", os.path.join(home, "Library", "Fonts"))
    if sys.platform == "win32":
        return (os.path.join(os.environ.get("SYSTEMROOT", r"C:\Windows"), "Fonts"),)
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    return ("/usr/share/fonts", "/usr/local/share/fonts", os.path.join(data, "fonts"), os.path.join(home, ".fonts"))


@lru_cache(maxsize=4096)
def find_face(character: str, folders: tuple[str, ...], *, bold: bool = False) -> Face | None:
    """A face of the system with a glyph for `character` whose outlines may be embedded, or None."""
    code = ord(character)
    for path, number in _list_faces(folders):
        if code not in _coverage(path, number):
            continue
        try:
            face = load_face(path, number=number)
        except RenditionError:
            continue
        return (_bold_sibling(path, code) if bold else None) or face
    return None


def scripts_without_font(fonts: Sequence[str], folders: tuple[str, ...]) -> tuple[str, ...]:
    """The scripts, by their English names, that neither the font files `fonts` nor the system's fonts can draw."""
    given: list[Face] = []
    for path in fonts:
        try:
            given.append(load_face(path))
        except RenditionError:
            continue
    return tuple(
        name
        for name, sample in _SAMPLES.items()
        if not any(ord(sample) in face.characters for face in given) and find_face(sample, folders) is None
    )


@cache
def _list_faces(folders: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Every face of every font file, in an order that does not depend on the file system: plain styles of well-known
    families first.
    """
    paths = [path for folder in folders for path in _walk(folder)][:_MOST_FILES]
    return tuple((path, number) for path in sorted(paths, key=_rank) for number in range(_count(path)))


def _walk(folder: str) -> Iterator[str]:
    for parent, names, files in os.walk(folder):
        names.sort()
        yield from (os.path.join(parent, name) for name in sorted(files) if name.lower().endswith(_ENDINGS))


def _rank(path: str) -> tuple[int, int, str, str]:
    name = os.path.basename(path)
    family = next((place for place, word in enumerate(_PREFERRED) if word in name.lower()), len(_PREFERRED))
    return family, len(_STYLE.findall(name)), name, path


def _count(path: str) -> int:
    """How many faces a file holds."""
    if not path.lower().endswith((".ttc", ".otc")):
        return 1
    try:
        with open(path, "rb") as opened:
            head = opened.read(12)
    except OSError:
        return 0
    return min(int.from_bytes(head[8:12], "big"), _MOST_IN_ONE) if head[:4] == b"ttcf" else 0


@lru_cache(maxsize=_MOST_FILES)
def _coverage(path: str, number: int) -> Any:
    """The code points that a face has glyphs for."""
    import uharfbuzz

    try:
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path), number).unicodes
    except (OSError, ValueError, uharfbuzz.HarfBuzzError):
        return frozenset()


def _bold_sibling(path: str, code: int) -> Face | None:
    front, ending = os.path.splitext(path)
    for name in (front.replace("Regular", "Bold"), f"{front}-Bold"):
        candidate = name + ending
        if candidate != path and os.path.isfile(candidate) and code in _coverage(candidate, 0):
            try:
                return load_face(candidate)
            except RenditionError:
                return None
    return None
