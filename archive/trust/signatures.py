"""Ed25519 signatures: DSSE by a key file, SSHSIG by `ssh-keygen -Y sign`, and the verification of both."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from archive.errors import ExtraMissingError, FormatError, NotAuthorisedError, UsageError
from archive.formats.seal_statement import signed_bytes
from archive.formats.sshsig import SshSignature, parse_public_line, parse_signature, signed_blob
from archive.model.seal import PublicKey, Signature
from archive.regular_files import open_regular
from archive.trust.keys import KeyFile

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SSH_PREFIX = "ssh:"
SIGNING_SECONDS = 120.0
"""How long ssh-keygen may take: a hardware key waits for a touch."""
_USER_PRESENT = 0x01


def sign_envelope(key: KeyFile, payload: bytes) -> Signature:
    """The DSSE signature of `key` over the bytes of a statement."""
    return Signature(key.public.fingerprint, key.sign(signed_bytes(payload)))


def holds_dsse(public: PublicKey, payload: bytes, raw: bytes) -> bool:
    """Whether `raw` is the DSSE signature over `payload` by `public`, a key that is not a hardware key's.

    Raises `ExtraMissingError` without the extra.
    """
    return public.application is None and _holds(public.point, raw, signed_bytes(payload))


def problem_of_ssh(signature: SshSignature, message: bytes, namespace: str) -> str:
    """What is wrong with an SSHSIG over `message` for `namespace`, in words; empty when it holds.

    Raises `ExtraMissingError` without the extra.
    """
    if signature.namespace != namespace:
        return "it was made for another purpose"
    if signature.flags is not None and not signature.flags & _USER_PRESENT:
        return "the hardware key was not touched for it"
    if not _holds(signature.public.point, signature.raw, signed_blob(signature, message)):
        return "it was made over other bytes, or with another key"
    return ""


def sign_ssh(public_path: str, message: bytes, namespace: str) -> bytes:
    """The armoured SSHSIG by the key whose public file is named; the private one is in ssh-agent or on a device.

    Raises `UsageError` for what is not such a public key, `NotAuthorisedError` with the words of ssh-keygen where it
    does not sign, and `ExtraMissingError` where there is no ssh-keygen.
    """
    public = read_public_file(public_path)
    call = [
        "ssh-keygen",
        "-Y",
        "sign",
        "-q",
        "-O",
        "hashalg=sha512",
        "-n",
        namespace,
        "-f",
        os.path.abspath(public_path),
    ]
    try:
        done = subprocess.run(call, input=message, capture_output=True, timeout=SIGNING_SECONDS, check=False)
    except FileNotFoundError:
        raise ExtraMissingError(
            "signing with an SSH key needs ssh-keygen", remedy="Install OpenSSH 8.9 or later"
        ) from None
    except subprocess.TimeoutExpired:
        raise NotAuthorisedError(
            f"ssh-keygen has not signed within {SIGNING_SECONDS:.0f} seconds", subject=public_path,
            remedy="Touch the hardware key when it blinks, then run again",
        ) from None  # fmt: skip
    if done.returncode != 0:
        words = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        raise NotAuthorisedError(
            f"ssh-keygen does not sign with this key: {words}", subject=public_path,
            remedy="Load the private key: ssh-add KEY",
        )  # fmt: skip
    try:
        made = parse_signature(done.stdout)
    except FormatError as error:
        raise NotAuthorisedError(f"ssh-keygen made no signature: {error.problem}", subject=public_path) from None
    if made.public.blob != public.blob or problem_of_ssh(made, message, namespace):
        raise NotAuthorisedError("ssh-keygen signed with another key", subject=public_path)
    return done.stdout


def read_public_file(path: str) -> PublicKey:
    """The Ed25519 key in a file of one OpenSSH line. Raises `UsageError`, and OSError where it cannot be read."""
    with open_regular(path) as file:
        content = file.read(1 << 16)
    try:
        return parse_public_line(content.decode("utf-8").strip())
    except (UnicodeDecodeError, FormatError) as error:
        words = error.problem if isinstance(error, FormatError) else "not a text"
        raise UsageError(words, subject=path, remedy="Name the file that ends in .pub") from None


def _holds(point: bytes, raw: bytes, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
    except ImportError:
        raise ExtraMissingError(
            "signatures need the extra `seal`", remedy="Run: pip install 'muniment[seal]'"
        ) from None
    try:
        _load(point).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _load(point: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(point)
