"""The trust folder and keys, as text escaped for a terminal and as JSON (archive.trust-folder/1, archive.key/1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.formats.sshsig import public_line
from archive.formats.utc_time import time_text
from archive.model.seal import PublicKey, Trust, TrustedKey
from archive.model.stamp import Authority
from archive.trust.store import spoken_digits

SCHEMA = "archive.trust-folder/1"
KEY_SCHEMA = "archive.key/1"


def trust_lines(trust: Trust) -> Iterator[str]:
    """The folder with its digits, then each key and each authority with theirs."""
    file, policy = trust.file, trust.policy
    yield f"{escape(file.name)}, version {file.version}: {escape(trust.folder)}"
    yield f"  digits: {trust.digits}"
    yield f"  SHA-256 of trust.toml: {trust.sha256}"
    yield (
        f"  policy: {policy.stamps} stamps by different operators within {policy.stamp_within_days} days,"
        f" {count_of(policy.signatures, 'signature')}, revocation lists {policy.revocation.value}"
    )
    for key in file.keys:
        yield f"key {escape(key.name)} ({key.role.value}): {key.public.fingerprint}"
        yield f"  digits: {spoken_digits(key.public.blob)}"
        yield from _key_times(key)
    for one in trust.authorities:
        yield f"authority {escape(one.name)}, run by {escape(one.operator)}"
        yield f"  digits of its root: {spoken_digits(one.root)}"
        yield f"  SHA-256 of its root: {hashlib.sha256(one.root).hexdigest()}"
        yield from (f"  address: {escape(url)}" for url in one.urls)
        yield from (f"  policy: {policy}" for policy in one.policies)
        if one.distrusted is not None:
            yield f"  not trusted from {time_text(one.distrusted)} on"
    if trust.lists:
        yield f"{len(trust.lists):,} revocation lists"


def _key_times(key: TrustedKey) -> Iterator[str]:
    if key.valid_from is not None:
        yield f"  valid from {time_text(key.valid_from)}"
    if key.valid_until is not None:
        yield f"  valid until {time_text(key.valid_until)}"
    if key.revoked is not None:
        yield f"  revoked since {time_text(key.revoked)}" + (f": {escape(key.why)}" if key.why else "")


def trust_document(trust: Trust, **further: Any) -> dict[str, Any]:
    """The whole folder; `further` are members that one command adds."""
    file, policy = trust.file, trust.policy
    return {
        "schema": SCHEMA,
        "exit_code": 0,
        **path_fields(trust.folder, "folder"),
        "name": file.name,
        "version": file.version,
        "previous": file.previous,
        "sha256": trust.sha256,
        "digits": trust.digits,
        "policy": {
            "stamps": policy.stamps,
            "signatures": policy.signatures,
            "revocation": policy.revocation.value,
            "stamp_within_days": policy.stamp_within_days,
        },
        "keys": [_key_fields(key) for key in file.keys],
        "authorities": [_authority_fields(one) for one in trust.authorities],
        "lists": len(trust.lists),
        **further,
    }


def _key_fields(key: TrustedKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "fingerprint": key.public.fingerprint,
        "kind": key.public.kind,
        "role": key.role.value,
        "digits": spoken_digits(key.public.blob),
        "valid_from": _time(key.valid_from),
        "valid_until": _time(key.valid_until),
        "revoked": _time(key.revoked),
        "why": key.why,
    }


def _authority_fields(one: Authority) -> dict[str, Any]:
    return {
        "name": one.name,
        "operator": one.operator,
        "root": hashlib.sha256(one.root).hexdigest(),
        "digits": spoken_digits(one.root),
        "intermediates": len(one.intermediates),
        "policies": list(one.policies),
        "urls": list(one.urls),
        "distrusted": _time(one.distrusted),
    }


def _time(value: datetime | None) -> str | None:
    return None if value is None else time_text(value)


def refresh_lines(new: Sequence[str], known: int, problems: Sequence[str]) -> Iterator[str]:
    """What came of fetching revocation lists."""
    yield f"{len(new):,} new revocation {'list' if len(new) == 1 else 'lists'}, {known:,} known already"
    yield from (f"  {path}" for path in new)
    yield from (f"  not fetched: {escape(words)}" for words in problems)


def key_lines(path: str, public: PublicKey) -> Iterator[str]:
    """A public key: its fingerprint as ssh-keygen prints it, and its digits."""
    yield f"{escape(path)}: {public.fingerprint} ({public.kind})"
    yield f"  digits: {spoken_digits(public.blob)}"
    yield f"  {public_line(public)}"


def key_document(path: str, public: PublicKey) -> dict[str, Any]:
    """A public key. `file` is where it was read or written."""
    return {
        "schema": KEY_SCHEMA,
        "exit_code": 0,
        **path_fields(path, "file"),
        "kind": public.kind,
        "fingerprint": public.fingerprint,
        "digits": spoken_digits(public.blob),
        "public": public_line(public),
    }
