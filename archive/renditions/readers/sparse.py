"""Sheets with a value far to the right: the empty columns before it are left out by name, and none moves."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_LONGEST = 20
"""So many empty columns beside each other are drawn."""


def columns_to_show(width: int, filled: Collection[int]) -> tuple[list[int], tuple[str, ...]]:
    """Of columns 0 to `width`, those that are shown when only `filled` hold something, and names for the others."""
    shown: list[int] = []
    gone: list[str] = []
    for first, last in _gaps(width, filled):
        if last - first > _LONGEST:
            gone.append(f"{last - first:,} empty columns ({_letters(first)} to {_letters(last - 1)})")
        else:
            shown += range(first, last)
        if last < width:
            shown.append(last)
    return shown, tuple(gone)


def _gaps(width: int, filled: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where columns without anything begin and end, also where there is none between two that hold something."""
    start = 0
    for at in (*sorted(one for one in filled if one < width), width):
        yield start, at
        start = at + 1


def _letters(column: int) -> str:
    word = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        word = chr(65 + place) + word
    return word
