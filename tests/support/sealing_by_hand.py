"""Seals made by hand for tests, right or wrong on purpose: files are added to a bag that is a mapping.

Independent of the program: JSON by json, digests by hashlib, signatures by cryptography, stamps by an authority of our
own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.bag_drafts import Files, draft
from tests.support.timestamp_authority import TestAuthority

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SK = "sk-ssh-ed25519@openssh.com"


def stamp_time(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class HandKey:
    """An Ed25519 key, drawn from its name."""

    name: str

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def blob(self) -> bytes:
        return b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + self.point

    @property
    def line(self) -> str:
        return f"ssh-ed25519 {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, payload: bytes) -> bytes:
        kind = b"application/vnd.in-toto+json"
        return self.private.sign(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))

    def write_public(self, folder: Path) -> Path:
        path = folder / f"{self.name}.pub"
        path.write_text(f"{self.line} {self.name}\n")
        return path


def string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def hardware_signature(key: HandKey, namespace: str, message: bytes, *, flags: int = 1) -> tuple[str, bytes]:
    """The public line and the SSHSIG of a hardware key, as PROTOCOL.u2f and PROTOCOL.sshsig describe them."""
    kind, application = SK.encode(), b"ssh:"
    blob = string(kind) + string(key.point) + string(application)
    inner = b"SSHSIG" + string(namespace.encode()) + string(b"") + string(b"sha512")
    inner += string(hashlib.sha512(message).digest())
    marks = bytes([flags]) + (7).to_bytes(4, "big")
    raw = key.private.sign(hashlib.sha256(application).digest() + marks + hashlib.sha256(inner).digest())
    signature = string(kind) + string(raw) + marks
    return f"{SK} {base64.b64encode(blob).decode()}", _armoured(blob, namespace, signature)


def ssh_signature(key: HandKey, namespace: str, message: bytes) -> bytes:
    """The SSHSIG of a key in a file or an agent, as PROTOCOL.sshsig describes it."""
    kind = b"ssh-ed25519"
    inner = b"SSHSIG" + string(namespace.encode()) + string(b"") + string(b"sha512")
    inner += string(hashlib.sha512(message).digest())
    signature = string(kind) + string(key.private.sign(inner))
    return _armoured(string(kind) + string(key.point), namespace, signature)


def _armoured(blob: bytes, namespace: str, signature: bytes) -> bytes:
    whole = b"SSHSIG" + (1).to_bytes(4, "big") + string(blob) + string(namespace.encode()) + string(b"")
    whole += string(b"sha512") + string(signature)
    text = base64.b64encode(whole).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]).encode()


def fingerprint_of(line: str) -> str:
    """The fingerprint of a public key in one OpenSSH line."""
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def canonical(document: Any) -> bytes:
    return (json.dumps(document, sort_keys=True, indent=1) + "\n").encode()


@dataclass
class Hand:
    """What a seal is made with; each field may be changed to make a wrong one."""

    keys: Sequence[HandKey]
    authorities: Sequence[TestAuthority]
    time: datetime = NOW
    stamps: int = 2
    reason: str = "ingest"
    stamp_times: Sequence[datetime] = ()
    signers: Sequence[str] | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    """Members of the predicate that are replaced."""
    top: dict[str, Any] = field(default_factory=dict)
    """Members of the statement that are replaced."""
    lists: bool = True


def names_of(files: Files, number: int) -> list[bytes]:
    prefix = b"seal/%04d/" % number
    return [path for path in files if path.startswith(prefix)]


def bag_info(files: Files) -> dict[str, Any]:
    pairs = [line.split(": ", 1) for line in files[b"bag-info.txt"].decode().splitlines() if ": " in line]
    identifiers = [value for label, value in pairs if label == "External-Identifier"]
    oxum = next((value for label, value in pairs if label == "Payload-Oxum"), None)
    return {"External-Identifier": identifiers, "Payload-Oxum": oxum}


def subject(path: bytes, content: bytes) -> dict[str, Any]:
    digests = {"sha512": hashlib.sha512(content).hexdigest(), "sha3_512": hashlib.sha3_512(content).hexdigest()}
    return {"name": path.decode(), "digest": digests}


def sign_by_hand(files: Files, number: int, hand: Hand) -> bytes:
    """Add everything of seal `number` but its stamps; gives what is to be stamped."""
    folder = b"seal/%04d/" % number
    files[folder + b"README.txt"] = b"How to check this seal.\n"
    files[folder + b"signers.pem"] = b"".join(key.pem for key in hand.keys)
    covered = [path for path in files if path.startswith(b"tagmanifest-")]
    covered += [path for path in files if path.startswith(b"seal/") and path[5:9] < folder[5:9]]
    covered += [folder + b"README.txt", folder + b"signers.pem"]
    predicate: dict[str, Any] = {
        "seal": number,
        "reason": hand.reason,
        "time": stamp_time(hand.time),
        "salt": hashlib.sha256(folder).hexdigest(),
        "bag": bag_info(files),
        "signers": sorted(key.fingerprint for key in hand.keys) if hand.signers is None else list(hand.signers),
        "stamps": hand.stamps,
        "tool": "muniment by hand",
        "witness": None,
        **hand.changes,
    }
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "urn:x-muniment:seal:1",
        "subject": [subject(path, files[path]) for path in sorted(covered)],
        "predicate": predicate,
        **hand.top,
    }
    payload = canonical(statement)
    files[folder + b"statement.json"] = payload
    files[folder + b"statement.dsse.json"] = envelope(payload, hand.keys)
    return restamp_list(files, number)


def envelope(payload: bytes, keys: Sequence[HandKey]) -> bytes:
    signatures = [{"keyid": k.fingerprint, "sig": base64.b64encode(k.sign(payload)).decode()} for k in keys]
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": signatures,
        }
    )


def restamp_list(files: Files, number: int) -> bytes:
    """Write stamped.sha512 anew over what is there."""
    folder = b"seal/%04d/" % number
    own = (b"README.txt", b"signers.pem", b"statement.json", b"statement.dsse.json")
    listed = [path for path in files if path.startswith(b"tagmanifest-")]
    listed += [folder + name for name in own if folder + name in files]
    listed += [path for path in files if path.startswith(folder + b"statement.json.") and path.endswith(b".sig")]
    content = b"".join(b"%b  %b\n" % (hashlib.sha512(files[p]).hexdigest().encode(), p) for p in sorted(listed))
    files[folder + b"stamped.sha512"] = content
    return content


def stamp_by_hand(files: Files, number: int, stamped: bytes, hand: Hand) -> None:
    """Add the stamps over `stamped`, and the lists of their paths."""
    folder = b"seal/%04d/" % number
    times = list(hand.stamp_times) or [hand.time + timedelta(seconds=2)] * len(hand.authorities)
    count = 0
    for index, (authority, time) in enumerate(zip(hand.authorities, times, strict=True), 1):
        files[folder + b"%d.tsr" % index] = authority.stamp(stamped, time)
        for content in authority.lists.values() if hand.lists else ():
            count += 1
            files[folder + b"crls/%d.crl" % count] = content


def seal_by_hand(files: Files, hand: Hand, number: int = 1) -> Files:
    """Add a whole seal to the bag."""
    stamp_by_hand(files, number, sign_by_hand(files, number, hand), hand)
    return files


def sealed_draft(hand: Hand, **options: Any) -> Files:
    """A right bag with one seal."""
    return seal_by_hand(draft(**options), hand)


def write_trust(
    folder: Path,
    authorities: Sequence[tuple[str, str, TestAuthority]],
    keys: Sequence[tuple[HandKey, dict[str, Any]]],
    *,
    policy: str = "",
    authority_lines: str = "",
) -> Path:
    """A trust folder: authorities as (name, operator, authority), keys with further members of their tables."""
    (folder / "authorities").mkdir(parents=True)
    lines = ['schema = "archive.trust/1"', 'name = "Our archive"', "version = 1", "[policy]"]
    lines.append(policy or 'stamps = 2\nsignatures = 1\nrevocation = "required"\nstamp_within_days = 7')
    for key, members in keys:
        table = {"name": f'"{key.name}"', "public": f'"{key.line}"', "role": '"seal"', **members}
        lines += ["[[keys]]", *(f"{name} = {value}" for name, value in table.items())]
    for name, operator, authority in authorities:
        (folder / f"authorities/{name}-root.pem").write_bytes(authority.root.pem)
        lines += [
            "[[authorities]]", f'name = "{name}"', f'operator = "{operator}"',
            f'root = "authorities/{name}-root.pem"', f'sha256 = "{hashlib.sha256(authority.root.pem).hexdigest()}"',
            authority_lines,
        ]  # fmt: skip
    (folder / "trust.toml").write_text("\n".join(lines) + "\n")
    return folder
