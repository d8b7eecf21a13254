"""Places that are sealed: nothing is ever written into a bag, or into an OCFL object or storage root."""

from __future__ import annotations

import os

from archive.errors import UsageError


def is_bag(folder: str) -> bool:
    """True when the folder has what makes a bag: its declaration, and a manifest or a payload."""
    return _has_bag(_names_in(folder))


def refuse_sealed(place: str, *, shown: str = "", ocfl: bool = True, remedy: str = "with --to") -> None:
    """Refuse to write at `place`, links followed, when it lies in a bag or, with `ocfl`, in an OCFL object or root.

    `place` need not exist. `shown` names it for the user; `remedy` ends "Choose a folder outside of BAG ...". Raises
    `UsageError`.
    """
    folder = os.path.realpath(place)
    while True:
        names = _names_in(folder)
        what = "a bag" if _has_bag(names) else ""
        if ocfl and any(name.startswith("0=ocfl_") for name in names):
            what = "an OCFL storage root" if "0=ocfl_object" not in " ".join(names) else "an OCFL object"
        if what:
            raise UsageError(
                f"the destination is inside {what}, and nothing is ever written into one",
                subject=shown or place,
                remedy=f"Choose a folder outside of {folder} {remedy}".rstrip(),
            )
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _has_bag(names: list[str]) -> bool:
    return "bagit.txt" in names and ("data" in names or any(name.startswith("manifest-") for name in names))
