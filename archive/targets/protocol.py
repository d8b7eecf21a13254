"""What a target is: nine small methods. `docs/writing-a-target.md` shows how to write one.

The state machine in `stages.depositing` calls them in this order: check, find, begin, send for each item, commit, read
for each item, poll. Everything but `commit` must be safe to repeat: after a `TransientError` it is called again, after
a kill by a later process with the same notes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from archive.config import Settings
from archive.errors import SourceError
from archive.model.deposit import Deposited, DepositState, Form, Item, Package
from archive.model.finding import Finding
from archive.storage.bag_medium import ArchiveLimitError, BrokenArchiveError
from archive.storage.clock import Clock
from archive.storage.hashing import Digests

CHUNK = 1 << 20
UNFINISHED = "unfinished"
"""The one note that outlives a refused deposit: what the target was left with and could not delete."""


class Notes(Protocol):
    """Small facts that a target needs again after a kill: an upload's id, a draft's address. Never a secret."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, value: str) -> None: ...


class Target(Protocol):
    """One repository.

    `label` is its address as it may be shown; `form` is what it takes; `needs` are digests that each item must have;
    `certain` says that `find` sees every deposit, so that None means: it is not there.
    """

    @property
    def label(self) -> str: ...
    @property
    def form(self) -> Form: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def certain(self) -> bool: ...

    def check(self, package: Package) -> list[Finding]:
        """What stands in the way. Reaches the target, with the credential; stores nothing of the bag."""
        ...

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        """The finished deposit of exactly this content, if the target has it."""
        ...

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        """Make ready to receive, or go on with what notes of an earlier run tell. Gives what should be known."""
        ...

    def send(self, item: Item, notes: Notes) -> None:
        """Send one file where nobody takes it for finished yet."""
        ...

    def commit(self, package: Package, notes: Notes) -> Deposited:
        """Make the deposit visible. After a `TransientError` its outcome counts as unknown."""
        ...

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes] | None:
        """The file's bytes from the far side; None when the target gives nothing back.

        Raises `NotFoundError` when it is not there.
        """
        ...

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        """How the repository judges the deposit by now, with its words."""
        ...

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every file of a deposit by the identifier of its receipt: path and bytes. Raises `NotFoundError`."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class NamesBags(Protocol):
    """A target whose identifiers are not the bags' names, and which may know these."""

    def name_of(self, identifier: str) -> str | None:
        """What the bag was called that was deposited under `identifier`; None where the target does not know."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a target may know: its name in the settings, its options, the settings, the time, the environment."""

    name: str
    options: Mapping[str, Any]
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def read_source(item: Item, offset: int = 0) -> Iterator[bytes]:
    """The item's bytes from `offset` on. The whole file is hashed on the way.

    Raises `SourceError`, before the last chunk is given, when it is not what the manifest says: it changed since it was
    validated.
    """
    algorithm = item.strongest
    digests = Digests((algorithm,))
    held: bytes | None = None
    try:
        for chunk in item.content() if item.content is not None else _read_file(item.source):
            start = max(0, offset - digests.size)
            digests.update(chunk)
            if held is not None:
                yield held
            held = chunk[start:] if start < len(chunk) else None
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=item.path) from error
    except (BrokenArchiveError, ArchiveLimitError) as error:
        raise SourceError(f"it cannot be unpacked: {error}", subject=item.path) from error
    if digests.hexdigests()[0] != item.digests[algorithm]:
        raise SourceError(
            "it changed after it was validated", subject=item.path, remedy="Validate the bag and run again"
        )
    if held is not None:
        yield held


def _read_file(path: str) -> Iterator[bytes]:
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
