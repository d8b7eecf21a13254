"""Checking one batch: the only part of an audit that reads holdings. Runs in a worker and knows no ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.bags.contents import other_forms, read_bag
from archive.bags.members import gravest_of
from archive.bags.reader import BagReader, Beat, NotServedError, Reading, Request, is_away_error
from archive.errors import ArchiveError, FormatError, NoSpaceError, NotABagError, NotFoundError
from archive.formats.bagpath import to_bytes, to_text
from archive.model.addresses import join_address
from archive.model.audit import AuditItem, BatchResult, Cause, DigestPairs, FileCheck, FileOutcome, ReadSource
from archive.model.build import NO_PROGRESS
from archive.model.codes import bag as codes
from archive.model.codes import bag_files as files_codes
from archive.model.finding import Finding, Severity
from archive.stages.auditing.bag_record import digest_of_tag_manifests, is_consistent, is_fault
from archive.stages.auditing.parking import open_parked
from archive.stages.auditing.presence import why_away
from archive.stages.auditing.tasks import Task
from archive.stages.validation.bags.bag import NOTHING_READ, check_files
from archive.storage.hashing import Digests, digest_length

TO_FETCH = "it is still to be fetched, as fetch.txt says"
_SAID_OF_FILES = (
    codes.MISSING_FILE, codes.MISSING_TAG_FILE, codes.FETCH_PENDING, codes.UNLISTED_FILE, codes.UNLISTED_TAG_FILE,
    codes.OXUM_MISMATCH,
)  # fmt: skip
"""What is not said of the bag as a whole: each file is checked by itself, and added ones are told by their names."""

_IN_PLACE = (files_codes.LINK, files_codes.SPECIAL_FILE, files_codes.UNREADABLE_FILE)
"""What is said of the file alone where it is in the place of one that is listed."""


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


def _check_bag(source: ReadSource, items: list[AuditItem], options: Mapping[str, Any], beat: Beat) -> list[FileCheck]:
    address = join_address(source.root, source.place)
    try:
        with open_parked(address, options, beat) as reader:
            checks = [_check_whole(reader, address, item, beat) for item in items if not item.path]
            checks += _check_files(reader, address, [item for item in items if item.path], beat)
    except NotABagError as error:
        return [FileCheck(item.id, FileOutcome.DAMAGED, reason=error.problem) for item in items]
    except NotFoundError:
        return [FileCheck(item.id, FileOutcome.MISSING, cause=Cause.BAG_GONE) for item in items]
    except FormatError as error:
        return [FileCheck(item.id, FileOutcome.DAMAGED, reason=error.problem) for item in items]
    except (NotServedError, NoSpaceError) as error:
        why = error.problem
        return [FileCheck(one.id, FileOutcome.NOT_CHECKED, reason=why, cause=Cause.NOT_SERVED) for one in items]
    except ArchiveError as error:
        raise _AwayError(error.problem) from error
    except OSError as error:
        return _cannot_open(items, error)
    return [check for check in checks if check.outcome is not FileOutcome.INTACT]


def _check_files(reader: BagReader, address: str, items: list[AuditItem], beat: Beat) -> list[FileCheck]:
    checks: list[FileCheck] = []
    missing: list[AuditItem] = []
    by_path = {to_bytes(item.path): item for item in items}
    for request, reading in reader.digest([request_for(item) for item in items], beat):
        item = by_path[request.path]
        if reading.missing:
            missing.append(item)
        elif reading.packed != item.expected:
            checks.append(judge_reading(item, reading))
    return checks + _judge_missing(reader, address, missing, beat) if missing else checks


def _judge_missing(reader: BagReader, address: str, items: list[AuditItem], beat: Beat) -> list[FileCheck]:
    """Is it gone, still to be fetched, or there under a name in another Unicode normalisation, as `validate` allows?

    What was there when the bag was added is gone, whatever fetch.txt says.
    """
    bag = read_bag(address, reader)
    to_fetch = {entry.path for entry in bag.fetches}
    by_path = {to_bytes(item.path): item for item in items}
    forms = other_forms(bag, by_path)
    renamed: dict[Request, list[AuditItem]] = {}
    for path, item in by_path.items():
        if path in forms:
            renamed.setdefault(request_for(item)._replace(path=forms[path]), []).append(item)
    checks = [
        judge_reading(item, reading)
        for request, reading in reader.digest(list(renamed), beat)
        for item in renamed[request]
    ]
    for path, item in by_path.items():
        if path in forms:
            continue
        if path in to_fetch and (not item.size or request_for(item).size is None):
            checks.append(FileCheck(item.id, FileOutcome.NOT_CHECKED, reason=TO_FETCH))
        else:
            checks.append(FileCheck(item.id, FileOutcome.MISSING))
    return checks


def request_for(item: AuditItem) -> Request:
    """What to ask of the bag for this file.

    A file that was not there when the bag was added has the size 0 in the ledger: its size is not known.
    """
    is_known = item.size > 0 or item.expected == Digests(item.algorithms).packed()
    return Request(to_bytes(item.path), item.size if is_known else None, item.algorithms)


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
        cause = Cause.CUT_OFF if reading.unseen else None
        return FileCheck(item.id, FileOutcome.UNREADABLE, reason=reading.error, cause=cause)
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


def _check_whole(reader: BagReader, address: str, item: AuditItem, beat: Beat) -> FileCheck:
    """The bag as such: still the same tag manifests, and nothing in it that `validate` would not allow.

    `extra` gives files that this bag's own manifests do not list; which of them were there from the start, the ledger
    knows.
    """
    fault = gravest_of(reader.findings)
    if fault is not None:
        return _check_of(item, fault)
    known = list(reader.findings)
    try:
        bag = read_bag(address, reader)
        found = digest_of_tag_manifests(bag)
        if found != name_digests(item.algorithms, item.expected):
            if is_consistent(bag):
                return FileCheck(item.id, FileOutcome.DAMAGED, found=found, cause=Cause.OTHER_BAG)
            return FileCheck(item.id, FileOutcome.DAMAGED, found=found, reason="its tag manifests have changed")
        check_files(bag, NOTHING_READ, None, NO_PROGRESS, address, open_files=False, beat=beat)
        findings = [*bag.findings, *reader.findings]
    except FormatError as error:
        return FileCheck(item.id, FileOutcome.DAMAGED, reason=error.problem)
    finally:
        reader.findings.clear()
        reader.findings += known
    grave = [one for one in findings if one.kind not in _SAID_OF_FILES and is_fault(one)]
    if any(one.kind in _IN_PLACE for one in grave):
        listed = bag.listed()[0]
        grave = [one for one in grave if one.kind not in _IN_PLACE or to_bytes(one.subject) not in listed]
    fault = gravest_of(grave)
    if fault is not None:
        return _check_of(item, fault)
    extra = [one.subject for one in findings if one.kind in (codes.UNLISTED_FILE, codes.UNLISTED_TAG_FILE)]
    if not bag.of_kind(tag=True):
        extra += [to_text(path) for path in reader.tag_files()]
    return FileCheck(item.id, FileOutcome.EXTRA if extra else FileOutcome.INTACT, extra=tuple(dict.fromkeys(extra)))


def _check_of(item: AuditItem, fault: Finding) -> FileCheck:
    outcome = FileOutcome.DAMAGED if fault.severity is Severity.ERROR else FileOutcome.UNREADABLE
    return FileCheck(item.id, outcome, reason=f"{fault.subject}: {fault.message}")
