"""Time and identifiers, as parameters: the one place that asks the system for either."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from archive.errors import UsageError
from archive.model.light import light_dataclass


@light_dataclass(frozen=True, slots=True)
class Clock:
    """The time in UTC. `fixed` (seconds since the epoch) never changes: with it the same input gives the same bytes."""

    fixed: int | None = None

    def now(self) -> datetime:
        """The present second, UTC."""
        seconds = int(time.time()) if self.fixed is None else self.fixed
        return datetime.fromtimestamp(seconds, UTC)

    def stamp(self) -> str:
        """The present second as xs:dateTime, "2026-11-24T09:30:00Z"."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def system_clock(environ: Mapping[str, str] = os.environ) -> Clock:
    """The clock that SOURCE_DATE_EPOCH asks for (reproducible-builds.org). Raises `UsageError` on a malformed value."""
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if epoch is None or epoch == "":
        return Clock()
    if not (epoch.isascii() and epoch.isdigit()) or len(epoch) > 11:
        raise UsageError("SOURCE_DATE_EPOCH is not a number of seconds", subject=epoch[:40])
    return Clock(int(epoch))


@light_dataclass(frozen=True, slots=True)
class Identifiers:
    """UUIDs derived from one root (RFC 9562, version 5), so that a package's records agree without a register."""

    root: uuid.UUID

    def make(self, *labels: str) -> str:
        """`urn:uuid:` for these labels: the same labels, the same identifier."""
        digest = _started(self.root).copy()
        digest.update("\x1f".join(labels).encode("utf-8", "surrogateescape"))
        text = digest.hexdigest()
        variant = _VARIANTS[text[16]]
        return f"urn:uuid:{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The first digit of the fourth group, by the digit of the hash in its place: its upper bits say RFC 9562."""


@lru_cache(maxsize=8)
def _started(root: uuid.UUID) -> Any:
    """A hash that has taken the root: a copy of it costs less than the root's bytes each time."""
    return hashlib.sha1(root.bytes, usedforsecurity=False)


def package_identifiers(clock: Clock, seed: bytes) -> Identifiers:
    """Identifiers for one package: random, or drawn from `seed` (its content) when the clock is fixed."""
    if clock.fixed is None:
        return Identifiers(uuid.uuid4())
    digest = hashlib.sha256(b"muniment package\x00" + str(clock.fixed).encode() + b"\x00" + seed).digest()
    return Identifiers(uuid.UUID(bytes=digest[:16], version=5))
