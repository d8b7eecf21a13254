"""The outermost form of a PREMIS document: its version, and its entities in their order."""

from __future__ import annotations

from archive.formats.premis_reading import ENTITIES
from archive.model.codes import premis as codes
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis_2 import STRUCTURE

_VERSIONS = {"3": ("3.0",), "2": ("2.0", "2.1", "2.2", "2.3"), "1": ("1.0", "1.1")}


class EntityOrder:
    """Objects, then events, agents and rights; nothing else beside them."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._last = 0
        self._objects = 0

    def meet(self, name: str, line: int) -> None:
        """Take the next element of the container."""
        if name not in ENTITIES:
            if name not in STRUCTURE["premis"]:
                self._notes.add(codes.NO_OBJECT, line, problem=f"<{name}> is not allowed here")
            return
        place = ENTITIES.index(name)
        self._objects += place == 0
        if place < self._last:
            self._notes.add(codes.NO_OBJECT, line, problem=f"<{name}> comes after <{ENTITIES[self._last]}>")
        self._last = max(self._last, place)

    @property
    def last(self) -> str:
        """The kind of entity that is expected to go on: the latest in the order of all that came."""
        return ENTITIES[self._last]

    def end(self, line: int, *, needs_object: bool) -> None:
        """The container is over."""
        if needs_object and not self._objects:
            self._notes.add(codes.NO_OBJECT, line, problem="there is no object")


def check_version(written: str | None, version: str, notes: Notes) -> None:
    """The attribute `version` of the root is one of its namespace's; PREMIS 1 has none."""
    if version == "1":
        return
    allowed = _VERSIONS[version]
    if written not in allowed:
        found = f'version="{written}"' if written else "no version"
        notes.add(codes.WRONG_VERSION, None, found=found, expected=version)
