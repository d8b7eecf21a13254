"""What zip and tar have in common: one top folder, safe names, no name twice; and the bag's files below it."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from archive.bags.digesting import failure_of
from archive.bags.reader import BATCH, ArchiveLimitError, Batch, Reading, Request, in_payload, split_path
from archive.formats.bagpath import to_text, unsafe_reason
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import bag_files as codes
from archive.model.finding import Fact, Finding, FindingKind, Severity
from archive.model.light import light_dataclass

_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst")

_MACOS = b"__MACOSX"
"""The folder in which macOS keeps its own attributes of the files in a zip."""


@light_dataclass(slots=True)
class Member:
    """A regular file in an archive. `path` is bag-relative; `place` is what the reader needs to find it."""

    path: bytes
    size: int
    place: int


class Oddity(NamedTuple):
    """Why a member is not a file whose bytes can be read; millions of members may share one."""

    kind: FindingKind
    what: str = ""

    def about(self, path: bytes) -> Finding:
        """The finding that says it of the member `path`."""
        return Finding(self.kind, to_text(path), None, self.facts)

    @property
    def facts(self) -> dict[str, Fact]:
        return {"what": self.what} if self.what else {}


class MemberReading(NamedTuple):
    """What came of reading a member: how many bytes, and their packed digests or why there are none.

    `error` is a `BrokenArchiveError` where the bytes are corrupt or cut off, an `ArchiveLimitError`, or the OSError of
    a read that failed, which proves nothing about the bytes.
    """

    size: int
    digest: bytes | None
    error: Exception | None = None


class MemberTable:
    """Takes every name in an archive, judges it, and knows the bag's files in the archive's order.

    `unseen` are names that are there but are not files whose bytes can be read, each with the reason. A `flat` archive
    has no top folder: it holds the files themselves.
    """

    def __init__(self, archive: str, *, flat: bool = False) -> None:
        self.findings = bag_findings()
        self.members: list[Member] = []
        self.has_payload_folder = False
        self._archive = os.path.basename(archive)
        self._flat_root = os.fsencode(self._stem()) if flat else None
        self._junk = 0
        self._roots: dict[bytes, None] = {}
        self._seen: set[bytes] = set()
        self._readings: dict[bytes, bytes] = {}
        self._folders: set[bytes] = set()
        self.unseen: dict[bytes, Oddity] = {}

    def add(self, name: bytes, *, folder: bool, size: int = 0, place: int = 0, odd: Oddity | None = None) -> None:
        """Take the member called `name`. `odd` is given when it is neither file nor folder."""
        path = name.rstrip(b"/") if folder else name
        while path.startswith(b"./"):
            path = path[2:].lstrip(b"/") if path.startswith(b".//") else path[2:]
        if path in (b"", b".") and folder:
            return
        if path.partition(b"/")[0] == _MACOS:
            self._junk += 1
            return
        reason = unsafe_reason(path) or _backslash_reason(path)
        if reason is not None:
            self.findings.note(codes.UNSAFE_MEMBER, to_text(name), why=reason)
            return
        if path in self._seen:
            if not folder or path not in self._folders:
                self.findings.note(codes.DUPLICATE_MEMBER, to_text(name))
            return
        self._seen.add(path)
        root, _, inside = path.partition(b"/") if self._flat_root is None else (self._flat_root, b"", path)
        self._roots[root] = None
        if folder:
            self._folders.add(path)
        if folder or odd is not None or not inside:
            self.has_payload_folder |= folder and inside == b"data"
            if odd is not None:
                self.findings.note_paths(odd.kind, (name,), **odd.facts)
                self.unseen[inside] = odd
            elif not folder:
                self._roots[path] = None
            return
        self.has_payload_folder |= inside.startswith(b"data/")
        self.members.append(Member(inside, size, place))

    def also_read_as(self, name: bytes, others: Iterable[bytes]) -> None:
        """Some tools unpack the member `name` as one of `others`: no other member may have or get that name."""
        for other in others:
            if self._readings.setdefault(other, name) != name:
                self._tell_twins(name, other)

    def _tell_twins(self, name: bytes, other: bytes) -> None:
        why = f"some tools unpack it as {to_text(other)}, and another member too"
        self.findings.append(codes.HEADERS_DIFFER.at(to_text(name), why=why))

    def finish(self) -> None:
        """Judge the names together: one top folder, named as the archive, and no file that is also a folder."""
        ordered = sorted(self._seen) if len(self._seen) > len(self._folders) else []
        files = [path for path in ordered if path not in self._folders]
        for path in files:
            below = bisect_left(ordered, path + b"/")
            if below < len(ordered) and ordered[below].startswith(path + b"/"):
                self.findings.append(codes.DUPLICATE_MEMBER.at(to_text(path)))
        if self._junk:
            what = _MACOS.decode()
            self.findings.append(codes.ARCHIVE_JUNK.at(self._archive, what=what, count=self._junk))
        roots = tuple(to_text(root) for root in self._roots)
        stray = [path for path in files if b"/" not in path and self._flat_root is None]
        if len(roots) != 1 or stray:
            named = (*roots[:10], f"and {len(roots) - 10} more") if len(roots) > 10 else roots
            self.findings.append(codes.SEVERAL_ROOTS.at(self._archive, roots=named or ("nothing",)))
        elif self._stem() != roots[0]:
            self.findings.append(codes.OTHER_ROOT_NAME.at(self._archive, root=roots[0]))
        for other, name in self._readings.items():
            if other in self._seen:
                self._tell_twins(name, other)
        self._seen.clear()
        self._readings.clear()

    def _stem(self) -> str:
        lower = self._archive.lower()
        for suffix in sorted(_SUFFIXES, key=len, reverse=True):
            if lower.endswith(suffix):
                return self._archive[: -len(suffix)]
        return self._archive

    @property
    def root(self) -> bytes:
        """The top folder, which has the bag's name; the first, where there are several."""
        return next(iter(self._roots), b"")

    def by_path(self) -> dict[bytes, Member]:
        return {member.path: member for member in self.members}

    def tag_files(self) -> list[bytes]:
        return sorted(member.path for member in self.members if not in_payload(member.path))


def _backslash_reason(path: bytes) -> str | None:
    return "it begins with a backslash" if path.startswith(b"\\") else None


class Batcher:
    """Gathers files of one folder into batches."""

    def __init__(self) -> None:
        self._batch: Batch | None = None

    def add(self, path: bytes, size: int, digest: bytes | None) -> Iterator[Batch]:
        """Take one file; gives the batch before it when that is full or of another folder."""
        folder, name = split_path(path)
        if self._batch is not None and (self._batch.folder != folder or len(self._batch.names) >= BATCH):
            yield self._batch
            self._batch = None
        if self._batch is None:
            self._batch = Batch(folder, [], [], [])
        self._batch.names.append(name)
        self._batch.sizes.append(size)
        self._batch.digests.append(digest)

    def rest(self) -> Iterator[Batch]:
        """The last batch, if there is one."""
        if self._batch is not None:
            yield self._batch


def wanted(member: Member, payload: Sequence[str], tags: Sequence[str]) -> Sequence[str]:
    """The algorithms by which a member is to be digested."""
    return payload if in_payload(member.path) else tags


class MemberReader(Protocol):
    """What `digest_members` needs of an archive: its members by path, its findings, and to read one of them."""

    findings: CappedFindings
    blind: set[bytes]

    @property
    def places(self) -> Mapping[bytes, Member]: ...
    @property
    def unseen(self) -> Mapping[bytes, Oddity]: ...
    def read_member(self, member: Member, algorithms: Sequence[str]) -> MemberReading: ...


def digest_members(reader: MemberReader, requests: Sequence[Request]) -> Iterator[tuple[Request, Reading]]:
    """What came of each request: first what need not be read, then the members in the archive's order, in one pass."""
    wanted: list[tuple[int, Member, Request]] = []
    for request in requests:
        member = reader.places.get(request.path)
        if member is None:
            yield request, _judge_absent(reader, request.path)
        elif request.size not in (None, member.size):
            yield request, Reading(size=member.size)
        else:
            wanted.append((member.place, member, request))
    wanted.sort(key=lambda one: one[0])
    for _place, member, request in wanted:
        yield request, _read_one(reader, member, request)


def _read_one(reader: MemberReader, member: Member, request: Request) -> Reading:
    size, digest, error = reader.read_member(member, request.algorithms)
    if isinstance(error, OSError):
        return failure_of(error)
    if isinstance(error, ArchiveLimitError):
        return Reading(error=str(error))
    if error is not None:
        return Reading(broken=f"it cannot be unpacked: {error}")
    if size != member.size:
        return Reading(broken=f"the archive holds {size} bytes of it and says {member.size}")
    return Reading(size, digest)


def _judge_absent(reader: MemberReader, path: bytes) -> Reading:
    """Not there; unless it is there as something else, or the archive cannot be seen to its end."""
    odd = reader.unseen.get(path)
    if odd is not None:
        why = odd.about(path).message
        return Reading(broken=why) if odd.kind.severity is Severity.ERROR else Reading(error=why)
    if b"" in reader.blind and (fault := gravest_of(reader.findings)) is not None:
        return Reading(error=fault.message, unseen=True)
    cut = next((one for one in reader.findings if one.kind is codes.NO_CLOSING_BLOCKS), None)
    if cut is not None:  # it may have been cut off exactly between two members: what is not there may have followed
        return Reading(error=cut.message, unseen=True)
    return Reading(missing=True)


def gravest_of(findings: Iterable[Finding]) -> Finding | None:
    """The first finding that is damage, else the first that means something could not be checked."""
    for severity in (Severity.ERROR, Severity.UNCHECKED):
        for one in findings:
            if one.severity is severity:
                return one
    return None
