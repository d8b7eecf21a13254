"""Holding the ledger against what was witnessed: lines, files of lines, sealed checkpoints and proofs of inclusion."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive.errors import FormatError, UsageError, from_os_error
from archive.formats.inclusion_proof import MAX_PROOF_BYTES, SCHEMA, parse_inclusion
from archive.ledger.book import Ledger
from archive.ledger.chain import Witness, find_witnesses
from archive.ledger.checkpoints import holds_entries, judge_inclusion
from archive.ledger.verifying import ChainProof, verify_chain
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.model.inclusion import InclusionProof
from archive.model.light import light_dataclass
from archive.model.seal import Trust
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.verification import verify
from archive.stages.witnessing.folders import read_line


@light_dataclass(frozen=True)
class GivenWitness:
    """What `--witness` named: witness lines, and the checkpoint's folder or the proof that they are from.

    `broken` says why a proof does not hold; it is empty when it does.
    """

    name: str
    witnesses: tuple[Witness, ...] = ()
    folder: str = ""
    proof: InclusionProof | None = None
    broken: str = ""


def read_witness(value: str) -> GivenWitness:
    """What `value` is: text with witness lines, or the path of a file of such lines, of a checkpoint or of a proof.

    Raises `UsageError` where there is no witness in it, and `StorageError` for a file that cannot be read.
    """
    if found := _find_all(value):
        return GivenWitness(value[:80], found)
    if not os.path.exists(value):
        raise _not_a_witness(value)
    if os.path.isdir(value):
        line = read_line(value)
        if line is None:
            raise _not_a_witness(value)
        return GivenWitness(value, (line,), folder=value)
    try:
        with open_regular(value) as file:
            content = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        raise from_os_error(error, value) from error
    if content.startswith(b"{") and f'"{SCHEMA}"'.encode("ascii") in content:
        return _read_proof(value, content)
    found = _find_all(content.decode("utf-8", "replace"))
    if not found or len(content) > MAX_PROOF_BYTES:
        raise _not_a_witness(value)
    return GivenWitness(value, found)


def _find_all(text: str) -> tuple[Witness, ...]:
    """Every witness line in `text`. Raises `UsageError` where one is cut off or of an unknown version."""
    found = tuple(find_witnesses(text))
    if len(found) != text.count("muniment-witness/"):
        raise UsageError("this has a witness line that is cut off or not known", subject=text.strip()[:80])
    return found


def _read_proof(path: str, content: bytes) -> GivenWitness:
    try:
        proof = parse_inclusion(content)
    except FormatError as error:
        raise UsageError(error.problem, subject=path) from None
    try:
        judge_inclusion(proof)
    except FormatError as error:
        return GivenWitness(path, proof=proof, broken=error.problem)
    return GivenWitness(path, tuple(find_witnesses(proof.checkpoint)), proof=proof)


def compare_with_ledger(
    ledger: Ledger, given: Sequence[GivenWitness], settings: Settings, trust: Trust | None, *, at: datetime
) -> ChainProof:
    """Prove the whole chain, and that it holds what was witnessed; a checkpoint's seal is judged by `trust`.

    Raises `UsageError` on what another ledger's witness says, and what `verify` raises.
    """
    chain = verify_chain(ledger, [witness for one in given for witness in one.witnesses])
    findings: list[Finding] = []
    for one in given:
        if one.proof is not None:
            reason = one.broken or holds_entries(ledger, one.proof)
            if reason:
                findings.append(codes.INCLUSION_BROKEN.at(one.name, reason=reason))
        if one.folder and trust is None:
            findings.append(codes.CHECKPOINT_SEAL_NOT_CHECKED.at(one.folder))
        elif one.folder:
            findings += verify(one.folder, trust, at=at, settings=settings).findings
    return replace(chain, findings=(*chain.findings, *findings))


def _not_a_witness(value: str) -> UsageError:
    return UsageError(
        "this is not a witness: no line of one, no file of such lines, no checkpoint and no proof",
        subject=value.strip()[:80], remedy="Give what `archive audit witness` printed or made",
    )  # fmt: skip
