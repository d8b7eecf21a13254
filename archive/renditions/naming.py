"""The names of renditions: the same in a bag and in a folder of single ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_LONGEST = 240


class RenditionNames:
    """Names for renditions and reports: the original's path with an ending, out of the way of folders of that name."""

    def __init__(self, originals: Iterable[str]) -> None:
        self._folders = {
            "/".join(parts[:depth])
            for parts in (path.split("/") for path in originals)
            for depth in range(1, len(parts))
            if parts[depth - 1].endswith((".pdf", ".json", ".tiff", ".png", ".flac", ".wav", ".mkv"))
        }

    def rendition_of(self, original: str) -> str:
        """The path of the rendition of the file at a path."""
        return self._free(original, ".pdf")

    def copy_of(self, original: str, ending: str) -> str:
        """The path of a preservation copy of the file at a path, with the ending of its format."""
        return self._free(original, ending)

    def report_of(self, original: str) -> str:
        """The path of veraPDF's report on it."""
        return self._free(original, ".verapdf.json")

    def _free(self, original: str, ending: str) -> str:
        front, slash, name = original.rpartition("/")
        raw = name.encode("utf-8", "surrogateescape")
        if len(raw) + len(ending) > _LONGEST:
            digest = hashlib.sha256(raw).hexdigest()[:12]
            name = f"{raw[:200].decode('utf-8', 'ignore')}~{digest}"
        candidate, number = f"{front}{slash}{name}{ending}", 1
        while candidate in self._folders:
            number += 1
            candidate = f"{front}{slash}{name}~{number}{ending}"
        return candidate
