"""Levels of bidirectional text: the Unicode Bidirectional Algorithm, UAX 9 (revision 46), X1 to L2.

Own, because the libraries at hand give the reordered string and not the levels that shaping needs. All of
BidiTest.txt and BidiCharacterTest.txt pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.renditions.typesetting.bidi_classes import classify
from archive.renditions.typesetting.bidi_pairs import has_brackets, resolve_brackets

_MAX_DEPTH = 125
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_EXPLICIT = frozenset({"PDI", *_ISOLATES, *_REMOVED})
_LETTERS = {
    "L": "L", "R": "R", "AL": "a", "EN": "e", "AN": "n", "ES": "s", "ET": "t", "CS": "c", "NSM": "m", "B": "o",
    "S": "b", "WS": "b", "ON": "o", "LRI": "i", "RLI": "i", "FSI": "i", "PDI": "i",
}  # fmt: skip
"""One letter for each class, so that the rules are searches; "b" is what is neutral and no bracket."""
_KINDS = {"L": "L", "R": "R", "e": "EN", "n": "AN", "o": "ON", "b": "WS", "i": "PDI"}
_RAISED = (
    {"L": 0, "R": 1, "n": 2, "e": 2},
    {"L": 1, "R": 0, "n": 1, "e": 1},
)
"""What I1 and I2 add to an even and to an odd level."""
_MARKS = re.compile("(^|[^m])(m+)")
_AFTER_ARABIC = re.compile("a[^aRL]*")
_BETWEEN_EUROPEAN = re.compile("(?<=e)[sc](?=e)")
_BETWEEN_ARABIC = re.compile("(?<=n)c(?=n)")
_BESIDE_EUROPEAN = re.compile("t+(?=e)|(?<=e)t+")
_SEPARATORS = str.maketrans("stc", "ooo")
_AFTER_LATIN = {"L": re.compile("(?:^|L)[^LR]*"), "R": re.compile("L[^LR]*")}
_NEUTRALS = re.compile("[obi]+")
_SIGNED = re.compile(r"(?<![\w+\-\u2212.,:/])(?:\+\d[\d ()./\xa0\u202f\u2011-]{4,}\d|[+\-\u2212\xb1](?=\d))")
_PLAIN = re.compile(r"[\x09-\x0d\x1c-\x7e\xa0-\u0590\u1e00-\u200d\u2010-\u2027\u202f-\u205f]*")


@dataclass(frozen=True, slots=True)
class Levels:
    """The paragraph's level and one level for each character. A character that X9 removes takes its neighbour's."""

    base: int
    levels: tuple[int, ...]


def find_base_level(text: str, default: int = 0) -> int:
    """P2 and P3: the level of the first strong character outside isolates, else `default`."""
    return _first_strong([classify(c) for c in text], 0, len(text), default)


def resolve_levels(text: str, base: int | None = None, *, default: int = 0, whole_numbers: bool = False) -> Levels:
    """The levels of one paragraph of text, before L1's rule for line ends. `base` None asks P2 and P3.

    With `whole_numbers` a sign in front of a number and what is in a telephone number belong to it, so that its plus
    does not go to the other end in text that runs from right to left (a higher-level protocol, HL3).
    """
    if _PLAIN.fullmatch(text):
        if base is None:
            base = 0 if any(classify(c) == "L" for c in text) else default
        if base == 0:
            return Levels(0, (0,) * len(text))
    classes = [classify(c) for c in text]
    if base is None:
        base = _first_strong(classes, 0, len(classes), default)
    if whole_numbers:
        for found in _SIGNED.finditer(text):
            kind = next(classes[i] for i in range(found.start(), len(classes)) if classes[i] in ("EN", "AN"))
            classes[found.start() : found.end()] = [kind] * (found.end() - found.start())
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
    """L2: the indices in the order in which they are placed from left to right."""
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
    if text is not None and not has_brackets(text):
        text = None
    if _EXPLICIT.isdisjoint(classes):
        levels = [base] * len(classes)
        if classes:
            _resolve_sequence(range(len(classes)), list(classes), levels, (base, base), text)
        return levels
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
    """X10: the isolating run sequences, each with the levels before and after it."""
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
    sequence: Sequence[int], kinds: list[str], levels: list[int], edges: Sequence[int], text: str | None
) -> None:
    """W1 to I2 on one isolating run sequence; `edges` are the levels that decide sos and eos."""
    level = levels[sequence[0]]
    start, end = ("R" if edge & 1 else "L" for edge in edges)
    embedding = "R" if level & 1 else "L"
    originals = [kinds[i] for i in sequence]
    letters = _resolve_weak("".join([_LETTERS[kind] for kind in originals]), start)
    if text is not None:
        local = [_KINDS[letter] for letter in letters]
        resolve_brackets([text[i] for i in sequence], local, originals, embedding, start)
        letters = "".join([_LETTERS[kind] for kind in local])
    raised = _RAISED[level & 1]
    for index, letter in zip(sequence, _resolve_neutral(letters, start, end, embedding), strict=True):
        levels[index] = level + raised[letter]


def _resolve_weak(letters: str, start: str) -> str:
    """W1 to W7, on one letter for each character."""
    if "m" in letters:
        letters = _MARKS.sub(
            lambda found: found[1] + ("o" if found[1] == "i" else found[1] or start) * len(found[2]), letters
        )
    if "a" in letters:
        letters = _AFTER_ARABIC.sub(lambda found: found[0].replace("e", "n"), letters).replace("a", "R")
    if "s" in letters or "c" in letters:
        letters = _BETWEEN_ARABIC.sub("n", _BETWEEN_EUROPEAN.sub("e", letters))
    if "t" in letters:
        letters = _BESIDE_EUROPEAN.sub(lambda found: "e" * len(found[0]), letters)
    letters = letters.translate(_SEPARATORS)
    if "e" in letters:
        letters = _AFTER_LATIN[start].sub(lambda found: found[0].replace("e", "L"), letters)
    return letters


def _resolve_neutral(letters: str, start: str, end: str, embedding: str) -> str:
    """N1 and N2."""

    def resolve(found: re.Match[str]) -> str:
        left = letters[found.start() - 1] if found.start() else start
        right = letters[found.end()] if found.end() < len(letters) else end
        alike = (left == "L") == (right == "L")
        return (("L" if left == "L" else "R") if alike else embedding) * len(found[0])

    return _NEUTRALS.sub(resolve, letters)
