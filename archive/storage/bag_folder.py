"""A bag in a folder: walked by directory descriptors, each file opened once, read once, digested in full."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.formats.bagpath import to_text
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.bag_medium import BATCH, Batch, in_payload, read_within, split_path
from archive.storage.folders import Folder, NotRegularError
from archive.storage.hashing import SIDE_BY_SIDE_FROM, constructor_of, digest_packed

_SMALL = 1 << 16
_CHUNK = 1 << 20
_HELD_OPEN = 128
"""How many folders above the present one stay open: what lies deeper is opened again from below, on the way back."""

_IRREGULAR = "/"
"""Stands before the name of what is no regular file; no name can hold it."""


@dataclass(slots=True)
class _Level:
    name: bytes
    held: Folder | None
    pending: list[str]
    identity: tuple[int, int] | None = None


@dataclass(slots=True)
class _Tour:
    """One walk: what to digest, which share of the batches is ours, and how many batches have gone by.

    With `only_tags` nothing is opened: only names are given, and no size.
    """

    payload: Sequence[str]
    tags: Sequence[str]
    part: int = 0
    parts: int = 1
    only_payload: bool = False
    only_tags: bool = False
    turn: int = 0

    def ours(self) -> bool:
        self.turn += 1
        return (self.turn - 1) % self.parts == self.part


class FolderMedium:
    """See `BagMedium`. `root` is the bag's folder; raises OSError when it cannot be opened."""

    def __init__(self, root: str, *, progress: Progress = NO_PROGRESS) -> None:
        self.findings: list[Finding] = []
        self.blind: set[bytes] = set()
        self._top = Folder.at(root)
        self._progress = progress
        self._hard_links = 0
        self._first_hard_link = ""
        self._tag_files: list[bytes] | None = None
        self._has_payload = False

    @property
    def serialization(self) -> str:
        return "folder"

    @property
    def has_payload_folder(self) -> bool:
        self.tag_files()
        return self._has_payload

    def close(self) -> None:
        self._top.close()

    def tag_files(self) -> Sequence[bytes]:
        if self._tag_files is None:
            kept, self.findings = self.findings, []
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
        folder, name = split_path(path)
        directory = self._reach(folder)
        try:
            descriptor = directory.open(os.fsdecode(name))
        finally:
            if directory is not self._top:
                directory.close()
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotRegularError(errno.EINVAL, "not a regular file", os.fsdecode(path))
            while chunk := os.read(descriptor, _CHUNK):
                yield chunk
        finally:
            os.close(descriptor)

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
    ) -> Iterator[Batch]:
        self._hard_links = 0
        yield from self._walk(_Tour(payload, tags, *share, only_payload=only_payload))
        if self._hard_links:
            self.findings.append(codes.HARD_LINKS.at(self._first_hard_link, count=self._hard_links))

    def _reach(self, folder: bytes) -> Folder:
        """The folder, opened component by component, no link followed. The caller closes what is not the top."""
        directory = self._top
        for part in folder.split(b"/") if folder else ():
            try:
                deeper = directory.enter(os.fsdecode(part))
            finally:
                if directory is not self._top:
                    directory.close()
            directory = deeper
        return directory

    def _walk(self, tour: _Tour) -> Iterator[Batch]:
        """Depth first. The path is kept for the present folder alone: those above know their names only."""
        levels: list[_Level] = [_Level(b"", self._top, [])]
        path = b""
        yield from self._read_folder(levels[0], path, self._top, tour)
        try:
            while levels:
                level = levels[-1]
                if not level.pending:
                    path = path[: -len(level.name) - 1] if b"/" in path else b""
                    if len(levels) > 1 and levels[-2].held is None:
                        self._return_to(levels[-2], level, path, tour)
                    self._leave(levels.pop())
                    continue
                name = level.pending.pop()
                below = _join(path, os.fsencode(name))
                try:
                    assert level.held is not None
                    directory = level.held.enter(name)
                except OSError as error:
                    self._report_folder(below, error, tour)
                    continue
                if len(levels) >= _HELD_OPEN:
                    level.identity = level.held.identity()
                    level.held.close()
                    level.held = None
                path = below
                levels.append(_Level(os.fsencode(name), directory, []))
                yield from self._read_folder(levels[-1], path, directory, tour)
        finally:
            for level in levels:
                self._leave(level)

    def _return_to(self, level: _Level, child: _Level, path: bytes, tour: _Tour) -> None:
        """Hold `level` open again: what stands above its child, if that is the same folder still, else from the top."""
        try:
            if child.held is not None:
                above = child.held.above()
                if above.identity() == level.identity:
                    level.held = above
                    return
                above.close()
            level.held = self._reach(path)
        except OSError as error:
            if level.pending:
                self._report_folder(path, error, tour)
            level.pending.clear()

    def _leave(self, level: _Level) -> None:
        if level.held is not None and level.held is not self._top:
            level.held.close()

    def _report_folder(self, path: bytes, error: OSError, tour: _Tour) -> None:
        self.blind.add(path)
        if tour.part == 0:
            why = error.strerror or str(error)
            self.findings.append(codes.UNREADABLE_FOLDER.at(to_text(path) or ".", why=why))

    def _read_folder(self, level: _Level, path: bytes, directory: Folder, tour: _Tour) -> Iterator[Batch]:
        """The files of one folder in batches; its folders are left in `level.pending`."""
        payload = in_payload(path)
        skip_files = tour.only_payload and not payload
        waiting: list[str] = []
        empty = True
        try:
            with directory.scan() as entries:
                for entry in entries:
                    empty = False
                    if entry.is_file(follow_symlinks=False):
                        waiting.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        if self._enters(path, entry.name, tour):
                            level.pending.append(entry.name)
                        continue
                    else:
                        waiting.append(_IRREGULAR + entry.name)
                    if len(waiting) == BATCH:
                        if not skip_files and tour.ours():
                            yield self._look_at(directory, path, waiting, tour)
                        waiting = []
        except OSError as error:
            self._report_folder(path, error, tour)
        if empty and tour.part == 0 and payload and path != b"data" and path not in self.blind:
            self.findings.append(codes.EMPTY_FOLDER.at(to_text(path)))
        if waiting and not skip_files and tour.ours():
            yield self._look_at(directory, path, waiting, tour)

    def _look_at(self, directory: Folder, folder: bytes, names: list[str], tour: _Tour) -> Batch:
        if tour.only_tags:
            seen: list[bytes | None] = [None if name[0] == _IRREGULAR else b"" for name in names]
            return Batch(folder, _encode_names(names), [0] * len(names), seen)
        return self._digest(directory, folder, names, tour.payload if in_payload(folder) else tour.tags)

    def _enters(self, path: bytes, name: str, tour: _Tour) -> bool:
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
        if not self._hard_links:
            self._first_hard_link = to_text(_join(folder, os.fsencode(name)))
        self._hard_links += 1

    def _report_file(self, directory: Folder, folder: bytes, name: str, error: OSError) -> None:
        """A link or special file is damage; anything else that stops us means that we could not look."""
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
