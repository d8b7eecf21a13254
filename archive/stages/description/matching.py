"""Finding the files that a description means: by exact name, else by the same name in another Unicode normalisation.

Clause: Unicode Standard Annex 15. A description typed on one system and files from another often differ so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from archive.model.build import Role
from archive.model.codes import description as codes
from archive.model.description import Description
from archive.stages.description.layout import OBJECTS

_ORIGINALS = f"data/{Role.ORIGINAL.value}/"


def match_files(description: Description, paths: Iterable[str]) -> Description:
    """`description` with its files under the bag paths that are among `paths`.

    A path that is there is kept. Another moves to the one file whose name is the same after normalisation, or that is
    in objects/ where the description left that out, or the other way round; where several fit, none is taken.
    """
    named = dict.fromkeys(s.about for s in description.statements if s.about is not None)
    if not named:
        return description
    keys = {path: tuple(dict.fromkeys(_key(one) for one in _spellings(path))) for path in named}
    hits: dict[str, list[str]] = {key: [] for found in keys.values() for key in found}
    there: set[str] = set()
    for path in paths:
        if path in named:
            there.add(path)
        found = hits.get(_key(path))
        if found is not None:
            found.append(path)
    moves: dict[str, str] = {}
    for path in named:
        if path not in there:
            only = next((hits[key][0] for key in keys[path] if len(hits[key]) == 1), None)
            if only is not None:
                moves[path] = only
    if not moves:
        return description
    statements = tuple(
        replace(s, about=moves[s.about]) if s.about is not None and s.about in moves else s
        for s in description.statements
    )
    notes = tuple(
        codes.OTHER_NORMAL_FORM.at(description.name, found=path.removeprefix(_ORIGINALS))
        for path, place in moves.items()
        if _key(path) == _key(place)
    )
    return replace(description, statements=statements, findings=(*description.findings, *notes))


def _spellings(path: str) -> tuple[str, ...]:
    """The bag paths that a described path may stand for, the most likely first."""
    inner = path.removeprefix(_ORIGINALS)
    other = inner.removeprefix(OBJECTS) if inner.startswith(OBJECTS) else OBJECTS + inner
    return path, _ORIGINALS + other


def _key(path: str) -> str:
    return path if path.isascii() else unicodedata.normalize("NFC", path)
