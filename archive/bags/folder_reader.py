"""A bag in a folder: walked by directory descriptors, each file opened once, read once, digested in full."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from archive.bags.digesting import FolderFiles
from archive.bags.reader import BATCH, Batch, Beat, Reading, Request, in_payload, read_within, split_path
from archive.formats.bagpath import to_text
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import bag_findings
from archive.model.codes import bag_files as codes
from archive.model.light import light_dataclass
from archive.storage.folders import Entries, Folder, NotRegularError
from archive.storage.hashing import SIDE_BY_SIDE_FROM, constructor_of, digest_packed
from archive.storage.trail import Trail

_SMALL = 1 << 16
_CHUNK = 1 << 20
_IRREGULAR = "/"
"""Put before the name of anything but a regular file; no name can contain it."""

_Found = tuple[Entries, os.DirEntry[str]]
"""A folder's entries, and the first of them, which they do not give again."""


@light_dataclass(slots=True)
class _Tour:
    """One walk: what to digest, which share of the batches this process takes, and how many batches have gone by.

    With `only_tags` nothing is opened and the payload left out: only names are given, and no size. Folders that are in
    `known` are not entered.
    """

    payload: Sequence[str]
    tags: Sequence[str]
    part: int = 0
    parts: int = 1
    only_payload: bool = False
    only_tags: bool = False
    known: Container[bytes] = ()
    open_files: bool = True
    sizes: bool = True
    turn: int = 0

    def ours(self) -> bool:
        self.turn += 1
        return (self.turn - 1) % self.parts == self.part


class FolderReader:
    """See `BagReader`. `root` is the bag's folder; raises OSError when it cannot be opened."""

    def __init__(self, root: str, *, progress: Progress = NO_PROGRESS) -> None:
        self.findings = bag_findings()
        self.blind: set[bytes] = set()
        self._top = Folder.at(root)
        self._files = FolderFiles(self._top)
        self._name = os.path.basename(os.path.abspath(root))
        self._progress = progress
        self._hard_links = 0
        self._first_hard_link = ""
        self._tag_files: list[bytes] | None = None
        self._has_payload = False

    @property
    def serialization(self) -> str:
        return "folder"

    @property
    def name(self) -> str:
        return self._name

    @property
    def has_payload_folder(self) -> bool:
        self.tag_files()
        return self._has_payload

    def close(self) -> None:
        self._files.close()
        self._top.close()

    def tag_files(self) -> Sequence[bytes]:
        if self._tag_files is None:
            kept, self.findings = self.findings, bag_findings()
            try:
                self._tag_files = sorted(
                    _join(batch.folder, name)
                    for batch in self._walk(_Tour((), (), only_tags=True))
                    for name, digest in zip(batch.names, batch.digests, strict=True)
                    if digest is not None
                )
            finally:
                self.findings = kept
        return self._tag_files

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream_tag(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        return self._files.stream(path)

    def stream(self, path: bytes) -> Iterator[bytes]:
        return self._files.stream(path)

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        for request in requests:
            yield request, self._files.digest(request, beat)

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
        open_files: bool = True,
        sizes: bool = True,
    ) -> Iterator[Batch]:
        self._hard_links = 0
        yield from self._walk(
            _Tour(payload, tags, *share, only_payload=only_payload, open_files=open_files, sizes=sizes)
        )
        if self._hard_links:
            self.findings.append(codes.HARD_LINKS.at(self._first_hard_link, count=self._hard_links))

    def walk_rest(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        known: Container[bytes],
        starts: Iterable[bytes],
        names: Mapping[bytes, Sequence[bytes]],
        hard_links: tuple[int, bytes] = (0, b""),
        open_files: bool = True,
    ) -> Iterator[Batch]:
        """See `FolderWalker`."""
        self._hard_links, self._first_hard_link = hard_links[0], to_text(hard_links[1])
        tour = _Tour(payload, tags, known=known, open_files=open_files, sizes=open_files)
        trail = Trail(self._top)
        try:
            for folder in sorted(names):
                directory = self._go(trail, folder, tour)
                for first in range(0, 0 if directory is None else len(names[folder]), BATCH):
                    chosen = [os.fsdecode(name) for name in names[folder][first : first + BATCH]]
                    yield self._look_at(trail.present, folder, chosen, tour)
            yield from self._walk(tour)
            for start in sorted(starts):
                if (directory := self._go(trail, start, tour)) is not None:
                    yield from self._walk(tour, start, directory)
        finally:
            trail.close()
        if self._hard_links:
            self.findings.append(codes.HARD_LINKS.at(self._first_hard_link, count=self._hard_links))

    def _go(self, trail: Trail, folder: bytes, tour: _Tour) -> Folder | None:
        """The folder, no link followed, open until the trail goes elsewhere. None with a finding where it cannot be."""
        try:
            names = os.fsdecode(folder).split("/") if folder else ()
            return trail.go(names, lambda above, way: above.enter(way[-1]))
        except OSError as error:
            trail.close()
            self._report_folder(folder, error, tour)
            return None

    def _walk(self, tour: _Tour, path: bytes = b"", top: Folder | None = None) -> Iterator[Batch]:
        """Depth first from `path`, the folder `top`; without it from the bag's.

        What is pending is kept by name only, but for the present folder.
        """
        top = self._top if top is None else top
        trail = Trail(top)
        pending: list[list[str]] = [[]]
        try:
            if (found := self._scan(top, path, "", tour)) is not None:
                with found[0]:
                    yield from self._read_folder(pending[-1], path, top, found, tour)
            while pending:
                if not pending[-1]:
                    pending.pop()
                    path = split_path(path)[0]
                    self._go_back(trail, pending, path, tour)
                    continue
                name = pending[-1].pop()
                try:
                    directory = trail.present.enter(name)
                except OSError as error:
                    self._report_folder(_join(path, os.fsencode(name)), error, tour)
                    continue
                found = self._scan(directory, path, name, tour)
                if found is None:
                    directory.close()
                    continue
                trail.take(name, directory)
                path = _join(path, os.fsencode(name))
                pending.append([])
                with found[0]:
                    yield from self._read_folder(pending[-1], path, directory, found, tour)
        finally:
            trail.close()

    def _go_back(self, trail: Trail, pending: list[list[str]], path: bytes, tour: _Tour) -> None:
        """Go to the folder above, at `path`; where that cannot be opened again, what is pending in it is not seen."""
        if not pending:
            return
        try:
            trail.leave()
        except OSError as error:
            if pending[-1]:
                self._report_folder(path, error, tour)
            pending[-1].clear()

    def _report_folder(self, path: bytes, error: OSError, tour: _Tour) -> None:
        self.blind.add(path)
        if tour.part == 0:
            why = error.strerror or str(error)
            self.findings.append(codes.UNREADABLE_FOLDER.at(to_text(path) or ".", why=why))

    def _scan(self, directory: Folder, path: bytes, name: str, tour: _Tour) -> _Found | None:
        """What is in the folder `name` of the one at `path`, or in that one where there is no name.

        None for a folder that is empty, of which there may be millions, and with a finding for one that cannot be
        listed.
        """
        try:
            entries = directory.scan()
            if (first := next(entries, None)) is not None:
                return entries, first
        except OSError as error:
            self._report_folder(_join(path, os.fsencode(name)) if name else path, error, tour)
            return None
        if tour.part == 0 and in_payload(path) and (name or path != b"data"):
            if self.findings.is_full(codes.EMPTY_FOLDER):
                self.findings.count(codes.EMPTY_FOLDER)
            else:
                whole = _join(path, os.fsencode(name)) if name else path
                self.findings.note(codes.EMPTY_FOLDER, to_text(whole))
        return None

    def _read_folder(
        self, pending: list[str], path: bytes, directory: Folder, found: _Found, tour: _Tour
    ) -> Iterator[Batch]:
        """The files of one folder in batches; its folders are left in `pending`."""
        skip_files = tour.only_payload and not in_payload(path)
        waiting: list[str] = []
        try:
            for entry in chain(found[1:], found[0]):
                if entry.is_file(follow_symlinks=False):
                    waiting.append(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    if self._enters(path, entry.name, tour):
                        pending.append(entry.name)
                    continue
                else:
                    waiting.append(_IRREGULAR + entry.name)
                if len(waiting) == BATCH:
                    if not skip_files and tour.ours():
                        yield self._look_at(directory, path, waiting, tour)
                    waiting = []
        except OSError as error:
            self._report_folder(path, error, tour)
        if waiting and not skip_files and tour.ours():
            yield self._look_at(directory, path, waiting, tour)

    def _look_at(self, directory: Folder, folder: bytes, names: list[str], tour: _Tour) -> Batch:
        if tour.only_tags:
            seen: list[bytes | None] = [None if name[0] == _IRREGULAR else b"" for name in names]
            return Batch(folder, _encode_names(names), [0] * len(names), seen)
        if not tour.open_files:
            return self._list(directory, folder, names, sizes=tour.sizes)
        return self._digest(directory, folder, names, tour.payload if in_payload(folder) else tour.tags)

    def _list(self, directory: Folder, folder: bytes, names: list[str], *, sizes: bool) -> Batch:
        """Sizes as the folder says, or none; nothing opened."""
        if not sizes and not any(name[0] == _IRREGULAR for name in names):
            return Batch(folder, _encode_names(names), [0] * len(names), [b""] * len(names))
        found: list[int] = []
        seen: list[bytes | None] = []
        for name in names:
            try:
                if name[0] == _IRREGULAR:
                    raise NotRegularError(errno.EINVAL, "not a regular file", name)
                found.append(directory.stat(name).st_size)
                seen.append(b"")
            except OSError as error:
                self._report_file(directory, folder, name, error)
                found.append(0)
                seen.append(None)
        return Batch(folder, _encode_names(names), found, seen)

    def _enters(self, path: bytes, name: str, tour: _Tour) -> bool:
        if tour.known and _join(path, os.fsencode(name)) in tour.known:
            return False
        if path:
            return True
        if name == "data":
            self._has_payload = True
            return not tour.only_tags
        return not tour.only_payload

    def _digest(self, directory: Folder, folder: bytes, names: list[str], algorithms: Sequence[str]) -> Batch:
        """Sizes and digests of these files: one open and one read for each small one. Progress is the payload's."""
        progress = self._progress if in_payload(folder) else NO_PROGRESS
        first = constructor_of(algorithms[0]) if algorithms else None
        others = [constructor_of(name) for name in algorithms[1:]]
        sizes: list[int] = []
        digests: list[bytes | None] = []
        open_file = directory.opener()
        fstat, read, close, is_regular = os.fstat, os.read, os.close, stat.S_ISREG
        for name in names:
            descriptor = -1
            try:
                if name[0] == _IRREGULAR:
                    raise NotRegularError(errno.EINVAL, "not a regular file", name)
                descriptor = open_file(name)
                status = fstat(descriptor)
                size = status.st_size
                if not is_regular(status.st_mode):
                    raise NotRegularError(errno.EINVAL, "not a regular file", name)
                if status.st_nlink > 1:
                    self._count_hard_link(folder, name)
                if first is None:
                    packed = b""
                elif size < _SMALL and len(content := read(descriptor, size + 1)) == size:
                    packed = first(content).digest()
                    for other in others:
                        packed += other(content).digest()
                else:
                    size, packed = _digest_large(descriptor, size, algorithms, progress)
                sizes.append(size)
                digests.append(packed)
            except OSError as error:
                self._report_file(directory, folder, name, error)
                sizes.append(0)
                digests.append(None)
            finally:
                if descriptor >= 0:
                    close(descriptor)
        if first is not None:
            progress.advance(sum(size for size in sizes if size < SIDE_BY_SIDE_FROM))
        return Batch(folder, _encode_names(names), sizes, digests)

    def _count_hard_link(self, folder: bytes, name: str) -> None:
        path = to_text(_join(folder, os.fsencode(name)))
        self._first_hard_link = min(path, self._first_hard_link) if self._hard_links else path
        self._hard_links += 1

    def _report_file(self, directory: Folder, folder: bytes, name: str, error: OSError) -> None:
        """A link or special file is damage; any other obstacle means that the file could not be checked."""
        name = name.lstrip(_IRREGULAR)
        subject = to_text(_join(folder, os.fsencode(name)))
        try:
            mode = directory.stat(name).st_mode
        except OSError:
            mode = stat.S_IFREG
        if stat.S_ISLNK(mode):
            self.findings.append(codes.LINK.at(subject))
        elif not stat.S_ISREG(mode):
            self.findings.append(codes.SPECIAL_FILE.at(subject, what=_KINDS.get(stat.S_IFMT(mode), "something else")))
        else:
            self.findings.append(codes.UNREADABLE_FILE.at(subject, why=error.strerror or str(error)))


def _digest_large(descriptor: int, size: int, algorithms: Sequence[str], progress: Progress) -> tuple[int, bytes]:
    """What does not fit one read, or did not come in one."""
    if size < _SMALL:
        os.lseek(descriptor, 0, os.SEEK_SET)
    return digest_packed(descriptor, algorithms, size, progress if size >= SIDE_BY_SIDE_FROM else NO_PROGRESS)


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _encode_names(names: list[str]) -> list[bytes]:
    """The names as bytes, all in one go: a NUL can be in none of them."""
    joined = "\x00".join(names).encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    return joined.replace(b"/", b"").split(b"\x00") if b"/" in joined else joined.split(b"\x00")


_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFDIR: "a folder",
}
