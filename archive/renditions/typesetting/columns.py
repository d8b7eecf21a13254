"""Columns of a table: how wide each is, in which size, and whether all are side by side or in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.model.blocks import Cell
from archive.renditions.typesetting import styles

if TYPE_CHECKING:
    from archive.renditions.typesetting.blocks import Column

_MEASURED_ROWS = 400
_TIGHT_PADDING = 3.0
_COMFORTABLE = 90.0
_WIDEST_REPEATED = 0.3
_NARROWEST_PARTED = 200.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns that are side by side: their numbers, left edges and widths in points, the text size, and the left and
    right edge of all together. `repeats` tells that the first of them is the table's first column once more, for the
    rows to be known by.
    """

    columns: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    size: float
    edges: tuple[float, float]
    repeats: bool = False


def plan_columns(
    rows: Sequence[tuple[Cell, ...]], column: Column, measure: Callable[[Cell, float], tuple[float, float]]
) -> list[Grid]:
    """One grid for a table that can be read in one, in smaller type where that is needed; else several.

    Widths lie between the longest word and the longest line, which `measure` tells of a cell and a text size.
    """
    size = min(styles.TABLE, column.size)
    count = len(rows[0])
    least, most = [1.0] * count, [1.0] * count
    for row in rows[:_MEASURED_ROWS]:
        for number, cell in enumerate(row):
            word, line = measure(cell, size)
            least[number], most[number] = max(least[number], word), max(most[number], line)
    smallest = min(styles.TABLE_SMALLEST / size, 1.0)
    needed = sum(min(width, _COMFORTABLE) for width in least) * smallest
    if needed + count * _TIGHT_PADDING > column.measure >= _NARROWEST_PARTED and count > 1:
        return _part(least, most, size, column)
    padding = 2 * styles.CELL_PADDING
    if sum(least) * smallest + padding * count > column.measure:
        padding = min(padding, max(_TIGHT_PADDING, (column.measure - needed) / count))
    if column.measure - padding * count < count * 4.0:
        padding = max(0.5, column.measure / count * 0.2)
    room = column.measure - padding * count
    if sum(least) * min(styles.TABLE_PARTED / size, 1.0) > room:
        # Rather a long word broken than all words too small.
        least = [min(width, max(_COMFORTABLE, room / count)) for width in least]
    if sum(least) > room:
        scale = max(room / sum(least), smallest)
        size *= scale
        least = [width * scale for width in least]
        most = [width * scale for width in most]
    return [_set(range(count), _share(least, most, room), padding, size, column)]


def _part(least: list[float], most: list[float], size: float, column: Column) -> list[Grid]:
    """Several grids, each with as many columns as go in comfortably."""
    scale = min(styles.TABLE_PARTED / size, 1.0)
    least, most = [width * scale for width in least], [width * scale for width in most]
    padding = 2 * styles.CELL_PADDING
    first = min(max(least[0], min(most[0], _COMFORTABLE)), _WIDEST_REPEATED * column.measure)
    parts: list[list[int]] = [[]]
    filled = 0.0
    for number, width in enumerate(least):
        wanted = min(max(width, min(most[number], _COMFORTABLE)), column.measure - first - 2 * padding) + padding
        if parts[-1] and filled + wanted > column.measure:
            parts.append([0])
            filled = first + padding
        parts[-1].append(number)
        filled += wanted
    grids = []
    for place, columns in enumerate(parts):
        room = column.measure - padding * len(columns)
        low, high = [least[number] for number in columns], [most[number] for number in columns]
        if place:
            low[0], high[0] = min(low[0], first), min(high[0], first)
        grids.append(_set(columns, _share(low, high, room), padding, size * scale, column, repeats=place > 0))
    return grids


def _share(least: list[float], most: list[float], room: float) -> list[float]:
    if sum(most) <= room:
        return most
    if sum(least) <= room:
        return _fill(least, most, room)
    capped = [min(width, room / len(least)) for width in least]
    spare, wanted = room - sum(capped), sum(least) - sum(capped)
    return [cap + (low - cap) * spare / wanted for cap, low in zip(capped, least, strict=True)]


def _fill(least: list[float], most: list[float], room: float) -> list[float]:
    """Widths for columns that fit with their longest words but not with their longest lines: those that need little
    get all of it, and the others share what is left.
    """
    widths = [0.0] * len(least)
    reserved = sum(least)
    left = len(least)
    for number in sorted(range(len(least)), key=lambda number: most[number]):
        reserved -= least[number]
        wanted = max(least[number], min(most[number], room / left))
        widths[number] = min(wanted, room - reserved)
        room -= widths[number]
        left -= 1
    return widths


def _set(
    columns: Sequence[int], widths: list[float], padding: float, size: float, column: Column, *, repeats: bool = False
) -> Grid:
    places = []
    x = begin = column.left + (column.measure if column.level else 0.0)
    for width in widths:
        if column.level:
            x -= width + padding
            places.append((x + padding / 2, width + 0.02))
        else:
            places.append((x + padding / 2, width + 0.02))
            x += width + padding
    return Grid(tuple(columns), tuple(places), size, (min(x, begin), max(x, begin)), repeats)
