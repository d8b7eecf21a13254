"""What is added, and where in the bag it goes."""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import UsageError


def pair_with_places(sources: Sequence[str], places: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Each source with its place: its own one, the one that all share, or None for its own name at the top.

    Raises `UsageError` where it cannot be told which is whose.
    """
    if not places:
        return tuple((source, None) for source in sources)
    if len(places) == len(sources):
        return tuple(zip(sources, places, strict=True))
    if len(places) == 1 and sources:
        shared = places[0] if places[0].endswith("/") else f"{places[0]}/"
        return tuple((source, shared) for source in sources)
    raise UsageError(
        f"{len(sources)} files are to be added, and {len(places)} places are given",
        remedy="Give one --as for all of them, a folder, or one for each",
    )
