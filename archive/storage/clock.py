"""Time and identifiers, as parameters: the one place that asks the system for either."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in UTC. `fixed` (seconds since the epoch) stands still: with it the same input gives the same bytes."""

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


@dataclass(frozen=True, slots=True)
class Identifiers:
    """UUIDs derived from one root (RFC 9562, version 5), so that a package's records agree without a register."""

    root: uuid.UUID

    def make(self, *labels: str) -> str:
        """`urn:uuid:` for these labels: the same labels, the same identifier."""
        name = "\x1f".join(labels)
        digest = hashlib.sha1(self.root.bytes + name.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
        return uuid.UUID(bytes=digest[:16], version=5).urn


def package_identifiers(clock: Clock, seed: bytes) -> Identifiers:
    """Identifiers for one package: random, or drawn from `seed` (its content) when the clock stands still."""
    if clock.fixed is None:
        return Identifiers(uuid.uuid4())
    digest = hashlib.sha256(b"muniment package\x00" + str(clock.fixed).encode() + b"\x00" + seed).digest()
    return Identifiers(uuid.UUID(bytes=digest[:16], version=5))
