"""Bags kept as one zip or tar file, read by the very reader that validation uses: never unpacked, judged by one rule.

A worker gets many batches of one archive. So what the first of them learned, which member stands where and how far a
compressed stream was read, is kept in the process for the next, as long as the file stays the same; the file itself
is let go of in between. All batches of an archive together so cost one pass a worker, not one pass a batch.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from archive.errors import FormatError, NotFoundError
from archive.model.finding import Finding, Severity
from archive.stages.auditing.bags import CUT_OFF, MAX_TAG_FILE, Beat, OpenBag, Reading, Request, failure_of
from archive.storage.bag_medium import ArchiveLimitError, ArchiveMedium, BrokenArchiveError, Member, TooLargeError
from archive.storage.bag_medium import read_within as join_within
from archive.storage.bag_opening import archive_kind
from archive.storage.bag_opening import open_archive as open_medium

MOST_PARKED = 4

Identity = tuple[object, ...]


class ArchiveBag:
    """A bag in an archive. Closing it keeps what was learned of it for the next batch, and lets go of the file."""

    def __init__(self, address: str, identity: Identity, file: ParkedFile) -> None:
        head = file.read(512)
        kind = archive_kind(head, address)
        if kind is None:
            raise FormatError("this file is no archive that a bag could be in", subject=address)
        self.key = (address, identity)
        self.file = file
        self._medium: ArchiveMedium = open_medium(address, kind, file=cast(BinaryIO, file), progress=file)
        self._places = {member.path: member for member in self._medium.members}
        grave = [one for one in self._medium.findings if one.severity is Severity.ERROR]
        unsure = [one for one in self._medium.findings if one.severity is Severity.UNCHECKED]
        self._fault = next(iter(grave + unsure), None)

    @property
    def fault(self) -> Finding | None:
        return self._fault

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        for member in self._medium.members:
            beat(0)
            yield _text(member.path), member.size

    def names(self, beat: Beat) -> Iterator[str]:
        return (path for path, _size in self.sizes(beat))

    def read(self, path: str) -> bytes:
        try:
            return join_within(self.stream(path), MAX_TAG_FILE)
        except TooLargeError:
            raise FormatError("this tag file is longer than 1 GiB", subject=path) from None

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        del beat
        wanted: list[tuple[int, Member, Request]] = []
        for request in requests:
            member = self._places.get(_raw(request.path))
            if member is None:
                yield request, self._judge_absent(_raw(request.path))
            elif member.size != request.size:
                yield request, Reading(size=member.size)
            else:
                wanted.append((member.place, member, request))
        wanted.sort(key=lambda one: one[0])
        for _place, member, request in wanted:
            yield request, self._read_one(member, request)

    def stream(self, path: str) -> Iterator[bytes]:
        try:
            yield from self._medium.stream(_raw(path))
        except FileNotFoundError:
            raise NotFoundError("there is no such file in the bag", subject=path) from None
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise FormatError(f"this cannot be unpacked: {error}", subject=path) from error

    def close(self) -> None:
        self.file.park()
        _park(self)

    def _read_one(self, member: Member, request: Request) -> Reading:
        size, digest, error = self._medium.read_member(member, request.algorithms)
        if isinstance(error, OSError):
            return failure_of(error)
        if isinstance(error, ArchiveLimitError):
            return Reading(error=str(error))
        if error is not None:
            return Reading(broken=f"it cannot be unpacked: {error}")
        if size != member.size:
            return Reading(broken=f"the archive holds {size} bytes of it and says {member.size}")
        return Reading(size, digest)

    def _judge_absent(self, path: bytes) -> Reading:
        """Not there; unless it is there as something else, or the archive cannot be seen to its end."""
        odd = self._medium.unseen.get(path)
        if odd is not None:
            return Reading(broken=odd.message) if odd.severity is Severity.ERROR else Reading(error=odd.message)
        if b"" in self._medium.blind and self._fault is not None:
            return Reading(error=CUT_OFF + self._fault.message)
        return Reading(missing=True)


class ParkedFile:
    """A file that can be let go of and taken up again where it stood. Every read of it tells that the worker lives.

    Also the `Progress` of the medium that reads it.
    """

    def __init__(self, file: BinaryIO, beat: Beat) -> None:
        self._file = file
        self._beat = beat
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        self._beat(0)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()

    def park(self) -> None:
        self._place = self._file.tell()
        self._file.close()

    def wake(self, file: BinaryIO, beat: Beat) -> None:
        """Go on with `file`, the same one opened again."""
        self._file, self._beat = file, beat
        file.seek(self._place)

    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def advance(self, size: int) -> None:
        self._beat(size)

    def end(self) -> None:
        return None


_parked: dict[tuple[str, Identity], ArchiveBag] = {}
_parking = threading.Lock()


def open_archive(address: str, beat: Beat) -> OpenBag:
    """The bag in a local zip or tar file. Raises `NotFoundError`, `FormatError` where it is no archive, OSError."""
    try:
        file = open(address, "rb")  # noqa: SIM115 - the bag closes it
    except FileNotFoundError:
        raise NotFoundError("there is no bag here", subject=address) from None
    status = os.fstat(file.fileno())
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return take_archive(address, identity, file, beat)


def take_archive(address: str, identity: Identity, file: BinaryIO, beat: Beat) -> OpenBag:
    """The bag in the archive `file`: with what was learned of it before, if `identity` says that it is the same."""
    with _parking:
        known = _parked.pop((address, identity), None)
    try:
        if known is None:
            return ArchiveBag(address, identity, ParkedFile(file, beat))
        known.file.wake(file, beat)
    except BaseException:
        file.close()
        raise
    return known


def _park(bag: ArchiveBag) -> None:
    with _parking:
        _parked[bag.key] = bag
        while len(_parked) > MOST_PARKED:
            del _parked[next(iter(_parked))]


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
