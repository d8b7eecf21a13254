"""OpenSSH's Ed25519 public keys and SSHSIG signatures: bytes <-> model; what they prove is for `archive.trust`.

RFC 4251 section 5 (strings), RFC 8709 (Ed25519), OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from archive.errors import FormatError
from archive.model.seal import PublicKey

ED25519 = "ssh-ed25519"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
MAX_SIGNATURE_BYTES = 16 << 10
MAX_KEY_BYTES = 16 << 10
_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_HASHES = ("sha256", "sha512")
_BASE64 = re.compile(r"[0-9A-Za-z+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class SshSignature:
    """An SSHSIG. `raw` are the 64 bytes of Ed25519; `flags` and `counter` are those of a hardware key, else None."""

    public: PublicKey
    namespace: str
    reserved: bytes
    hash_name: str
    raw: bytes
    flags: int | None = None
    counter: int | None = None


def parse_public_line(line: str) -> PublicKey:
    """The key in one OpenSSH line: kind, base64, and a comment that is ignored. Raises `FormatError`.

    Only ssh-ed25519 and sk-ssh-ed25519@openssh.com are taken.
    """
    if len(line) > MAX_KEY_BYTES or "\n" in line.strip() or "\r" in line.strip():
        raise FormatError("not one line of an OpenSSH public key")
    words = line.split()
    if len(words) < 2 or words[0] not in (ED25519, SK_ED25519):
        raise FormatError(
            "not an Ed25519 public key in OpenSSH's form: ssh-ed25519 AAAA... or sk-ssh-ed25519@openssh.com"
        )
    public = parse_public_blob(_decode(words[1]))
    if public.kind != words[0]:
        raise FormatError("the key is of another kind than its line says")
    return public


def public_line(public: PublicKey, comment: str = "") -> str:
    """The OpenSSH line of a key, without a line end."""
    return " ".join(part for part in (public.kind, b64encode(public.blob).decode("ascii"), comment) if part)


def parse_public_blob(blob: bytes) -> PublicKey:
    """The key in SSH wire form. Raises `FormatError`."""
    reader = _Reader(blob)
    kind = reader.string().decode("ascii", "replace")
    if kind not in (ED25519, SK_ED25519):
        raise FormatError("not an Ed25519 key")
    point = reader.string()
    application = reader.string() if kind == SK_ED25519 else None
    reader.finish()
    if len(point) != 32:
        raise FormatError("an Ed25519 key has 32 bytes")
    return PublicKey(kind, blob, point, fingerprint(blob), application)


def public_from_point(point: bytes) -> PublicKey:
    """The key of 32 bytes, as ssh-ed25519."""
    return parse_public_blob(_string(ED25519.encode("ascii")) + _string(point))


def fingerprint(blob: bytes) -> str:
    """The fingerprint of a key in SSH wire form, as `ssh-keygen -lf` prints it."""
    return "SHA256:" + b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")


def parse_signature(data: bytes) -> SshSignature:
    """The armoured SSHSIG in `data`, as `ssh-keygen -Y sign` writes it. Raises `FormatError`."""
    if len(data) > MAX_SIGNATURE_BYTES:
        raise FormatError(f"larger than {MAX_SIGNATURE_BYTES:,} bytes")
    try:
        lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise FormatError("not an SSH signature") from None
    if len(lines) < 4 or lines[0] != _BEGIN or lines[-2:] != [_END, ""]:
        raise FormatError("not an SSH signature")
    return parse_signature_blob(_decode("".join(lines[1:-2])))


def parse_signature_blob(blob: bytes) -> SshSignature:
    """The SSHSIG in its binary form. Raises `FormatError`."""
    if not blob.startswith(_MAGIC):
        raise FormatError("not an SSH signature")
    reader = _Reader(blob[len(_MAGIC) :])
    if reader.number() != 1:
        raise FormatError("an SSH signature of another version")
    public = parse_public_blob(reader.string())
    namespace = reader.string().decode("utf-8", "replace")
    reserved = reader.string()
    hash_name = reader.string().decode("ascii", "replace")
    inner = _Reader(reader.string())
    reader.finish()
    if hash_name not in _HASHES:
        raise FormatError("an SSH signature over another hash than SHA-256 or SHA-512")
    if inner.string() != public.kind.encode("ascii"):
        raise FormatError("a signature of another kind than its key")
    raw = inner.string()
    flags, counter = (inner.byte(), inner.number()) if public.kind == SK_ED25519 else (None, None)
    inner.finish()
    if len(raw) != 64:
        raise FormatError("an Ed25519 signature has 64 bytes")
    return SshSignature(public, namespace, reserved, hash_name, raw, flags, counter)


def signed_blob(signature: SshSignature, message: bytes) -> bytes:
    """What the key of `signature` has signed, if it signed `message`; for a hardware key what its device signed."""
    hashed = hashlib.new(signature.hash_name, message).digest()
    fields = (signature.namespace.encode("utf-8"), signature.reserved, signature.hash_name.encode("ascii"), hashed)
    blob = _MAGIC + b"".join(_string(one) for one in fields)
    if signature.public.application is None:
        return blob
    assert signature.flags is not None
    assert signature.counter is not None
    application = hashlib.sha256(signature.public.application).digest()
    marks = bytes([signature.flags]) + signature.counter.to_bytes(4, "big")
    return application + marks + hashlib.sha256(blob).digest()


class _Reader:
    """The fields of SSH's wire form, in turn. Raises `FormatError` where they end early, or late."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise FormatError("a key or signature that ends in the middle")
        self._at += count
        return part

    def byte(self) -> int:
        return self._take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def string(self) -> bytes:
        return self._take(self.number())

    def finish(self) -> None:
        if self._at != len(self._data):
            raise FormatError("a key or signature with bytes after its end")


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _decode(text: str) -> bytes:
    if not _BASE64.fullmatch(text):
        raise FormatError("not base64")
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise FormatError("not base64") from None
    if b64encode(data).decode("ascii") != text:
        raise FormatError("not base64 in its one form")
    return data
