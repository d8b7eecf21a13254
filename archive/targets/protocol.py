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

from archive.bags.deposit_reader import ReadsInPlace
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import SourceError
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.storage.hashing import Digests

__all__ = [
    "CHUNK", "UNFINISHED", "Context", "KeepsPrivate", "NamesBags", "Notes", "ReadsInPlace", "ResolvesVersions",
    "SendsUnseen", "Target", "read_source",
]  # fmt: skip

CHUNK = 1 << 20
UNFINISHED = "unfinished"
"""The one note that outlives a refused deposit: what the target was left with and could not delete."""


class Notes(Protocol):
    """Small facts that a target needs again after a kill: an upload's id, a draft's address. Never a secret."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, value: str) -> None: ...


class Target(Protocol):
    """One repository.

    `kind` is the word for its sort in receipts, such as "ocfl"; `label` is its address as it may be shown; `form` is
    what it takes; `needs` are digests that each item must have; `certain` says that `find` sees every deposit, so that
    None means: it is not there.
    """

    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def form(self) -> Delivery: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def certain(self) -> bool: ...

    def check(self, package: Package) -> list[Finding]:
        """What prevents a deposit. Reaches the target, with the credential; stores nothing of the bag."""
        ...

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        """The finished deposit of exactly this content, if the target has it."""
        ...

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        """Make ready to receive, or go on with what notes of an earlier run tell. Gives what should be known."""
        ...

    def send(self, item: Item, notes: Notes) -> None:
        """Send one file to where no one takes it for finished yet."""
        ...

    def commit(self, package: Package, notes: Notes) -> Deposited:
        """Make the deposit visible. After a `TransientError` its outcome counts as unknown."""
        ...

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes] | None:
        """The file's bytes from the target; None when it gives nothing back.

        Raises `NotFoundError` when it is not there.
        """
        ...

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        """How the repository judges the deposit by now, with its words.

        An audit knows only the identifier: `deposited.location` is the identifier too, then.
        """
        ...

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Every file of a deposit by the identifier of its receipt: path and bytes. Raises `NotFoundError`.

        The bytes of one file may raise `NotAFileError` (a link or the like is in its place) or `DifferentContentError`
        (they are not what the target recorded); the other files follow all the same.
        """
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


@runtime_checkable
class ResolvesVersions(Protocol):
    """A target whose identifiers may leave the version open."""

    def resolve(self, identifier: str) -> str:
        """The identifier with the version that it names now. Raises `NotFoundError`."""
        ...


@runtime_checkable
class KeepsPrivate(Protocol):
    """A target that stores whether a deposit is for its owner alone."""

    def is_private(self, identifier: str) -> bool:
        """True when other accounts at the target cannot see the deposit, so that no copy may show it to others."""
        ...


@runtime_checkable
class SendsUnseen(Protocol):
    """A target with a working place of its own: nothing is visible before `commit`, and all of it can be taken away.

    A bag's payload is then judged while it is sent, so that each byte is read once.
    """

    def sends(self, item: Item) -> bool:
        """Whether `send` reads this file; it need not where the target has the content already."""
        ...

    def discard(self, package: Package, notes: Notes) -> None:
        """Remove what `begin` and `send` made for a package that is not to be committed. Raises `StorageError`."""
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
    """The item's bytes from `offset` on. The whole file is hashed on the way, with every algorithm while it is unread.

    Raises `SourceError`, before the last chunk is given, when it is not what the manifests say.
    """
    if item.held is not None and not offset:
        yield item.held()
        return
    algorithms = tuple(item.digests) if item.unread else (item.strongest,)
    digests = Digests(algorithms)
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
    if digests.hexdigests() != tuple([item.digests[name] for name in algorithms]):
        why = "it does not have the digests in the manifests" if item.unread else "it changed after it was validated"
        raise SourceError(why, subject=item.path, remedy="Validate the bag and run again")
    if held is not None:
        yield held


def _read_file(path: str) -> Iterator[bytes]:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        while chunk := os.read(descriptor, CHUNK):
            yield chunk
    finally:
        os.close(descriptor)
