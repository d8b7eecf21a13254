"""Fixity audits: holdings, the files in them, the batches that workers check, and what a run found.

Paths are bag-relative with "/" (surrogateescape where not UTF-8); times are whole seconds since the epoch, UTC; digests
are pairs of a BagIt algorithm name and lower-case hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from archive.model.finding import Finding, Outcome, outcome_of

DigestPairs = tuple[tuple[str, str], ...]


class FileOutcome(IntEnum):
    """What the last look at one file gave. The numbers stand in ledgers and never change their meaning."""

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


class Form(Enum):
    """How a bag is kept."""

    FOLDER = "folder"
    ZIP = "zip"
    TAR = "tar"


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds bags and can be away as a whole. `identity` tells it from an empty mount point."""

    id: int
    name: str
    root: str
    named: bool
    identity: str
    unreachable_since: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A bag in a location. `place` is relative to the location's root; `tag_digest` names the bag's content:

    holdings with the same one are copies of one bag.
    """

    id: int
    location: str
    root: str
    place: str
    name: str
    form: Form
    tag_digest: str
    files: int
    bytes: int
    added_at: int
    retired_at: int | None = None
    external_id: str | None = None

    @property
    def address(self) -> str:
        """Where the bag stands: a path or an s3:// URL."""
        return join_address(self.root, self.place)


def join_address(root: str, place: str) -> str:
    """A path or URL under a location's root; an empty `place` is the root itself."""
    return root if not place else f"{root.rstrip('/')}/{place}"


@dataclass(frozen=True, slots=True)
class Source:
    """What a worker needs to read one bag: where it is and how it is kept. It holds no credential."""

    holding: int
    root: str
    place: str
    form: Form
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Work leased from the ledger. `fence` counts its leases: only the holder of the latest may record."""

    id: int
    fence: int
    location: int
    kills: int
    sources: tuple[Source, ...]
    items: tuple[AuditItem, ...]

    @property
    def bytes(self) -> int:
        return sum(item.size for item in self.items)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a worker saw of one file. `found`: the digests computed, when they differ; `extra`: names of added files."""

    item: int
    outcome: FileOutcome
    found: DigestPairs = ()
    size: int | None = None
    reason: str | None = None
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of one batch: how many files were answered for, and a check for each that is not intact.

    `unreachable` says why its location could not be reached at all: then nothing is said of any file.
    """

    batch: int
    fence: int
    answered: int = 0
    checks: tuple[FileCheck, ...] = ()
    unreachable: str | None = None


@dataclass(frozen=True, slots=True)
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
