"""What a proof of inclusion makes one expect of a bag: the seals that a ledger recorded, as its checkpoint vouches."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats.inclusion_proof import MAX_PROOF_BYTES, parse_inclusion
from archive.formats.seal_receipt import parse_receipt
from archive.ledger.checkpoints import judge_inclusion
from archive.model.codes import audit as codes
from archive.model.inclusion import ProvenExpectation
from archive.model.seal import SealReceipt, Trust
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.verification import verify
from archive.stages.witnessing.folders import read_line


def read_expected(value: str, trust: Trust | None, settings: Settings, *, at: datetime) -> ProvenExpectation:
    """What `value` expects of a bag: a receipt line of a seal, or the path of a proof of inclusion.

    Raises `UsageError` for what is neither, and as `read_expectation`.
    """
    try:
        return ProvenExpectation((parse_receipt(value),))
    except FormatError as error:
        if not os.path.exists(value):
            raise UsageError(error.problem, subject=value[:80]) from None
    return read_expectation(value, trust, settings, at=at)


def read_expectation(path: str, trust: Trust | None, settings: Settings, *, at: datetime) -> ProvenExpectation:
    """What the proof of inclusion in the file at `path` expects, its checkpoint verified by `trust`.

    A proof that does not hold is a finding. Raises `UsageError` for another file, `StorageError` for one that cannot be
    read, and what `verify` raises.
    """
    try:
        with open_regular(path) as file:
            proof = parse_inclusion(file.read(MAX_PROOF_BYTES + 1))
    except FormatError as error:
        raise UsageError(error.problem, subject=path) from None
    except OSError as error:
        raise from_os_error(error, path) from error
    try:
        entries = judge_inclusion(proof)
    except FormatError as error:
        return ProvenExpectation(findings=(codes.INCLUSION_BROKEN.at(path, reason=error.problem),))
    receipts = tuple(
        SealReceipt(entry.seal, entry.stamped, datetime.fromtimestamp(proven.link.sealed, UTC), proof.ledger)
        for entry, proven in zip(entries, proof.entries, strict=True)
    )
    complete = tuple(entry.seal for entry in entries if entry.complete)
    if not proof.checkpoint:
        return ProvenExpectation(receipts, complete, (codes.NOT_IN_CHECKPOINT.at(path),))
    folder = os.path.join(os.path.dirname(path), proof.folder)
    line = read_line(folder)
    if line is None:
        return ProvenExpectation(receipts, complete, (codes.CHECKPOINT_AWAY.at(folder),))
    if line.line() != proof.checkpoint:
        broken = codes.INCLUSION_BROKEN.at(path, reason="the checkpoint beside it has another line")
        return ProvenExpectation(receipts, complete, (broken,))
    if trust is None:
        return ProvenExpectation(receipts, complete, (codes.CHECKPOINT_SEAL_NOT_CHECKED.at(folder),))
    try:
        findings = verify(folder, trust, at=at, settings=settings).findings
    except NotFoundError:
        findings = (codes.CHECKPOINT_AWAY.at(folder),)
    return ProvenExpectation(receipts, complete, findings)
