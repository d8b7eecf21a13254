"""Verification: is the bag whole, who sealed it, and since when has it existed? Writes nothing, uses no network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from archive.bags.contents import BagReading
from archive.bags.opening import absolute_address, object_version, pinned_address
from archive.errors import ArchiveError
from archive.formats.bagpath import to_text
from archive.ledger.book import Ledger, ledger_address, open_ledger
from archive.ledger.seal_events import seal_number
from archive.ledger.sealed_bags import (
    Disagreement,
    SealDifference,
    SealExpectation,
    as_of_then,
    compare_seals,
    expect_seals,
    newest_version_of,
    version_of,
)
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import seal as codes
from archive.model.finding import Finding
from archive.model.inclusion import NOTHING_EXPECTED, ProvenExpectation
from archive.model.seal import SealReceipt, SealVerdict, Trust, VerificationReport, folder_of
from archive.places import address_in_place
from archive.settings import Settings
from archive.stages.auditing.bag_record import digest_of_tag_manifests
from archive.stages.auditing.locations import bag_identity
from archive.stages.validation import validate_sealed
from archive.stages.validation.seals.files import hides
from archive.stages.validation.seals.judging import judge_seals_and_files
from archive.targets.reading import reading_options
from archive.trust.store import refuse_trust_inside

_SOURCE = "the ledger"


@contextmanager
def project_ledger(settings: Settings, *, migrating: bool = False) -> Iterator[Ledger | None]:
    """The ledger of the project that the settings are of; None where there is none. Raises `LedgerError`.

    It is only to be read, unless `migrating` says that it may be brought up to date.
    """
    settings.require("ledger")
    address = ledger_address(settings)
    if "://" not in address and not os.path.exists(address):
        yield None
        return
    ledger = open_ledger(address, migrating=migrating)
    try:
        yield ledger
    finally:
        ledger.close()


def verify(
    bag: str,
    trust: Trust | None,
    *,
    at: datetime,
    settings: Settings,
    receipts: Sequence[SealReceipt] = (),
    proven: ProvenExpectation = NOTHING_EXPECTED,
    ledger: Ledger | None = None,
    workers: int | None = None,
    progress: Progress = NO_PROGRESS,
) -> VerificationReport:
    """Validate the bag at depth full and judge its seals by `trust`, as if it were `at` (UTC).

    `receipts` name seals that must be there, and so do `proven`, and `ledger` where it holds the bag. Raises
    `NotFoundError`, `NotABagError`, `UsageError` (also for a trust folder inside the bag), and other `ArchiveError`
    where the question could not be put.
    """
    bag = address_in_place(settings, bag)
    if trust is not None:
        refuse_trust_inside(trust.folder, [bag.rpartition("#v")[0] or bag, bag])
    verdicts: tuple[SealVerdict, ...] = ()
    expected: SealExpectation | None = None

    def judge(reading: BagReading) -> list[Finding]:
        nonlocal verdicts, expected
        tag_digest = _tag_digest(reading)
        if ledger is not None:
            expected = _expectation(ledger, bag, reading, tag_digest or "", settings)
        complete = _seen_complete(expected, reading)
        verdicts, findings, files = judge_seals_and_files(
            reading, trust, at=at, receipts=(*receipts, *proven.receipts), complete=complete.union(proven.complete)
        )
        findings += proven.findings
        if expected is not None:
            known_digest = expected.holding.tag_digest if tag_digest is None else tag_digest
            findings += [
                _finding_of(one)
                for one in compare_seals(expected, known_digest, files)
                if not hides(reading.reader.blind, one.path or folder_of(one.seal))
            ]
        return findings

    report = validate_sealed(bag, judge, settings=settings, workers=workers, progress=progress)
    known = None if expected is None else len(expected.seals)
    return VerificationReport(bag, at, trust, known, verdicts, report.findings)


def _expectation(
    ledger: Ledger, bag: str, reading: BagReading, tag_digest: str, settings: Settings
) -> SealExpectation | None:
    """What the ledger expects of the seals of `bag`; None where the bag is not a holding and not a copy of one.

    OBJECT alone is an OCFL object as it is now: it must not have gone back behind the newest version that is held.
    OBJECT#vN asks for a version by name: where that version is not held itself, its seals are those that it had then.
    """
    address = absolute_address(bag)
    version = None if is_remote(address) else object_version(address)
    if version == (address, None):
        newest = newest_version_of(ledger, address, partial(_identity, settings=settings))
        if newest is not None and version_of(newest.address) >= version_of(pinned_address(address)):
            address = newest.address
    expected = expect_seals(ledger, address, tag_digest, _identity(address, settings))
    if expected is None or expected.by_path or version is None or version[1] is None:
        return expected
    numbers = map(seal_number, map(to_text, reading.reader.tag_files()))
    return as_of_then(expected, max(filter(None, numbers), default=0))


def _seen_complete(expected: SealExpectation | None, reading: BagReading) -> set[int]:
    """The numbers of seals whose stamps cannot be still to come: the ledger saw enough, or one that is gone.

    A seal whose folder could not be listed has no statement to judge, so it does not matter what is said of it.
    """
    if expected is None:
        return set()
    there = set(map(to_text, reading.reader.tag_files()))
    return {
        seal.number
        for seal in expected.seals
        if seal.complete or any(path.endswith(".tsr") and path not in there for path in seal.files)
    }


def _tag_digest(reading: BagReading) -> str | None:
    """What names the bag's content in a ledger; None where a tag manifest cannot be read, which has its finding."""
    try:
        return digest_of_tag_manifests(reading)[0][1]
    except (OSError, ArchiveError):
        return None


def _identity(address: str, settings: Settings) -> str:
    try:
        return bag_identity(address, reading_options(settings, address))
    except OSError:
        return ""


def _finding_of(difference: SealDifference) -> Finding:
    """What it means that a bag disagrees with the ledger: always an error."""
    folder = folder_of(difference.seal)
    if difference.kind is Disagreement.OTHER_BAG:
        return codes.OTHER_SEAL.at("the tag manifests", source=_SOURCE)
    if difference.kind is Disagreement.SEAL_GONE:
        return codes.SEAL_GONE.at(folder, source=_SOURCE)
    if difference.kind is Disagreement.OTHER_SEAL:
        return codes.OTHER_SEAL.at(folder, source=_SOURCE)
    if difference.kind is Disagreement.FILE_CHANGED:
        return codes.CHANGED.at(difference.path, seal=folder)
    return codes.FILE_LACKING.at(difference.path)
