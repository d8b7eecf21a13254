"""Completing seals: the stamps that are still due are asked for, and revocation lists are fetched again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.bags.contents import BagReading, read_bag
from archive.bags.opening import open_reader
from archive.bags.reader import LIMITS, ArchiveLimitError, BagReader, BrokenArchiveError, TooLargeError
from archive.errors import ArchiveError, CancelledError, FormatError, NotABagError, NotFoundError, StorageError
from archive.formats.bagpath import to_text
from archive.formats.seal_statement import parse_statement
from archive.model.finding import Finding, Severity
from archive.model.seal import BATCH_NAME, STAMPED_NAME, STATEMENT_NAME, SealVerdict, Statement, folder_of
from archive.model.sealing import SealingDone, SealingReport
from archive.stages.sealing.order import SealOrder, each_once
from archive.stages.sealing.placing import add_files, hold_bag
from archive.stages.sealing.preparing import refuse_packed
from archive.stages.sealing.recording import evidence_of
from archive.stages.sealing.stamping import StampSet, collect_stamps, count_operators, fetch_lists_again
from archive.stages.validation.seals.judging import judge_seals

_LARGEST = 8 << 20
_COMPLETABLE = ("SEAL-120", "SEAL-121", "SEAL-124", "SEAL-135", "SEAL-136", "SEAL-137")
"""Findings that completing is for, or that depend on the trust folder: too few stamps, keys and authorities that do not
count or are revoked."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The newest seal of a bag as it is stored, with the verdicts on all of them. `files` are its own, by name."""

    verdicts: tuple[SealVerdict, ...]
    findings: tuple[Finding, ...]
    statement: Statement
    files: Mapping[str, bytes]

    @property
    def stamped(self) -> bytes:
        """What the stamps of this seal are over."""
        return self.files.get(BATCH_NAME, self.files[STAMPED_NAME])

    @property
    def newest(self) -> SealVerdict:
        """The verdict on this seal."""
        return self.verdicts[-1]

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators whose stamps hold."""
        return tuple(sorted({str(one.operator) for one in self.newest.stamps if one.holds}))


def read_stored(bag: str, order: SealOrder, at: datetime) -> Stored:
    """The seals of `bag`, judged. Raises `NotABagError`, `NotFoundError` where there is none, and `FormatError` for a
    seal that is damaged."""
    refuse_packed(bag)
    reader = open_reader(bag)
    try:
        reading = read_bag(bag, reader, LIMITS)
        if not reading.declaration.version and not reading.manifests:
            raise NotABagError("this is not a bag", subject=bag)
        return _read_stored(bag, reading, reader, order, at)
    except (OSError, BrokenArchiveError, ArchiveLimitError, TooLargeError) as error:
        raise StorageError(f"its seals could not be read: {error}", subject=bag) from error
    finally:
        reader.close()


def _read_stored(bag: str, reading: BagReading, reader: BagReader, order: SealOrder, at: datetime) -> Stored:
    verdicts, findings = judge_seals(reading, order.trust, at=at)
    if not verdicts:
        raise NotFoundError("the bag has no seal", subject=bag, remedy="Seal it: archive seal BAG --key KEY")
    folder = folder_of(verdicts[-1].number)
    files = {
        path.removeprefix(f"{folder}/"): reader.read_tag(os.fsencode(path), _LARGEST)
        for path in map(to_text, reader.tag_files())
        if path.startswith(f"{folder}/")
    }
    try:
        statement = parse_statement(files.get(STATEMENT_NAME, b""))
        if STAMPED_NAME not in files:
            raise FormatError(f"it has no {STAMPED_NAME}")
    except FormatError as error:
        raise FormatError(
            f"its newest seal is damaged: {error.problem}", subject=bag, remedy="Examine it: archive verify BAG"
        ) from error
    return Stored(verdicts, tuple(findings), statement, files)


def complete_each(
    bags: Sequence[str], order: SealOrder, *, waiting: bool = False
) -> Iterator[tuple[str, SealingReport | ArchiveError | None]]:
    """Each bag with what came of it. Bags of one batch are stamped together, with the stamps of the first.

    With `waiting` only seals that lack stamps are completed; the others, and bags without a seal, are given None.
    """
    stamped: dict[bytes, StampSet] = {}
    for bag in each_once(bags):
        try:
            if waiting and not _is_waiting(bag, order):
                yield bag, None
                continue
            yield bag, complete_bag(bag, order, stamped)
        except CancelledError:
            raise
        except ArchiveError as error:
            yield bag, error


def _is_waiting(bag: str, order: SealOrder) -> bool:
    """Whether the newest seal of `bag` lacks stamps. Raises as `read_stored`."""
    try:
        stored = read_stored(bag, order, order.now())
    except NotFoundError as error:
        if isinstance(error, NotABagError) or not os.path.isdir(bag):
            raise
        return False
    return len(stored.operators) < max(stored.statement.stamps, order.policy.stamps)


def complete_bag(bag: str, order: SealOrder, shared: dict[bytes, StampSet] | None = None) -> SealingReport:
    """Ask for the stamps that the newest seal of `bag` lacks, and fetch the lists of those that it has again.

    `shared` holds the stamps that were obtained for other bags, by what is stamped. Raises `FormatError` for a seal
    that is damaged, `NotFoundError` where there is none, `StorageError` and `LedgerError`.
    """
    shared = {} if shared is None else shared
    refuse_packed(bag)
    with hold_bag(bag):
        order.recorder.admit(bag)
        at = order.now()
        stored = read_stored(bag, order, at)
        _refuse_damaged(bag, stored)
        number = stored.newest.number
        problems: list[str] = []
        files: dict[str, bytes] = {}
        if order.trust is not None and not order.offline:
            lists, problems_of_lists = fetch_lists_again(stored.stamped, order.trust, stored.files, at=at)
            files.update(lists)
            problems += problems_of_lists
            if files:
                add_files(bag, number, files)
                stored = read_stored(bag, order, at)
        needed = max(stored.statement.stamps, order.policy.stamps)
        stamps = StampSet()
        if len(stored.operators) < needed:
            stamps = _stamps_for(stored, order, shared)
            if stamps.files:
                add_files(bag, number, stamps.files)
        operators = {*stored.operators, *(str(one.operator) for one in stamps.verdicts)}
        done = SealingDone.COMPLETED if files or stamps.files else SealingDone.NOTHING
        report = SealingReport(
            bag=bag,
            done=done,
            number=number,
            reason=stored.statement.reason,
            digest=str(stored.newest.digest),
            time=stored.statement.time,
            signers=stored.statement.signers,
            needed=needed,
            operators=len(operators),
            stamps=stamps.verdicts,
            problems=(*problems, *stamps.problems) if len(operators) < needed else (),
            kept=stamps.kept,
        )
        evidence = evidence_of(report, (*stored.newest.stamps, *stamps.verdicts), order.trust)
        ledger = order.recorder.record(bag, at, complete=report.is_complete, evidence=evidence)
        return replace(report, ledger=ledger)


def _stamps_for(stored: Stored, order: SealOrder, shared: dict[bytes, StampSet]) -> StampSet:
    """New stamps over what this seal stamps: those of another bag of its batch, where they fit, or asked for now."""
    if order.offline:
        return StampSet()
    known = shared.get(stored.stamped)
    if known is not None and not any(name in stored.files for name in known.files):
        return known
    stamps = collect_stamps(
        stored.stamped, order.trust, order.urls, now=order.now, present=stored.files, taken=stored.operators
    )
    if BATCH_NAME in stored.files and count_operators(stamps.verdicts):
        shared[stored.stamped] = stamps
    return stamps


def _refuse_damaged(bag: str, stored: Stored) -> None:
    """A damaged seal is not completed. Raises `FormatError`.

    A stamp that no trust folder could accept is damage too: with it in the seal, further stamps complete nothing.
    """
    for finding in stored.findings:
        if finding.severity is Severity.ERROR and finding.code not in _COMPLETABLE:
            raise FormatError(
                f"the seal is damaged, so it was not completed: {finding.message}", subject=bag,
                remedy="Examine it: archive verify BAG",
            )  # fmt: skip
