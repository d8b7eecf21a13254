"""Checking one batch: the only part of an audit that reads holdings. Runs in a worker and knows no ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import ArchiveError, FormatError, NotFoundError
from archive.model.audit import AuditItem, Batch, BatchResult, DigestPairs, FileCheck, FileOutcome, Source, join_address
from archive.model.finding import Severity
from archive.stages.auditing.bags import Beat, OpenBag, Reading, Request, open_bag
from archive.stages.auditing.entering import digest_of_tag_manifests, is_consistent, listed_paths
from archive.stages.auditing.places import is_away_error, why_away
from archive.storage.hashing import digest_length

OTHER_BAG = "another bag stands in its place"
BAG_GONE = "the bag is gone"


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is handed: a batch, how to reach its location, how fast to read (bytes a second, 0 for as fast as

    it goes) and how often to say that it lives, in seconds.
    """

    batch: Batch
    options: Mapping[str, Any]
    rate: float
    beat_seconds: float

    @property
    def key(self) -> tuple[int, int]:
        return self.batch.id, self.batch.fence


class _AwayError(Exception):
    """The location went away in the middle."""


def check_batch(task: Task, beat: Beat) -> BatchResult:
    """Read every file of the batch. When the location is away, now or in the middle, nothing is said of any file."""
    batch = task.batch
    first = batch.sources[0]
    places = [source.place for source in batch.sources]

    def away() -> str | None:
        return why_away(first.root, first.identity, first.named, places, task.options)

    reason = away()
    checks: list[FileCheck] = []
    if reason is None:
        try:
            for source in batch.sources:
                items = [item for item in batch.items if item.holding == source.holding]
                checks += _check_bag(source, items, task.options, beat)
        except _AwayError as error:
            reason = str(error)
        if any(check.outcome is not FileOutcome.DAMAGED for check in checks):
            reason = reason or away()
    if reason is not None:
        return BatchResult(batch.id, batch.fence, unreachable=reason)
    return BatchResult(batch.id, batch.fence, len(batch.items), tuple(checks))


def _check_bag(source: Source, items: list[AuditItem], options: Mapping[str, Any], beat: Beat) -> list[FileCheck]:
    address = join_address(source.root, source.place)
    try:
        bag = open_bag(address, source.form, options, beat)
    except NotFoundError:
        return [FileCheck(item.id, FileOutcome.MISSING, reason=BAG_GONE) for item in items]
    except FormatError as error:
        return [FileCheck(item.id, FileOutcome.DAMAGED, reason=error.problem) for item in items]
    except ArchiveError as error:
        raise _AwayError(error.problem) from error
    except OSError as error:
        return _cannot_open(items, error)
    try:
        checks = [_check_whole(bag, item, beat) for item in items if not item.path]
        by_path = {item.path: item for item in items if item.path}
        requests = [Request(item.path, item.size, item.algorithms) for item in by_path.values()]
        for request, reading in bag.digest(requests, beat):
            item = by_path[request.path]
            if reading.packed != item.expected:
                checks.append(judge_reading(item, reading))
    except OSError as error:
        return _cannot_open(items, error)
    finally:
        bag.close()
    return [check for check in checks if check.outcome is not FileOutcome.INTACT]


def _cannot_open(items: list[AuditItem], error: OSError) -> list[FileCheck]:
    words = error.strerror or type(error).__name__
    if is_away_error(error):
        raise _AwayError(words)
    return [FileCheck(item.id, FileOutcome.UNREADABLE, reason=words) for item in items]


def judge_reading(item: AuditItem, reading: Reading) -> FileCheck:
    """What a reading says of a file."""
    if reading.away:
        raise _AwayError(reading.error or "it does not answer")
    if reading.missing:
        return FileCheck(item.id, FileOutcome.MISSING)
    if reading.error is not None:
        return FileCheck(item.id, FileOutcome.UNREADABLE, reason=reading.error)
    if reading.broken is not None:
        return FileCheck(item.id, FileOutcome.DAMAGED, reason=reading.broken)
    if reading.packed is None:
        words = f"its size is {reading.size} instead of {item.size} bytes"
        return FileCheck(item.id, FileOutcome.DAMAGED, size=reading.size, reason=words)
    if reading.packed == item.expected:
        return FileCheck(item.id, FileOutcome.INTACT)
    found = name_digests(item.algorithms, reading.packed)
    expected = name_digests(item.algorithms, item.expected)
    differing = ", ".join(name for (name, old), (_name, new) in zip(expected, found, strict=True) if old != new)
    return FileCheck(item.id, FileOutcome.DAMAGED, found=found, size=reading.size, reason=f"{differing} differs")


def name_digests(algorithms: Sequence[str], packed: bytes) -> DigestPairs:
    """Raw digests one after the other as pairs of name and hex."""
    pairs, at = [], 0
    for name in algorithms:
        length = digest_length(name)
        pairs.append((name, packed[at : at + length].hex()))
        at += length
    return tuple(pairs)


def _check_whole(bag: OpenBag, item: AuditItem, beat: Beat) -> FileCheck:
    """The bag as such: still the same tag manifests, and no file that no manifest knows.

    `extra` gives files that this bag's own manifests do not list; which of them were there from the start, the ledger
    knows.
    """
    if bag.fault is not None:
        grave = bag.fault.severity is Severity.ERROR
        return FileCheck(item.id, FileOutcome.DAMAGED if grave else FileOutcome.UNREADABLE, reason=bag.fault.message)
    try:
        names = list(bag.names(beat))
        found = digest_of_tag_manifests(bag, names)
        if found != name_digests(item.algorithms, item.expected):
            reason = OTHER_BAG if is_consistent(bag, names) else "its tag manifests have changed"
            return FileCheck(item.id, FileOutcome.DAMAGED, found=found, reason=reason)
        listed = listed_paths(bag, names)
    except (NotFoundError, FormatError) as error:
        return FileCheck(item.id, FileOutcome.DAMAGED, reason=error.problem)
    except ArchiveError as error:
        raise _AwayError(error.problem) from error
    extra = tuple(name for name in names if name not in listed)
    return FileCheck(item.id, FileOutcome.EXTRA if extra else FileOutcome.INTACT, extra=extra)
