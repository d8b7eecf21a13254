"""How much of a document is drawn at most. What is larger is refused at once, not after minutes of work."""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import RenditionError
from archive.model.blocks import Block, BulletList, Heading, Paragraph, Preformatted, Quote, Table

MOST_CHARACTERS = 12_000_000
MOST_CELLS = 400_000
MOST_BLOCKS = 1_000_000
_OF_A_CHARACTER, _OF_A_RUN, _OF_A_CELL = 2.5e-6, 20e-6, 25e-6
"""The least processor time in seconds that drawing one takes: half of what was measured on machines in use."""
DEEPEST = 90
"""How deep blocks may be nested in each other."""


def check_cells(number: int, name: str) -> None:
    """Raise `RenditionError` when there are more cells than are drawn, before any of them is read."""
    if number > MOST_CELLS:
        raise RenditionError(f"it has more than {MOST_CELLS:,} table cells, too many to draw", subject=name)


def check_time(name: str, seconds: int | None, *, characters: int = 0, runs: int = 0, cells: int = 0) -> None:
    """Raise `RenditionError` when drawing so much cannot be done in `seconds` of processor time (None: no limit)."""
    costs = {
        f"{characters:,} characters": characters * _OF_A_CHARACTER,
        f"{runs:,} runs of text in a form of their own": runs * _OF_A_RUN,
        f"{cells:,} table cells": cells * _OF_A_CELL,
    }
    if seconds is not None and sum(costs.values()) > seconds:
        said = max(costs, key=costs.__getitem__)
        raise RenditionError(
            f"drawing it takes more than {seconds} seconds of processor time, which is the limit"
            f" (render.drawing_seconds): it has {said}",
            subject=name,
        )


def check_bounds(blocks: Sequence[Block], name: str, seconds: int | None = None) -> None:
    """Raise `RenditionError` when `blocks` hold more than is drawn, or more than can be drawn in `seconds` of processor
    time. Takes time in proportion to them.
    """
    characters = cells = count = runs = 0
    waiting: list[tuple[Sequence[Block], int]] = [(blocks, 1)]
    while waiting:
        level, depth = waiting.pop()
        if depth > DEEPEST:
            raise RenditionError(f"its parts are nested more than {DEEPEST} deep", subject=name)
        count += len(level)
        for block in level:
            if isinstance(block, Paragraph | Heading):
                characters += sum([len(span.text) for span in block.spans])
                runs += len(block.spans)
            elif isinstance(block, Preformatted):
                characters += len(block.text)
                runs += len(block.spans)
            elif isinstance(block, Quote):
                waiting.append((block.blocks, depth + 1))
            elif isinstance(block, BulletList):
                count += len(block.items)
                waiting += [(item.blocks, depth + 1) for item in block.items]
            elif isinstance(block, Table):
                cells += sum(len(row) for row in block.rows)
                waiting += [(cell.blocks, depth + 1) for row in block.rows for cell in row if cell.blocks]
        for number, most, word in (
            (characters, MOST_CHARACTERS, "characters"), (cells, MOST_CELLS, "table cells"),
            (count, MOST_BLOCKS, "blocks"),
        ):  # fmt: skip
            if number > most:
                raise RenditionError(f"it has more than {most:,} {word}, too many to draw", subject=name)
    check_time(name, seconds, characters=characters, runs=runs, cells=cells)
