"""The verdict on all seals of a bag that is open for reading (docs/seals.md says each rule)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.bags.contents import BagReading
from archive.errors import ExtraMissingError
from archive.formats import tagfile
from archive.formats.utc_time import time_text
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import seal as codes
from archive.model.finding import Finding
from archive.model.seal import (
    SEAL_FOLDER,
    SealedBag,
    SealReceipt,
    SealVerdict,
    Trust,
    folder_of,
)
from archive.stages.validation.seals.basis import Basis
from archive.stages.validation.seals.covering import Covering, judge_covering
from archive.stages.validation.seals.files import SealFiles
from archive.stages.validation.seals.signing import judge_keys, judge_signatures
from archive.stages.validation.seals.stamping import Stamps, judge_stamps
from archive.trust.revocation import load_list

WEAK_SINCE = {
    "md5": datetime(2004, 8, 17, tzinfo=UTC),
    "sha1": datetime(2017, 2, 23, tzinfo=UTC),
}
"""Since when two files with the same digest can be made: the days on which collisions were published."""


def sealed_bag_of(reading: BagReading) -> SealedBag:
    """What a statement says of this bag: the identifiers and the first Payload-Oxum of its bag-info.txt."""
    oxums = tagfile.values_of(reading.info, "Payload-Oxum")
    return SealedBag(tuple(tagfile.values_of(reading.info, "External-Identifier")), oxums[0] if oxums else None)


def judge_seals(
    reading: BagReading,
    trust: Trust | None,
    *,
    at: datetime,
    receipts: Sequence[SealReceipt] = (),
    complete: Collection[int] = (),
) -> tuple[tuple[SealVerdict, ...], list[Finding]]:
    """The verdict on each seal, by number, and all findings, those of the seals included.

    `at` is taken for now. `receipts` name seals that must be there; `complete` are the numbers of those that were seen
    with all their stamps before. Without `trust` it is not checked who signed and stamped, which is a finding.
    """
    verdicts, findings, _ = judge_seals_and_files(reading, trust, at=at, receipts=receipts, complete=complete)
    return verdicts, findings


def judge_seals_and_files(
    reading: BagReading,
    trust: Trust | None,
    *,
    at: datetime,
    receipts: Sequence[SealReceipt] = (),
    complete: Collection[int] = (),
) -> tuple[tuple[SealVerdict, ...], list[Finding], dict[int, dict[str, str]]]:
    """As `judge_seals`, with the SHA-512 in hex of every file of each seal, by number and bag-relative path.

    The digest of a file that could not be read is empty.
    """
    findings = bag_findings()
    files = SealFiles(reading.reader, findings)
    files.judge_numbers()
    if files.is_hidden:
        findings.note(codes.UNREADABLE, SEAL_FOLDER, reason="the folder could not be listed")
    elif not files.numbers:
        findings.note(codes.NO_SEAL, SEAL_FOLDER)
    bag = sealed_bag_of(reading)
    read = [judge_covering(number, files, bag, findings) for number in files.numbers]
    _judge_receipts(read, receipts, files, findings)
    verdicts = [_describe(one) for one in read]
    if trust is None:
        if files.numbers:
            findings.note(codes.NO_TRUST, SEAL_FOLDER)
    else:
        try:
            verdicts = _judge_evidence(read, files, Basis(trust, at, trust.lists, findings), complete)
        except ExtraMissingError as error:
            findings.note(codes.NO_EXTRA, SEAL_FOLDER, reason=error.problem)
    if files.numbers:
        _judge_payload_hashes(reading, at, findings)
    digests = {
        number: {path: (files.digests(path) or ("",))[0] for path in files.paths(number)} for number in files.numbers
    }
    return tuple(verdicts), list(findings), digests


def _describe(covering: Covering) -> SealVerdict:
    statement = covering.statement
    if statement is None:
        return SealVerdict(covering.number, digest=covering.digest)
    return SealVerdict(
        covering.number,
        statement.reason,
        statement.time,
        digest=covering.digest,
        covers=tuple(one.name for one in statement.subjects),
    )


def _judge_receipts(
    read: Sequence[Covering], receipts: Sequence[SealReceipt], files: SealFiles, findings: CappedFindings
) -> None:
    there = {one.number: one.digest for one in read}
    for receipt in receipts:
        subject, source = folder_of(receipt.number), "the receipt"
        if receipt.number not in there:
            if not files.hides(subject):
                findings.note(codes.SEAL_GONE, subject, source=source)
        elif there[receipt.number] is not None and there[receipt.number] != receipt.digest:
            findings.note(codes.OTHER_SEAL, subject, source=source)


def _judge_evidence(
    read: Sequence[Covering], files: SealFiles, basis: Basis, complete: Collection[int]
) -> list[SealVerdict]:
    """Signatures, stamps and keys of every seal. A later seal proves for the older ones that they existed at its time.

    Raises `ExtraMissingError`.
    """
    verdicts = []
    proven: tuple[datetime, timedelta] | None = None
    for covering in reversed(read):
        number, statement, payload = covering.number, covering.statement, covering.payload
        if statement is None or payload is None:
            verdicts.append(_describe(covering))
            continue
        ssh = _read_ssh_signatures(number, files, basis.findings)
        signatures = judge_signatures(
            statement, payload, covering.envelope, ssh, basis, are_all_read=files.has_read_signatures(number)
        )
        stamps = Stamps((), basis.trust.policy.stamps)
        renewed = None if proven is None else proven[0]
        if covering.stamped is not None:
            _judge_lists(number, files, basis.findings)
            known = replace(basis, lists=(*basis.lists, *files.lists(number)))
            contents = _read_stamps(number, files)
            stamps = judge_stamps(
                statement, covering.stamped, contents, known, was_complete=number in complete,
                is_renewed=renewed is not None, unread=len(files.stamps(number)) - len(contents),
            )  # fmt: skip
        _judge_renewal(number, stamps, renewed, basis)
        proven = stamps.proven or proven
        judge_keys(number, signatures.trusted, proven, stamps.needed, basis)
        verdicts.append(
            replace(
                _describe(covering),
                proven=None if stamps.proven is None else stamps.proven[0],
                until=stamps.until,
                signers=signatures.signers,
                stamps=stamps.verdicts,
            )
        )
    return verdicts[::-1]


def _read_ssh_signatures(number: int, files: SealFiles, findings: CappedFindings) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for name in files.ssh_signatures(number):
        path = f"{folder_of(number)}/{name}"
        content = files.content(path)
        if content is not None:
            contents[path] = content
        elif path in files.too_large:
            findings.note(codes.BAD_SIGNATURE, path, problem="it is too large")
    return contents


def _read_stamps(number: int, files: SealFiles) -> dict[str, bytes | None]:
    """The stamps by bag-relative path, without those that could not be read; None for one that is too large."""
    contents: dict[str, bytes | None] = {}
    for name in files.stamps(number):
        path = f"{folder_of(number)}/{name}"
        content = files.content(path)
        if path not in files.unread:
            contents[path] = content
    return contents


def _judge_lists(number: int, files: SealFiles, findings: CappedFindings) -> None:
    """SEAL-140 for a revocation list of this seal that cannot be read as one. Raises `ExtraMissingError`."""
    for path, content in files.own_lists(number).items():
        if content is None or load_list(content) is None:
            findings.note(codes.LIST_UNREADABLE, path)


def _judge_renewal(number: int, stamps: Stamps, renewed: datetime | None, basis: Basis) -> None:
    """Whether a seal was renewed, at `renewed`, or is to be renewed now, before its certificates or hashes end.

    SEAL-150 is for the newest seal that is proven, SEAL-151 for those that a later one renewed, SEAL-152 for stamps
    that rest on a digest which became weak before that.
    """
    subject, findings = folder_of(number), basis.findings
    if stamps.until is not None and renewed is None and basis.at > stamps.until:
        findings.note(codes.RENEWAL_OVERDUE, subject, until=time_text(stamps.until))
    if stamps.until is not None and renewed is not None and renewed > stamps.until:
        findings.note(codes.RENEWED_LATE, subject, until=time_text(stamps.until), time=time_text(renewed))
    for stamp in stamps.holding:
        for algorithm in sorted(set(stamp.hashes)):
            since = WEAK_SINCE.get(algorithm)
            if since is not None and since <= (renewed or basis.at):
                findings.note(codes.HASH_WEAK, stamp.file, algorithm=algorithm, since=time_text(since))


def _judge_payload_hashes(reading: BagReading, at: datetime, findings: CappedFindings) -> None:
    """SEAL-152 for a bag whose manifests all have weak digests: a seal then binds no content."""
    for tag in (False, True):
        manifests = reading.of_kind(tag=tag)
        weak = [one for one in manifests if WEAK_SINCE.get(one.algorithm, at + timedelta(1)) <= at]
        if manifests and len(weak) == len(manifests):
            for one in weak:
                since = time_text(WEAK_SINCE[one.algorithm])
                findings.note(codes.HASH_WEAK, one.name, algorithm=one.algorithm, since=since)
