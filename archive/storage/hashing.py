"""Digests: several algorithms over one read, side by side where the file is large.

Algorithms are named as BagIt names them (RFC 8493 2.4): the common name in lower case without punctuation, "sha256",
"sha512", "sha3256". Every fixed-length algorithm of `hashlib` may be asked for; a read error is an `OSError` here and
never a digest.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.model.build import Progress

BUFFER_SIZE = 1 << 18
SIDE_BY_SIDE_FROM = 4 << 20
"""From this many bytes on, each digest gets a thread of its own: below, starting threads costs more than it saves."""

_RING = 6
_RING_BUFFER = 1 << 20


class Hash(Protocol):
    """What `hashlib` calls a hash object."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


Constructor = Callable[..., Hash]


@cache
def _known() -> dict[str, str]:
    """BagIt name to hashlib name, fixed lengths only."""
    known = {}
    for name in sorted(hashlib.algorithms_guaranteed):
        if hashlib.new(name, usedforsecurity=False).digest_size:
            known[normalise_name(name)] = name
    return known


def normalise_name(name: str) -> str:
    """The name as RFC 8493 2.4 writes it in a file name: lower case, letters and digits only."""
    return "".join(character for character in name.lower() if character.isascii() and character.isalnum())


def known_algorithms() -> tuple[str, ...]:
    """Every algorithm that can be asked for, by its BagIt name, sorted."""
    return tuple(sorted(_known()))


def is_known(name: str) -> bool:
    """True when `name`, in any common spelling, is an algorithm that the program can compute."""
    return normalise_name(name) in _known()


def check_algorithms(names: Sequence[str]) -> tuple[str, ...]:
    """`names` as BagIt names, in the order given and each once ("SHA-256" gives "sha256").

    Raises `UsageError` when one is unknown or has no fixed length, or when there is none.
    """
    if not names:
        raise UsageError("no digest algorithm is named", remedy="Name at least one, as sha256")
    checked: dict[str, None] = {}
    for name in names:
        normal = normalise_name(name)
        if normal not in _known():
            raise UsageError(
                "not a digest algorithm of fixed length that is available here",
                subject=name[:60],
                remedy=f"Choose from {', '.join(known_algorithms())}",
            )
        checked[normal] = None
    return tuple(checked)


@cache
def constructor_of(name: str) -> Constructor:
    """The fastest constructor of the algorithm with this BagIt name; call it with the data or with nothing."""
    own = _known()[name]
    named: Constructor | None = getattr(hashlib, own, None)
    return named or (lambda data=b"": hashlib.new(own, data, usedforsecurity=False))


@cache
def digest_length(name: str) -> int:
    """The digest's length in bytes, for a name that `check_algorithms` gave."""
    return hashlib.new(_known()[name], usedforsecurity=False).digest_size


class Digests:
    """Several digests of one stream of bytes that another part of the program reads. `size` counts the bytes so far."""

    __slots__ = ("_hashes", "size")

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes = tuple(constructor_of(name)() for name in algorithms)
        self.size = 0

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes."""
        for one in self._hashes:
            one.update(data)
        self.size += len(data)

    def hexdigests(self) -> tuple[str, ...]:
        """The digests so far, lower-case hex, in the order of the algorithms."""
        return tuple(one.hexdigest() for one in self._hashes)

    def packed(self) -> bytes:
        """The digests so far as raw bytes, one after the other."""
        return b"".join(one.digest() for one in self._hashes)


def digest_descriptor(
    descriptor: int, algorithms: Sequence[str], progress: Progress | None = None
) -> tuple[int, tuple[str, ...]]:
    """Size in bytes and lower-case hex digests of what can be read from `descriptor`, from its current position to its
    end.

    One read for all digests; large files are digested side by side. Raises OSError when it cannot be read.
    """
    digests = _digest(descriptor, algorithms, os.fstat(descriptor).st_size, progress)
    return digests.size, digests.hexdigests()


def digest_packed(
    descriptor: int, algorithms: Sequence[str], expected_size: int, progress: Progress | None = None
) -> tuple[int, bytes]:
    """As `digest_descriptor`, for callers who know how much to expect: size, and the digests as packed bytes."""
    digests = _digest(descriptor, algorithms, expected_size, progress)
    return digests.size, digests.packed()


def _digest(descriptor: int, algorithms: Sequence[str], size: int, progress: Progress | None) -> Digests:
    if size >= SIDE_BY_SIDE_FROM:
        return _digest_side_by_side(descriptor, algorithms, progress)
    digests = Digests(algorithms)
    buffer = bytearray(min(BUFFER_SIZE, max(size + 1, 4096)))
    view = memoryview(buffer)
    while count := _read_into(descriptor, buffer):
        digests.update(view[:count])
        if progress is not None:
            progress.advance(count)
    return digests


def _read_into(descriptor: int, buffer: bytearray) -> int:
    """Fill `buffer` with what comes next; gives how many bytes. Windows has no readv."""
    if hasattr(os, "readv"):
        return os.readv(descriptor, [buffer])
    data = os.read(descriptor, len(buffer))
    buffer[: len(data)] = data
    return len(data)


class _SideBySide:
    """Threads that each keep one digest up to date over a ring of buffers filled by one reader.

    A digest may not lag by more than the ring: the reader waits for the slowest, so memory stays fixed.
    """

    def __init__(self, digests: Digests) -> None:
        self.buffers = [bytearray(_RING_BUFFER) for _ in range(_RING)]
        self.hashes = digests._hashes
        self.free: SimpleQueue[int] = SimpleQueue()
        self.pending = [0] * _RING
        self.lock = threading.Lock()
        for slot in range(_RING):
            self.free.put(slot)
        self.queues: list[SimpleQueue[tuple[int, int] | None]] = [SimpleQueue() for _ in self.hashes]
        self.threads = [
            threading.Thread(target=self._consume, args=pair, name="digest", daemon=True)
            for pair in zip(self.hashes, self.queues, strict=True)
        ]
        for thread in self.threads:
            thread.start()

    def _consume(self, one: Hash, queue: SimpleQueue[tuple[int, int] | None]) -> None:
        views = [memoryview(buffer) for buffer in self.buffers]
        while (item := queue.get()) is not None:
            slot, count = item
            one.update(views[slot][:count])
            with self.lock:
                self.pending[slot] -= 1
                done = not self.pending[slot]
            if done:
                self.free.put(slot)

    def pass_on(self, slot: int, count: int) -> None:
        self.pending[slot] = len(self.queues)
        for queue in self.queues:
            queue.put((slot, count))

    def finish(self) -> None:
        for queue in self.queues:
            queue.put(None)
        for thread in self.threads:
            thread.join()


def _digest_side_by_side(descriptor: int, algorithms: Sequence[str], progress: Progress | None) -> Digests:
    digests = Digests(algorithms)
    side = _SideBySide(digests)
    try:
        while True:
            slot = side.free.get()
            count = _read_into(descriptor, side.buffers[slot])
            if not count:
                break
            side.pass_on(slot, count)
            digests.size += count
            if progress is not None:
                progress.advance(count)
    finally:
        side.finish()
    return digests
