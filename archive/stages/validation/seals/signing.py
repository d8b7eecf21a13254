"""Who signed a seal: every signature must hold, and enough of them must be by keys of the trust folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.errors import FormatError
from archive.formats.sshsig import parse_signature
from archive.formats.utc_time import time_text
from archive.model.codes import seal as codes
from archive.model.seal import (
    ENVELOPE_NAME,
    SEAL_NAMESPACE,
    Envelope,
    Role,
    SignatureForm,
    Signer,
    Statement,
    TrustedKey,
    folder_of,
)
from archive.stages.validation.seals.basis import Basis
from archive.trust.signatures import holds_dsse, problem_of_ssh


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signers whose signature holds, and those of their keys that the trust folder lets seal."""

    signers: tuple[Signer, ...] = ()
    trusted: tuple[TrustedKey, ...] = ()


def judge_signatures(
    statement: Statement,
    payload: bytes,
    envelope: Envelope | None,
    ssh: Mapping[str, bytes],
    basis: Basis,
    *,
    are_all_read: bool = True,
) -> Signatures:
    """The signatures over `payload`, the bytes of `statement`; `ssh` are SSHSIG files by their bag-relative path.

    Unless `are_all_read`, others are in files that could not be read, so that none is called lacking. Raises
    `ExtraMissingError`.
    """
    number, trust, findings = statement.seal, basis.trust, basis.findings
    known = {key.public.fingerprint: key for key in trust.file.keys}
    signers: dict[tuple[str, SignatureForm], Signer] = {}
    signed: set[str] = set()
    holding: set[str] = set()
    place = f"{folder_of(number)}/{ENVELOPE_NAME}"
    for one in () if envelope is None else envelope.signatures:
        key = known.get(one.keyid)
        if one.keyid not in statement.signers:
            findings.note(codes.BAD_SIGNATURE, place, problem="the statement does not name its key")
        elif (one.keyid, SignatureForm.DSSE) in signers:
            findings.note(codes.BAD_SIGNATURE, place, problem="its key has signed twice")
        elif key is not None and not holds_dsse(key.public, payload, one.sig):
            findings.note(codes.BAD_SIGNATURE, place, problem="it was made over other bytes, or with another key")
        else:
            signed.add(one.keyid)
            if key is not None:
                holding.add(one.keyid)
            name = None if key is None else key.name
            signers[one.keyid, SignatureForm.DSSE] = Signer(name, one.keyid, SignatureForm.DSSE)
    for path, content in ssh.items():
        try:
            signature = parse_signature(content)
        except FormatError as error:
            findings.note(codes.BAD_SIGNATURE, path, problem=error.problem)
            continue
        fingerprint = signature.public.fingerprint
        problem = problem_of_ssh(signature, payload, SEAL_NAMESPACE)
        if fingerprint not in statement.signers:
            problem = "the statement does not name its key"
        elif (fingerprint, SignatureForm.SSHSIG) in signers:
            problem = "its key has signed twice"
        if problem:
            findings.note(codes.BAD_SIGNATURE, path, problem=problem)
            continue
        signed.add(fingerprint)
        key = known.get(fingerprint)
        if key is not None:
            holding.add(fingerprint)
        name = None if key is None else key.name
        signers[fingerprint, SignatureForm.SSHSIG] = Signer(name, fingerprint, SignatureForm.SSHSIG)
    trusted = tuple(known[one] for one in sorted(holding) if known[one].role is Role.SEAL)
    needed = trust.policy.signatures
    subject = folder_of(number)
    lacking = set(statement.signers) - signed
    if are_all_read and len(trusted) < needed:
        findings.note(codes.TOO_FEW_SIGNATURES, subject, found=len(trusted), needed=needed)
    elif are_all_read and lacking:
        named = len(statement.signers)
        findings.note(codes.TOO_FEW_SIGNATURES, subject, found=named - len(lacking), needed=named)
    return Signatures(tuple(one for one in signers.values() if one.name is not None), trusted)


def judge_keys(
    number: int,
    keys: tuple[TrustedKey, ...],
    proven: tuple[datetime, timedelta] | None,
    needed: int,
    basis: Basis,
) -> None:
    """Whether each key was good when it sealed.

    `proven` is the time of the k-th stamp with its accuracy: until then at the latest the signatures were made. Where
    there is none, they are only known to be there now, which is after every revocation.
    """
    subject, at, findings = folder_of(number), basis.at, basis.findings
    for key in keys:
        latest = at if proven is None else proven[0] + proven[1]
        if key.revoked is not None and (proven is None or latest >= key.revoked):
            findings.note(codes.KEY_REVOKED, subject, key=key.name, revoked=time_text(key.revoked), needed=needed)
        earliest = at if proven is None else proven[0]
        if (key.valid_from is not None and earliest < key.valid_from) or (
            key.valid_until is not None and latest > key.valid_until
        ):
            findings.note(codes.KEY_NOT_IN_FORCE, subject, key=key.name, time=time_text(earliest))
