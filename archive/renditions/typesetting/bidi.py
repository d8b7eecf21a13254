"""Levels of bidirectional text: the Unicode Bidirectional Algorithm, UAX 9 (revision 46), X1 to L2.

Own, because the libraries at hand give the reordered string and not the levels that shaping needs. All of
BidiTest.txt and BidiCharacterTest.txt pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.renditions.typesetting.bidi_classes import classify
from archive.renditions.typesetting.bidi_pairs import resolve_brackets

_MAX_DEPTH = 125
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
_PLAIN = re.compile(r"[\x09-\x0d\x1c-\x7e\xa0-\u0590\u1e00-\u200d\u2010-\u2027\u202f-\u205f]*")


@dataclass(frozen=True, slots=True)
class Levels:
    """The paragraph's level and one level for each character. A character that X9 removes takes its neighbour's."""

    base: int
    levels: tuple[int, ...]


def find_base_level(text: str, default: int = 0) -> int:
    """P2 and P3: the level of the first strong character outside isolates, else `default`."""
    return _first_strong([classify(c) for c in text], 0, len(text), default)


def resolve_levels(text: str, base: int | None = None, *, default: int = 0) -> Levels:
    """The levels of one paragraph of text, before L1's rule for line ends. `base` None asks P2 and P3."""
    if _PLAIN.fullmatch(text):
        if base is None:
            base = 0 if any(classify(c) == "L" for c in text) else default
        if base == 0:
            return Levels(0, (0,) * len(text))
    classes = [classify(c) for c in text]
    if base is None:
        base = _first_strong(classes, 0, len(classes), default)
    return Levels(base, tuple(resolve_classes(classes, base, text)))


def reset_whitespace(levels: list[int], classes: Sequence[str], base: int) -> None:
    """L1 for one line, in place: separators, and white space before them and at the line's end, go to the base."""
    trailing = True
    for index in range(len(levels) - 1, -1, -1):
        kind = classes[index]
        if kind in ("B", "S"):
            levels[index] = base
            trailing = True
        elif trailing and (kind in ("WS", "FSI", "LRI", "RLI", "PDI") or kind in _REMOVED):
            levels[index] = base
        else:
            trailing = False


def reorder(levels: Sequence[int]) -> list[int]:
    """L2: the indices in the order in which they stand from left to right."""
    order = list(range(len(levels)))
    if not levels or max(levels) == 0:
        return order
    lowest = min((level for level in levels if level & 1), default=max(levels) + 1)
    for level in range(max(levels), lowest - 1, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end
    return order


def resolve_classes(classes: Sequence[str], base: int, text: str | None = None) -> list[int]:
    """X1 to I2 on one paragraph's classes; `text` lets N0 see the brackets."""
    matching = _match_isolates(classes)
    levels, kinds = _resolve_explicit(classes, base, matching)
    kept = [i for i, kind in enumerate(classes) if kind not in _REMOVED]
    for sequence, *edges in _isolating_runs(kept, classes, levels, matching, base):
        _resolve_sequence(sequence, kinds, levels, edges, text)
    previous = base
    for index, kind in enumerate(classes):
        if kind in _REMOVED:
            levels[index] = previous
        previous = levels[index]
    return levels


def _first_strong(classes: Sequence[str], start: int, end: int, default: int) -> int:
    depth = 0
    for index in range(start, end):
        kind = classes[index]
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return 0 if kind == "L" else 1
        elif kind == "B":
            break
    return default


def _match_isolates(classes: Sequence[str]) -> dict[int, int]:
    """BD9: initiator to PDI and PDI to initiator."""
    stack: list[int] = []
    matching: dict[int, int] = {}
    for index, kind in enumerate(classes):
        if kind in _ISOLATES:
            stack.append(index)
        elif kind == "PDI" and stack:
            opener = stack.pop()
            matching[opener] = index
            matching[index] = opener
    return matching


def _resolve_explicit(classes: Sequence[str], base: int, matching: dict[int, int]) -> tuple[list[int], list[str]]:
    """X1 to X8: explicit levels and overrides."""
    levels = [base] * len(classes)
    kinds = list(classes)
    stack: list[tuple[int, str, bool]] = [(base, "", False)]
    overflow_isolates = overflow_embeddings = valid_isolates = 0
    for index, kind in enumerate(classes):
        level, override, _isolate = stack[-1]
        if kind in ("RLE", "LRE", "RLO", "LRO"):
            new = _next_level(level, right=kind[0] == "R")
            if new <= _MAX_DEPTH and not overflow_isolates and not overflow_embeddings:
                stack.append((new, {"RLO": "R", "LRO": "L"}.get(kind, ""), False))
            elif not overflow_isolates:
                overflow_embeddings += 1
        elif kind in _ISOLATES:
            levels[index] = level
            if override:
                kinds[index] = override
            right = kind == "RLI"
            if kind == "FSI":
                right = _first_strong(classes, index + 1, matching.get(index, len(classes)), 0) == 1
            new = _next_level(level, right=right)
            if new <= _MAX_DEPTH and not overflow_isolates and not overflow_embeddings:
                valid_isolates += 1
                stack.append((new, "", True))
            else:
                overflow_isolates += 1
        elif kind == "PDI":
            if overflow_isolates:
                overflow_isolates -= 1
            elif valid_isolates:
                overflow_embeddings = 0
                while not stack[-1][2]:
                    stack.pop()
                stack.pop()
                valid_isolates -= 1
            levels[index] = stack[-1][0]
            if stack[-1][1]:
                kinds[index] = stack[-1][1]
        elif kind == "PDF":
            if not overflow_isolates:
                if overflow_embeddings:
                    overflow_embeddings -= 1
                elif not stack[-1][2] and len(stack) > 1:
                    stack.pop()
        elif kind == "B":
            levels[index] = base
        elif kind != "BN":
            levels[index] = level
            if override:
                kinds[index] = override
    return levels, kinds


def _next_level(level: int, *, right: bool) -> int:
    return (level + 1) | 1 if right else (level + 2) & ~1


def _isolating_runs(
    kept: list[int], classes: Sequence[str], levels: list[int], matching: dict[int, int], base: int
) -> list[tuple[list[int], int, int]]:
    """X10: the isolating run sequences, each with the levels that stand before and after it."""
    runs: list[list[int]] = []
    position = {}
    for index in kept:
        if not runs or levels[runs[-1][-1]] != levels[index]:
            runs.append([])
        position[index] = len(runs) - 1
        runs[-1].append(index)
    place = {index: place for place, index in enumerate(kept)}
    found = []
    for run in runs:
        if classes[run[0]] == "PDI" and run[0] in matching:
            continue
        sequence = list(run)
        while classes[sequence[-1]] in _ISOLATES and sequence[-1] in matching:
            sequence += runs[position[matching[sequence[-1]]]]
        level = levels[sequence[0]]
        first, last = place[sequence[0]], place[sequence[-1]]
        before = levels[kept[first - 1]] if first else base
        ends = last + 1 == len(kept) or classes[sequence[-1]] in _ISOLATES
        after = base if ends else levels[kept[last + 1]]
        found.append((sequence, max(level, before), max(level, after)))
    return found


def _resolve_sequence(
    sequence: list[int], kinds: list[str], levels: list[int], edges: Sequence[int], text: str | None
) -> None:
    """W1 to I2 on one isolating run sequence; `edges` are the levels that decide sos and eos."""
    level = levels[sequence[0]]
    start, end = ("R" if edge & 1 else "L" for edge in edges)
    local = [kinds[i] for i in sequence]
    _resolve_weak(local, start)
    embedding = "R" if level & 1 else "L"
    if text is not None:
        resolve_brackets([text[i] for i in sequence], local, [kinds[i] for i in sequence], embedding, start)
    _resolve_neutral(local, start, end, embedding)
    for index, kind in zip(sequence, local, strict=True):
        if level & 1:
            levels[index] = level + (kind in ("L", "EN", "AN"))
        else:
            levels[index] = level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _resolve_weak(local: list[str], start: str) -> None:
    """W1 to W7."""
    previous = strong = start
    for i, given in enumerate(local):
        kind = given
        if given == "NSM":
            kind = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        elif kind in ("L", "R", "AL"):
            strong = kind
        local[i] = kind
    local[:] = ["R" if kind == "AL" else kind for kind in local]
    for i in range(1, len(local) - 1):
        left, kind, right = local[i - 1 : i + 2]
        if kind in ("ES", "CS") and left == right == "EN":
            local[i] = "EN"
        elif kind == "CS" and left == right == "AN":
            local[i] = "AN"
    i = 0
    while i < len(local):
        if local[i] != "ET":
            i += 1
            continue
        end = i
        while end < len(local) and local[end] == "ET":
            end += 1
        if (i and local[i - 1] == "EN") or (end < len(local) and local[end] == "EN"):
            local[i:end] = ["EN"] * (end - i)
        i = end
    strong = start
    for i, kind in enumerate(local):
        if kind in ("ES", "ET", "CS"):
            local[i] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            local[i] = "L"


def _resolve_neutral(local: list[str], start: str, end: str, embedding: str) -> None:
    """N1 and N2."""
    i = 0
    while i < len(local):
        if local[i] not in _NEUTRAL:
            i += 1
            continue
        stop = i
        while stop < len(local) and local[stop] in _NEUTRAL:
            stop += 1
        left = start if i == 0 else ("L" if local[i - 1] == "L" else "R")
        right = end if stop == len(local) else ("L" if local[stop] == "L" else "R")
        local[i:stop] = [left if left == right else embedding] * (stop - i)
        i = stop
