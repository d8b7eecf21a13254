"""What a timestamp says (RFC 3161), whose it may be, and the verdict on one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from archive.model.light import light_dataclass

MAX_RESPONSE_BYTES = 1 << 20
"""A longer answer of a timestamp authority is refused unread."""


@light_dataclass(frozen=True, slots=True)
class Authority:
    """A timestamp authority that a trust folder pins.

    `root` and `intermediates` are certificates as DER; only `root` is an anchor, the others are hints for the path to
    it. `policies` are dotted OIDs (none: any policy is taken), `urls` where stamps are asked for. From `distrusted` on
    its stamps do not count. Stamps are counted by `operator`: two authorities of one operator are one.
    """

    name: str
    operator: str
    root: bytes
    intermediates: tuple[bytes, ...] = ()
    policies: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    distrusted: datetime | None = None


class StampFault(Enum):
    """Why a stamp does not count; each value is the code of its finding."""

    UNREADABLE = "SEAL-130"
    NOT_GRANTED = "SEAL-131"
    WEAK_HASH = "SEAL-132"
    OTHER_BYTES = "SEAL-133"
    SIGNER = "SEAL-134"
    NO_PATH = "SEAL-135"
    POLICY = "SEAL-136"
    REVOKED = "SEAL-137"
    NO_LIST = "SEAL-138"
    FUTURE = "SEAL-139"


class Revocation(Enum):
    """What revocation lists say of the certificates behind a stamp."""

    GOOD = "good"
    LATER = "revoked after the stamp"
    REVOKED = "revoked"
    UNKNOWN = "not checked"


@light_dataclass(frozen=True, slots=True)
class StampVerdict:
    """The verdict on one stamp; `fault` is None where it holds.

    `authority` and `operator` are those of the trust folder, None before a path to a pinned root is found. `time` is
    the genTime (UTC), None where the stamp cannot be read; `not_after` the first end of a certificate of its path, the
    root's included. `hashes` are the names (as `sha512`) of the digests on which it rests: of the imprint, then of the
    signature. `detail` says in words what `fault` met; text from outside in it is unescaped.
    """

    file: str
    authority: str | None = None
    operator: str | None = None
    time: datetime | None = None
    accuracy: timedelta = timedelta(0)
    policy: str | None = None
    not_after: datetime | None = None
    revocation: Revocation = Revocation.UNKNOWN
    fault: StampFault | None = None
    detail: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the stamp counts."""
        return self.fault is None
