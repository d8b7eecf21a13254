"""Where a bag's files are in an E-ARK package that was made from it, and back: each place stands for one bag path."""

from __future__ import annotations

REPRESENTATIONS = "representations/"
BAG = "documentation/bag/"
"""The tag files of the bag that are not descriptive metadata, by their bag paths."""
WHOLE = "data"
"""The representation that holds the whole payload of a bag without roles."""

_DESCRIPTIVE = "metadata/descriptive/"
_OTHER = "metadata/other/"


def place_of(path: str, *, split: bool) -> str:
    """The place of the bag path `path` in the package; `split` when each role of the payload is a representation."""
    if path.startswith("data/"):
        inside = path.removeprefix("data/")
        role, _, rest = inside.partition("/") if split else (WHOLE, "", inside)
        return f"{REPRESENTATIONS}{role}/data/{rest}"
    if path.startswith(_DESCRIPTIVE):
        return path if path.endswith(".xml") else _OTHER + path.removeprefix(_DESCRIPTIVE)
    return BAG + path


def path_of(place: str) -> str | None:
    """The bag path that `place` stands for; None for what the package has of its own."""
    if place.startswith(BAG):
        return place.removeprefix(BAG)
    if place.startswith(_DESCRIPTIVE):
        return place
    if place.startswith(_OTHER):
        return _DESCRIPTIVE + place.removeprefix(_OTHER)
    if place.startswith(REPRESENTATIONS):
        role, _, rest = place.removeprefix(REPRESENTATIONS).partition("/")
        if rest.startswith("data/"):
            inside = rest.removeprefix("data/")
            return f"data/{inside}" if role == WHOLE else f"data/{role}/{inside}"
    return None
