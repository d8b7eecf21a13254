"""Finds the program's own data, `metadata/` and `seeds/`: in the installed package, else next to pyproject.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from archive.errors import NotFoundError


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    for candidate in (package / "_data", package.parent):
        if (candidate / "metadata" / "schemas").is_dir():
            return candidate
    raise NotFoundError("the program's own data is missing", subject="metadata", remedy="Install muniment again")


def metadata_path(*parts: str) -> Path:
    """The path of one of muniment's schemas, profiles, crosswalks, vocabularies or fonts. Raises `NotFoundError`."""
    path = _root().joinpath("metadata", *parts)
    if not path.exists():
        raise NotFoundError("the program has no such resource", subject="/".join(("metadata", *parts)))
    return path


def seeds_path(*parts: str) -> Path:
    """The path of a sample collection. Raises `NotFoundError`."""
    path = _root().joinpath("seeds", *parts)
    if not path.exists():
        raise NotFoundError("the program has no such sample collection", subject="/".join(("seeds", *parts)))
    return path
