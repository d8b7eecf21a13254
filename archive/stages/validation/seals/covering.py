"""What a seal covers: its statement, its envelope, the list that is stamped, and its place in a batch.

Only the standard library is needed for this; whom to believe is for `signing` and `stamping`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from archive.errors import FormatError
from archive.formats.seal_batch import parse_batch_head, parse_batch_proof, proves_inclusion
from archive.formats.seal_statement import parse_envelope, parse_statement
from archive.formats.stamped_list import is_stamped, write_stamped_list
from archive.model.capped_findings import CappedFindings
from archive.model.codes import seal as codes
from archive.model.seal import (
    BATCH_NAME,
    ENVELOPE_NAME,
    PROOF_NAME,
    README_NAME,
    SIGNERS_NAME,
    STAMPED_NAME,
    STATEMENT_NAME,
    Envelope,
    SealedBag,
    Statement,
    folder_of,
)
from archive.stages.validation.seals.files import SealFiles


@dataclass(frozen=True, slots=True)
class Covering:
    """What was read of one seal. `payload` are the bytes of its statement, `stamped` those that are stamped.

    `digest` is the SHA-512 of the stamped.sha512 that is there, in hex. Each is None where it could not be had.
    """

    number: int
    statement: Statement | None = None
    payload: bytes | None = None
    envelope: Envelope | None = None
    stamped: bytes | None = None
    digest: str | None = None


def judge_covering(number: int, files: SealFiles, bag: SealedBag, findings: CappedFindings) -> Covering:
    """Read seal `number` and compare everything that it covers; `bag` is what bag-info.txt says."""
    folder = folder_of(number)
    payload = files.content(f"{folder}/{STATEMENT_NAME}") if files.has(number, STATEMENT_NAME) else None
    statement = _read_statement(number, files, payload, findings)
    envelope = _read_envelope(number, files, payload, findings)
    if statement is not None:
        _judge_subjects(number, statement, files, findings)
        if statement.bag != bag:
            findings.note(codes.CHANGED, "bag-info.txt", seal=folder)
    listed = _judge_list(number, files, findings)
    kept = files.content(f"{folder}/{STAMPED_NAME}") if files.has(number, STAMPED_NAME) else None
    digest = None if kept is None else hashlib.sha512(kept).hexdigest()
    stamped = listed
    if listed is not None and (files.has(number, BATCH_NAME) or files.has(number, PROOF_NAME)):
        stamped = _judge_batch(number, files, listed, findings)
    return Covering(number, statement, payload, envelope, stamped, digest)


def _read_statement(number: int, files: SealFiles, payload: bytes | None, findings: CappedFindings) -> Statement | None:
    path = f"{folder_of(number)}/{STATEMENT_NAME}"
    if payload is None:
        if path in files.too_large:
            findings.note(codes.NO_STATEMENT, path, problem="it is too large")
        return None
    try:
        statement = parse_statement(payload)
    except FormatError as error:
        findings.note(codes.NO_STATEMENT, path, problem=error.problem)
        return None
    if statement.seal != number:
        findings.note(codes.NO_STATEMENT, path, problem=f"it is of seal {statement.seal}")
        return None
    return statement


def _read_envelope(number: int, files: SealFiles, payload: bytes | None, findings: CappedFindings) -> Envelope | None:
    path = f"{folder_of(number)}/{ENVELOPE_NAME}"
    content = files.content(path) if files.has(number, ENVELOPE_NAME) else None
    if content is None:
        if path in files.too_large:
            findings.note(codes.NO_ENVELOPE, path, problem="it is too large")
        return None
    try:
        envelope = parse_envelope(content)
    except FormatError as error:
        findings.note(codes.NO_ENVELOPE, path, problem=error.problem)
        return None
    if payload is not None and envelope.payload != payload:
        findings.note(codes.NO_ENVELOPE, path, problem="its payload is not statement.json")
        return None
    return envelope


def _judge_subjects(number: int, statement: Statement, files: SealFiles, findings: CappedFindings) -> None:
    """The set of subjects is the set of files that this seal must cover, and each has the digests of its subject."""
    folder = folder_of(number)
    own = [f"{folder}/{name}" for name in (README_NAME, SIGNERS_NAME) if files.has(number, name)]
    older = [path for before in files.numbers if before < number for path in files.paths(before)]
    there = {*files.tag_manifests, *own, *older}
    covered = {one.name: one for one in statement.subjects}
    for path in sorted(there - covered.keys()):
        findings.note(codes.NOT_COVERED, path, seal=folder)
    for path in sorted(path for path in covered.keys() - there if not files.hides(path)):
        findings.note(codes.COVERED_GONE, path, seal=folder)
    if not files.tag_manifests:
        findings.note(codes.COVERED_GONE, "tagmanifest-*.txt", seal=folder)
    for path in sorted(there & covered.keys()):
        digests = files.digests(path)
        if digests is None:
            if path in files.too_large:
                findings.note(codes.CHANGED, path, seal=folder)
        elif digests != (covered[path].sha512, covered[path].sha3_512):
            findings.note(codes.CHANGED, path, seal=folder)


def _judge_list(number: int, files: SealFiles, findings: CappedFindings) -> bytes | None:
    """The list built again, and whether stamped.sha512 is exactly it; None where a file of it cannot be read."""
    path = f"{folder_of(number)}/{STAMPED_NAME}"
    kept = files.content(path) if files.has(number, STAMPED_NAME) else None
    named = [one for one in (*files.tag_manifests, *files.paths(number)) if is_stamped(one, number)]
    digests: dict[str, str] = {}
    for one in named:
        pair = files.digests(one)
        if pair is not None:
            digests[one] = pair[0]
    if len(digests) != len(named):
        if any(one in files.too_large for one in named):
            findings.note(codes.OTHER_LIST, path)
        return None
    try:
        listed = write_stamped_list(digests)
    except FormatError:
        findings.note(codes.OTHER_LIST, path)
        return None
    if path in files.too_large or (kept is not None and kept != listed):
        findings.note(codes.OTHER_LIST, path)
    return listed


def _judge_batch(number: int, files: SealFiles, listed: bytes, findings: CappedFindings) -> bytes | None:
    """The bytes of batch.json, where the proof leads from `listed` to its root; else None, with a finding."""
    folder = folder_of(number)
    contents = []
    for name in (BATCH_NAME, PROOF_NAME):
        path = f"{folder}/{name}"
        content = files.content(path) if files.has(number, name) else None
        if content is None:
            if path in files.too_large:
                findings.note(codes.NOT_IN_BATCH, path, problem="it is too large")
            return None
        contents.append(content)
    try:
        head = parse_batch_head(contents[0])
    except FormatError as error:
        findings.note(codes.NOT_IN_BATCH, f"{folder}/{BATCH_NAME}", problem=error.problem)
        return None
    try:
        proof = parse_batch_proof(contents[1])
    except FormatError as error:
        findings.note(codes.NOT_IN_BATCH, f"{folder}/{PROOF_NAME}", problem=error.problem)
        return None
    if not proves_inclusion(listed, proof, head):
        problem = "its path does not lead to the root"
        findings.note(codes.NOT_IN_BATCH, f"{folder}/{PROOF_NAME}", problem=problem)
        return None
    return contents[0]
