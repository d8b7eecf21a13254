"""Many items of a ledger in a few words: their numbers as ranges, by holding.

Files of a bag are entered one after the other, and audits take them in that order, so that a batch of thousands is
mostly one range. The text is the same for the same items: it is sealed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping

Ranges = tuple[tuple[int, int], ...]
"""First and last number of each range, both in it; ascending, none touches the next."""


def gather(numbers: Iterable[int]) -> Ranges:
    """Ascending numbers as ranges."""
    ranges: list[tuple[int, int]] = []
    first = last = -1
    for number in numbers:
        if number != last + 1 or first < 0:
            if first >= 0:
                ranges.append((first, last))
            first = number
        last = number
    if first >= 0:
        ranges.append((first, last))
    return tuple(ranges)


def write_ranges(ranges: Ranges) -> str:
    """As "1-500,502"."""
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges)


def read_ranges(text: str) -> Ranges:
    """The ranges that `write_ranges` wrote. Raises ValueError for another text."""
    ranges = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        ranges.append((int(first), int(last if dash else first)))
    return tuple(ranges)


def write_claim(claim: Mapping[int, Ranges]) -> str:
    """Holdings with the ranges of their items, as "1:1-500,502;2:503"."""
    return ";".join(f"{holding}:{write_ranges(ranges)}" for holding, ranges in claim.items())


def read_claim(text: str) -> dict[int, Ranges]:
    """What `write_claim` wrote."""
    claim = {}
    for part in text.split(";") if text else ():
        holding, _colon, ranges = part.partition(":")
        claim[int(holding)] = read_ranges(ranges)
    return claim


def claim_of(items: Iterable[tuple[int, int]]) -> dict[int, Ranges]:
    """The claim on these items, given as (number, holding) in ascending order."""
    by_holding: dict[int, list[int]] = {}
    for number, holding in items:
        by_holding.setdefault(holding, []).append(number)
    return {holding: gather(numbers) for holding, numbers in by_holding.items()}


def count(ranges: Ranges) -> int:
    """How many numbers there are."""
    return sum(last - first + 1 for first, last in ranges)


def numbers_of(ranges: Ranges) -> Iterator[int]:
    """Every number, ascending."""
    for first, last in ranges:
        yield from range(first, last + 1)


def holds(ranges: Ranges, number: int) -> bool:
    """True when `number` is in one of them."""
    at = bisect_right(ranges, (number, 1 << 62)) - 1
    return at >= 0 and ranges[at][1] >= number


def without(ranges: Ranges, numbers: Collection[int]) -> Ranges:
    """The ranges with some numbers, all in them, taken out."""
    left: list[tuple[int, int]] = []
    out = sorted(numbers)
    at = 0
    for first, last in ranges:
        start = first
        while at < len(out) and out[at] <= last:
            if out[at] > start:
                left.append((start, out[at] - 1))
            start = out[at] + 1
            at += 1
        if start <= last:
            left.append((start, last))
    return tuple(left)


def merge(claims: Iterable[Ranges]) -> Ranges:
    """All ranges of several claims in one ascending row."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(one for ranges in claims for one in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)
