"""Fixity audits: holdings, the files in them, the batches that workers check, and what a run found.

Paths are bag-relative with "/" (surrogateescape where not UTF-8); times are whole seconds since the epoch, UTC; digests
are pairs of a BagIt algorithm name and lower-case hex.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import Enum, IntEnum
from typing import Any, NamedTuple

from archive.model.addresses import join_address
from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass

DigestPairs = tuple[tuple[str, str], ...]


class FileOutcome(IntEnum):
    """The result of the last check of one file. The numbers are stored in ledgers and never change their meaning."""

    NEVER = 0
    INTACT = 1
    DAMAGED = 2
    MISSING = 3
    UNREADABLE = 4
    EXTRA = 5
    NOT_CHECKED = 6

    @property
    def word(self) -> str:
        return {0: "never checked", 6: "not checked"}.get(self.value, self.name.lower())


class Cause(IntEnum):
    """Why a file is not intact, where the cause is not the file itself. The numbers are stored in ledgers.

    `BAG_GONE`: nothing is left at the bag's place. `OTHER_BAG`: a different bag, whole by its own manifests, is there.
    `CUT_OFF`: the archive cannot be read as far as this file. `NOT_SERVED`: the place does not give out the bag now.
    """

    BAG_GONE = 1
    OTHER_BAG = 2
    CUT_OFF = 3
    NOT_SERVED = 4

    @property
    def words(self) -> str:
        return {
            Cause.BAG_GONE: "the bag is missing",
            Cause.OTHER_BAG: "a different bag is in its place",
            Cause.CUT_OFF: "the archive cannot be read as far as this file",
            Cause.NOT_SERVED: "the bag cannot be read now",
        }[self]


class Container(Enum):
    """How a bag is kept."""

    FOLDER = "folder"
    ZIP = "zip"
    TAR = "tar"
    OCFL = "ocfl"
    """A version of an OCFL object; its address is OBJECT#vN."""


@light_dataclass(frozen=True)
class Location:
    """A place that holds bags and can be away as a whole. `identity` tells it from an empty mount point."""

    id: int
    name: str
    root: str
    named: bool
    identity: str
    unreachable_since: int | None = None
    reason: str | None = None


@light_dataclass(frozen=True)
class Holding:
    """A bag in a location. `place` is relative to the location's root; `tag_digest` names the bag's content:

    holdings with the same one hold one bag. `identity` tells where its bytes are, by whatever path they are reached:
    two holdings of the same identity are one copy. It is empty in ledgers of before version 4.
    """

    id: int
    location: str
    root: str
    place: str
    name: str
    form: Container
    tag_digest: str
    files: int
    bytes: int
    added_at: int
    retired_at: int | None = None
    external_id: str | None = None
    identity: str = ""

    @property
    def address(self) -> str:
        """Where the bag is: a path or a URL."""
        return join_address(self.root, self.place)


def is_same_place(one: Holding, other: Holding) -> bool:
    """True when both holdings are one and the same bag on the disk or in the bucket, reached by two paths."""
    return one.address == other.address or same_identity(one.identity, other.identity)


def deposit_identity(target: str, identifier: str) -> str:
    """Where the bytes of a deposit are: `target` and `identifier` are those of its receipt."""
    return f"target {target} {identifier}"


def is_far_identity(identity: str) -> bool:
    """True for the identity of an object in a bucket or of a deposit: only the very same one is of the same place."""
    return identity.startswith(("s3 ", "target "))


def same_identity(one: str, other: str) -> bool:
    """True when two identities, "DEVICE:INODE:PATH", of an object in a bucket or of a deposit, are of one place."""
    if not one or not other:
        return False
    if one == other or is_far_identity(one) or is_far_identity(other):
        return one == other
    parts, others = one.split(":"), other.split(":")
    if len(parts) != 3 or len(others) != 3:
        return False
    return parts[2] == others[2] or parts[:2] == others[:2]


def count_copies(holdings: Iterable[Holding]) -> dict[int, int]:
    """For each holding, how many other copies of its bag are held: retired ones and other paths to a copy do not count.

    Keyed by the holding's number.
    """
    places: dict[str, list[Holding]] = {}
    known = list(holdings)
    for one in known:
        group = places.setdefault(one.tag_digest, [])
        if one.retired_at is None and not any(is_same_place(one, other) for other in group):
            group.append(one)
    return {
        one.id: sum(not is_same_place(one, other) for other in places[one.tag_digest] if other.id != one.id)
        for one in known
    }


@light_dataclass(frozen=True)
class ReadSource:
    """What a worker needs to read one bag: where it is and how it is kept. It holds no credential."""

    holding: int
    root: str
    place: str
    form: Container
    identity: str
    named: bool = False


class AuditItem(NamedTuple):
    """One file to check. The empty path stands for the bag as a whole: is it there, the same bag, nothing added?

    `algorithms` names the digests that `expected` holds as raw bytes, one after the other. A named tuple, for there are
    millions of them and each goes to a worker.
    """

    id: int
    holding: int
    path: str
    size: int
    algorithms: tuple[str, ...]
    expected: bytes


@light_dataclass(frozen=True)
class Batch:
    """Work leased from the ledger. `fence` counts its leases: only the holder of the latest may record."""

    id: int
    fence: int
    location: int
    kills: int
    sources: tuple[ReadSource, ...]
    items: tuple[AuditItem, ...]

    @property
    def bytes(self) -> int:
        return sum(item.size for item in self.items)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by columns: a batch goes to a worker, and thousands of single items cost five times as much."""
        columns = tuple(zip(*self.items, strict=True))
        return _batch_of, ((self.id, self.fence, self.location, self.kills, self.sources), columns)


def _batch_of(facts: tuple[int, int, int, int, tuple[ReadSource, ...]], columns: tuple[Any, ...]) -> Batch:
    return Batch(*facts, tuple(map(AuditItem._make, zip(*columns, strict=True))))


@light_dataclass(frozen=True, slots=True)
class FileCheck:
    """What a worker saw of one file. `found`: the digests computed, when they differ; `extra`: names of added files.

    `cause` decides how the file is reported; `reason` is text for people only.
    """

    item: int
    outcome: FileOutcome
    found: DigestPairs = ()
    size: int | None = None
    reason: str | None = None
    extra: tuple[str, ...] = ()
    cause: Cause | None = None


@light_dataclass(frozen=True)
class BatchResult:
    """What came of one batch: how many files were answered for, and a check for each that is not intact.

    `unreachable` says why its location could not be reached at all: then nothing is said of any file.
    """

    batch: int
    fence: int
    answered: int = 0
    checks: tuple[FileCheck, ...] = ()
    unreachable: str | None = None


@light_dataclass(frozen=True)
class AuditReport:
    """What one run did. `counts` are files by outcome word; `facts` hold bytes, batches, seconds and the like."""

    run: int
    verdict: str
    counts: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    remaining_files: int = 0
    remaining_bytes: int = 0
    stopped: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
