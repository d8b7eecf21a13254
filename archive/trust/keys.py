"""Sealing keys in files: Ed25519 as encrypted PKCS#8, mode 0600, with the public key beside it as one OpenSSH line."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from archive.errors import ExistsError, ExtraMissingError, NotAuthorisedError, UsageError
from archive.formats.sshsig import public_from_point, public_line
from archive.model.seal import PublicKey
from archive.regular_files import open_regular
from archive.storage.atomic import write_output
from archive.storage.credentials import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LARGEST = 1 << 16
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


class KeyFile:
    """A private key that was read; it shows nothing of itself but its public key."""

    __slots__ = ("_private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public: PublicKey = public_from_point(private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature over `message`."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"KeyFile({self.public.fingerprint})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a private key is not pickled")


def require_free(path: str) -> None:
    """Refuse to make a key at `path` where it or its public file is there. Raises `ExistsError`."""
    for taken in (path, f"{path}.pub"):
        if os.path.lexists(taken):
            raise ExistsError("it already exists, and no key is overwritten", subject=taken)


def make_key(path: str, passphrase: Secret) -> PublicKey:
    """Make a key at `path` and its public line at `path`.pub. Raises `ExistsError`, `UsageError`, `StorageError`."""
    if not passphrase.reveal():
        raise UsageError(
            "the passphrase is empty", subject=path, remedy="A key is always encrypted: choose a passphrase"
        )
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise _missing() from None
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.reveal().encode("utf-8")),
    )
    public = KeyFile(private).public
    write_output(f"{path}.pub", [f"{public_line(public)}\n".encode("ascii")], mode=0o644)
    try:
        write_output(path, [content], mode=0o600)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}.pub")
        raise
    return public


def is_encrypted(path: str) -> bool:
    """Whether the file is a private key that a passphrase opens. Raises OSError."""
    return _ENCRYPTED in _read(path)


def read_key(path: str, passphrase: Secret) -> KeyFile:
    """The key in the file at `path`.

    Raises `UsageError` for what is not an encrypted Ed25519 key in PKCS#8, `NotAuthorisedError` for a wrong
    passphrase, OSError where the file cannot be read, `ExtraMissingError` without the extra.
    """
    content = _read(path)
    if _ENCRYPTED not in content:
        plain = b"PRIVATE KEY-----" in content
        raise UsageError(
            "this private key is not encrypted" if plain else "this is not a private key in PKCS#8",
            subject=path, remedy="Make one with: archive keys new FILE",
        )  # fmt: skip
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise _missing() from None
    try:
        private = load_pem_private_key(content, passphrase.reveal().encode("utf-8"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotAuthorisedError("the passphrase does not open this key, or the key is damaged", subject=path) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError("this is not an Ed25519 key", subject=path, remedy="Make one with: archive keys new FILE")
    return KeyFile(private)


def _read(path: str) -> bytes:
    with open_regular(path) as file:
        return file.read(_LARGEST)


def _missing() -> ExtraMissingError:
    return ExtraMissingError("keys need the extra `seal`", remedy="Run: pip install 'muniment[seal]'")
