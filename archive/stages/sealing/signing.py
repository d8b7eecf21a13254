"""The keys of a seal: key files sign the envelope, keys of ssh-agent and devices sign by ssh-keygen."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.errors import UsageError
from archive.formats.sshsig import public_line
from archive.model.seal import SEAL_NAMESPACE, PublicKey, Signature
from archive.storage.credentials import Secret
from archive.trust.keys import KeyFile, read_key
from archive.trust.signatures import SSH_PREFIX, read_public_file, sign_envelope, sign_ssh

_MOST_SSH = 9
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410)."""


@dataclass(frozen=True, slots=True)
class SshKey:
    """A key of which only the public file is named; ssh-keygen finds the private one in the agent or on a device."""

    path: str
    public: PublicKey


SealingKey = KeyFile | SshKey


def open_keys(names: Iterable[str], ask: Callable[[str], Secret]) -> tuple[SealingKey, ...]:
    """The keys that `--key` names: a private key file, or `ssh:` and a public key file.

    `ask` returns the passphrase for the file at a path. Raises `UsageError` for what is not such a key or is named
    twice, `NotAuthorisedError` for a wrong passphrase, OSError, and `ExtraMissingError` without the extra.
    """
    keys: list[SealingKey] = []
    for name in names:
        key: SealingKey
        if name.startswith(SSH_PREFIX):
            path = name.removeprefix(SSH_PREFIX)
            key = SshKey(path, read_public_file(path))
        else:
            key = read_key(name, ask(name))
        if any(key.public.fingerprint == one.public.fingerprint for one in keys):
            raise UsageError("this key is named twice", subject=name, remedy="Name each key once")
        keys.append(key)
    if not keys:
        raise UsageError("no key is named", remedy="Name a key: --key FILE, or --key ssh:FILE.pub")
    if sum(isinstance(key, SshKey) for key in keys) > _MOST_SSH:
        raise UsageError(f"a seal holds at most {_MOST_SSH} signatures of SSH keys")
    return tuple(keys)


def sign_statement(keys: Sequence[SealingKey], payload: bytes) -> tuple[tuple[Signature, ...], dict[str, bytes]]:
    """The signatures for the envelope, and the SSHSIG files by name. Raises as `archive.trust.signatures` does."""
    envelope = tuple(sign_envelope(key, payload) for key in keys if isinstance(key, KeyFile))
    ssh = [key for key in keys if isinstance(key, SshKey)]
    files = {
        f"statement.json.{number}.sig": sign_ssh(key.path, payload, SEAL_NAMESPACE) for number, key in enumerate(ssh, 1)
    }
    return envelope, files


def signers_pem(keys: Sequence[SealingKey]) -> bytes:
    """signers.pem: the line of OpenSSH for each key, and below it the same key in PEM unless it is a hardware key's."""
    lines: list[str] = []
    for key in sorted(keys, key=lambda key: key.public.fingerprint):
        lines.append(public_line(key.public))
        if key.public.application is None:
            lines.append("-----BEGIN PUBLIC KEY-----")
            lines.append(base64.b64encode(_SPKI + key.public.point).decode("ascii"))
            lines.append("-----END PUBLIC KEY-----")
    return ("\n".join(lines) + "\n").encode("ascii")
