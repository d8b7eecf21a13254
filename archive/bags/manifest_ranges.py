"""A bag's payload judged in ranges of its manifests, each in memory that does not grow with the bag.

Line n of one manifest and line n of every other must name the same file: then a range of one manifest is a range of
all. The process that judges a range parses it, lists each of its folders once, opens and digests the files, compares on
the spot and answers with counts, and with what did not simply agree. What that means is for others to say: nothing here
makes a finding. Little is imported, because a worker process starts with this module.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from archive.formats.regular_lines import MAX_LINE, take_apart
from archive.storage.folders import READ, Folder
from archive.storage.hashing import SIDE_BY_SIDE_FROM, constructor_of, digest_length, digest_packed

if TYPE_CHECKING:
    from archive.model.build import Progress

IRREGULAR = b"/"
"""Put before the name of what a listing shows not to be a regular file; no name can contain it."""

_SMALL = 1 << 16
_TYPE = stat.S_IFMT(0xFFFF)
_DEEPEST = 64
"""Files in folders deeper than this are left to a walk, which holds few folders open."""

_SPARE = 1000
"""A listing is given up at four times the lines and this many entries: the folder's other lines are elsewhere."""


class Layout(NamedTuple):
    """What is the same for every range: the bag's folder, the folder of its payload where that is not data in it, and
    the manifests with their algorithms. Without `read` files are opened and not read, without `open_files` either:
    then a file is there when its folder lists it. With `names` each range says whether its paths all can travel."""

    root: str
    data: str | None
    manifests: tuple[str, ...]
    algorithms: tuple[str, ...]
    before_1_0: bool
    read: bool
    open_files: bool = True
    names: bool = False


class Range(NamedTuple):
    """Whole lines, `lines` of them: where they begin and end in each manifest, in bytes.

    `cut_before` and `cut_after` are true where the lines of one folder may go on in the range before or after.
    """

    spans: tuple[tuple[int, int], ...]
    lines: int
    cut_before: bool
    cut_after: bool


class FolderResult(NamedTuple):
    """One folder of a range. `opened`: its files were looked at. `complete`: it was listed to its end; then `folders`
    are the folders in it, and `names` what else the listing has and the range did not read."""

    folder: bytes
    opened: bool
    complete: bool
    folders: list[bytes]
    names: list[bytes]


class RangeResult:
    """What came of a range. `files` and `octets` count what agreed; `lines` are those whose file did not, with their
    packed digests; `wrong` are the files among them that were read, with size and digests; `cased` are folders in which
    names may be twins; `odd_names` is true where a path may be one that cannot travel. Where `irregular` is true
    nothing else counts."""

    __slots__ = (
        "cased", "files", "first_hard_link", "folders", "hard_links", "irregular", "lines", "octets", "odd_names",
        "wrong",
    )  # fmt: skip

    def __init__(self) -> None:
        self.irregular = False
        self.odd_names = False
        self.files = 0
        self.octets = 0
        self.hard_links = 0
        self.first_hard_link = b""
        self.folders: list[FolderResult] = []
        self.lines: list[tuple[bytes, bytes, bytes]] = []
        self.wrong: list[tuple[bytes, bytes, int, bytes]] = []
        self.cased: list[bytes] = []


def plan_ranges(layout: Layout, goal: int, limit: int) -> list[Range] | None:
    """The manifests cut into ranges of about `goal` bytes of the first, at folder borders where that is possible.

    None where they cannot be lockstep, or one is larger than `limit` bytes. Raises OSError.
    """
    top = Folder.at(layout.root)
    files: list[int] = []
    try:
        files += [_open_regular(top, name) for name in layout.manifests]
        sizes = [os.fstat(one).st_size for one in files]
        lengths = [digest_length(name) for name in layout.algorithms]
        wider = [2 * (length - lengths[0]) for length in lengths]
        ranges: list[Range] = []
        start = lines = 0
        before = False
        while start < sizes[0]:
            data = _read_at(files[0], start, goal)
            last = start + len(data) >= sizes[0]
            end, after = (len(data), False) if last else _cut(data, 2 * lengths[0] + 2)
            if b"\r" in data or not data:
                return None
            if not end:
                if goal > MAX_LINE:
                    return None
                goal *= 2
                continue
            count = data.count(b"\n", 0, end) + (last and not data.endswith(b"\n"))
            spans = tuple((start + more * lines, start + end + more * (lines + count)) for more in wider)
            ranges.append(Range(spans, count, before, after))
            start, lines, before = start + end, lines + count, after
        fits = all(size == sizes[0] + more * lines for size, more in zip(sizes, wider, strict=True))
        return ranges if fits and max(sizes) <= limit else None
    finally:
        for one in files:
            os.close(one)
        top.close()


def _open_regular(top: Folder, name: str) -> int:
    descriptor = top.open(name)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError("not a regular file")


def _cut(data: bytes, width: int) -> tuple[int, bool]:
    """Where to end a range that begins with `data`: after a line, and whether that may part a folder's lines.

    A border is looked for by halving, in the last three quarters.
    """
    end = data.rfind(b"\n") + 1
    if not end:
        return 0, False

    def line_at(place: int) -> tuple[int, bytes]:
        begin = data.rfind(b"\n", 0, place) + 1
        return begin, data[begin + width : data.index(b"\n", place)].rpartition(b"/")[0]

    high, folder = line_at(end - 1)
    low, other = line_at(len(data) // 4 if len(data) // 4 < end else 0)
    if other == folder:
        return end, True
    while (middle := (data.index(b"\n", low) + 1 + high) // 2) < high:
        begin, name = line_at(middle)
        if name == folder:
            high = begin
        else:
            low = begin
    return high, False


def _read_at(descriptor: int, start: int, count: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    parts = []
    while count and (part := os.read(descriptor, count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class RangeJudge:
    """Judges ranges, one after the other. Raises OSError when the bag or a manifest cannot be opened.

    `progress` hears of every octet as it is read.
    """

    def __init__(self, layout: Layout, progress: Progress | None = None) -> None:
        self._layout = layout
        self._progress = progress
        self._top = Folder.at(layout.root)
        self._files: list[int] = []
        self._path: list[tuple[bytes, Folder]] = []
        self._data: Folder | None = None
        self._last = b""
        try:
            self._files += [_open_regular(self._top, name) for name in layout.manifests]
            self._data = self._top.enter("data") if layout.data is None else Folder.at(layout.data)
        except BaseException:
            self.close()
            raise
        self._lengths = [digest_length(name) for name in layout.algorithms]
        self._constructors = [constructor_of(name) for name in layout.algorithms]

    def close(self) -> None:
        """Let go of everything."""
        for _, folder in self._path:
            folder.close()
        for one in self._files:
            os.close(one)
        self._files.clear()
        if self._data is not None:
            self._data.close()
        self._top.close()

    def judge(self, chosen: Range) -> RangeResult:
        """Compare the files of a range with its lines. Raises OSError when a manifest cannot be read."""
        result = RangeResult()
        groups = self._group(chosen, result)
        if groups is None:
            result.irregular = True
            return result
        folders = list(groups)
        edges = {*folders[: chosen.cut_before], *([self._last] if chosen.cut_after else ())}
        for folder, lines in groups.items():
            if _may_hold_twins(lines):
                result.cased.append(folder)
            self._judge_folder(folder, lines, result, edge=folder in edges)
        return result

    def paths(self, chosen: Range) -> list[bytes]:
        """The paths of a range, as its first manifest has them."""
        parsed = self._parse(0, chosen, None)
        return [] if parsed is None else [end[2:] for end in parsed[1]]

    def list_folder(self, folder: bytes) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """Regular files, folders, and other entries, the last with `IRREGULAR` before their names. Raises OSError."""
        directory = self._enter(folder)
        if directory is None:
            raise FileNotFoundError(folder)
        files, folders, others, _ = _list(directory, 1 << 62)
        return files, folders, others

    def _group(self, chosen: Range, result: RangeResult) -> dict[bytes, dict[bytes, bytes]] | None:
        """The lines by folder: each name with its packed digests. None when they are not lockstep and well-formed."""
        ends: list[bytes] | None = None
        packed: Sequence[bytes] = ()
        for index in range(len(self._lengths)):
            parsed = self._parse(index, chosen, ends)
            if parsed is None or (ends is not None and parsed[1] != ends):
                return None
            packed = list(map(add, packed, parsed[0])) if index else parsed[0]
            ends = parsed[1]
        if self._layout.names and ends:
            result.odd_names = _may_not_travel(ends)
        groups: dict[bytes, dict[bytes, bytes]] = {}
        for folder, names, digests in _runs(ends or [], packed):
            groups.setdefault(folder, {}).update(zip(names, digests, strict=True))
            self._last = folder
        return groups if sum(map(len, groups.values())) == len(packed) else None

    def _parse(
        self, index: int, chosen: Range, known: list[bytes] | None
    ) -> tuple[Sequence[bytes], list[bytes]] | None:
        """The digests of a range of one manifest, and what follows each: two spaces and the path."""
        start, end = chosen.spans[index]
        data = _read_at(self._files[index], start, end - start)
        if b"\r" in data or (not data.isascii() and not _is_utf8(data)):
            return None
        return take_apart(data, self._lengths[index], known) or self._parse_in_full(index, data)

    def _parse_in_full(self, index: int, data: bytes) -> tuple[Sequence[bytes], list[bytes]] | None:
        from archive.formats.manifest import parse_blocks

        name, length = self._layout.manifests[index], self._lengths[index]
        digests: list[bytes] = []
        ends: list[bytes] = []
        for block in parse_blocks([data], name, length, before_1_0=self._layout.before_1_0):
            if block.findings:
                return None
            digests += [block.digests[at : at + length] for at in range(0, len(block.digests), length)]
            ends += [b"  " + path for path in block.paths]
            for _, digest, path in block.odd or ():
                digests.append(digest or b"")
                ends.append(b"  " + path)
        return digests, ends

    def _enter(self, folder: bytes) -> Folder | None:
        """The folder, opened from the last one on; None when it cannot be, or lies too deep."""
        assert self._data is not None
        if is_too_deep(folder):
            return None
        parts = folder.split(b"/")[1:]
        path = self._path
        shared = 0
        while shared < min(len(path), len(parts)) and path[shared][0] == parts[shared]:
            shared += 1
        while len(path) > shared:
            path.pop()[1].close()
        try:
            for part in parts[shared:]:
                above = path[-1][1] if path else self._data
                path.append((part, above.enter(os.fsdecode(part))))
        except OSError:
            return None
        return path[-1][1] if path else self._data

    def _judge_folder(self, folder: bytes, lines: dict[bytes, bytes], result: RangeResult, *, edge: bool) -> None:
        directory = self._enter(folder)
        files: list[bytes] = []
        folders: list[bytes] = []
        others: list[bytes] = []
        complete = False
        if directory is not None and not edge:
            try:
                files, folders, others, complete = _list(directory, 4 * len(lines) + _SPARE)
            except OSError:
                directory = None
            if complete and not (files or folders or others):
                directory = None
        if directory is None:
            result.folders.append(FolderResult(folder, False, False, [], []))
            result.lines += [(folder, name, digests) for name, digests in lines.items()]
            return
        names = others
        there = lines
        if complete:
            found = set(files)
            if found != lines.keys():
                there = {name: digests for name, digests in lines.items() if name in found}
                result.lines += [(folder, name, digests) for name, digests in lines.items() if name not in found]
                names = names + [name for name in files if name not in lines]
        left = self._read(directory, folder, there, result)
        result.folders.append(FolderResult(folder, True, complete, folders, names + left if complete else []))

    def _read(self, directory: Folder, folder: bytes, lines: dict[bytes, bytes], result: RangeResult) -> list[bytes]:
        """Read the files and compare them; the names of those that could not be read."""
        if not self._layout.open_files:
            result.files += len(lines)
            return []
        constructors = self._constructors
        first, second = constructors if len(constructors) == 2 else (None, None)
        digested, fd = self._layout.read, directory.fd
        fstat, read, close, open_file = os.fstat, os.read, os.close, os.open
        left: list[bytes] = []
        files = octets = told = 0
        for name, expected in lines.items():
            try:
                descriptor = directory.open(os.fsdecode(name)) if fd is None else open_file(name, READ, dir_fd=fd)
            except OSError:
                left.append(name)
                continue
            try:
                status = fstat(descriptor)
                if status.st_mode & _TYPE != stat.S_IFREG:
                    left.append(name)
                    continue
                size = status.st_size
                if not digested:
                    packed = expected
                elif size < _SMALL and len(content := read(descriptor, size + 1)) == size:
                    if first is not None and second is not None:
                        packed = first(content).digest() + second(content).digest()
                    else:
                        packed = b"".join([one(content).digest() for one in constructors])
                else:
                    size, packed = self._digest_large(descriptor, size)
                    told += size if size >= SIDE_BY_SIDE_FROM else 0
            except OSError:
                left.append(name)
                continue
            finally:
                close(descriptor)
            if status.st_nlink > 1:
                path = folder + b"/" + name
                result.first_hard_link = min(path, result.first_hard_link) if result.hard_links else path
                result.hard_links += 1
            if packed == expected:
                files += 1
                octets += size
            else:
                result.wrong.append((folder, name, size, packed))
                result.lines.append((folder, name, expected))
        result.files += files
        result.octets += octets
        result.lines += [(folder, name, lines[name]) for name in left]
        if self._progress is not None and digested:
            self._progress.advance(max(octets - told, 0))
        return left

    def _digest_large(self, descriptor: int, size: int) -> tuple[int, bytes]:
        """What does not fit one read, or did not come in one."""
        if size < _SMALL:
            os.lseek(descriptor, 0, os.SEEK_SET)
        progress = self._progress if size >= SIDE_BY_SIDE_FROM else None
        return digest_packed(descriptor, self._layout.algorithms, size, progress)


def is_too_deep(folder: bytes) -> bool:
    """True for a folder whose files are left to a walk."""
    return folder.count(b"/") > _DEEPEST


def _runs(ends: list[bytes], packed: Sequence[bytes]) -> Iterator[tuple[bytes, list[bytes], Sequence[bytes]]]:
    """Lines of one folder that follow each other: the folder, the names and the digests."""
    first = 0
    while first < len(ends):
        front = ends[first].rpartition(b"/")[0] + b"/"
        cut = len(front)
        last, step = first + 1, 1
        while last < len(ends) and _is_in(ends[last], front):
            last, step = min(last + step, len(ends)), 2 * step
        while last > first + 1 and not _are_in(ends[first:last], front):
            last = first + (last - first) // 2
        yield front[2:-1], [end[cut:] for end in ends[first:last]], packed[first:last]
        first = last


def _is_in(end: bytes, front: bytes) -> bool:
    return end.startswith(front) and end.find(b"/", len(front)) < 0


def _are_in(ends: list[bytes], front: bytes) -> bool:
    joined = b"\n" + b"\n".join(ends)
    if joined.count(b"\n") != len(ends):
        return all(_is_in(end, front) for end in ends)
    return joined.count(b"\n" + front) == len(ends) and joined.count(b"/") == front.count(b"/") * len(ends)


def _list(directory: Folder, limit: int) -> tuple[list[bytes], list[bytes], list[bytes], bool]:
    """Files, folders and other entries, and whether these are all: a listing of more than `limit` is given up."""
    files: list[str] = []
    folders: list[bytes] = []
    others: list[bytes] = []
    add = files.append
    with directory.scan() as entries:
        for count, entry in enumerate(entries):
            if count >= limit:
                return [], [], [], False
            if entry.is_file(follow_symlinks=False):
                add(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(os.fsencode(entry.name))
            else:
                others.append(IRREGULAR + os.fsencode(entry.name))
    names = os.fsencode("\x00".join(files)).split(b"\x00") if files else []
    return names, folders, others, True


def _may_hold_twins(names: dict[bytes, bytes]) -> bool:
    """False when no two names can differ only in case or in normalisation."""
    joined = b"/".join(names)
    lowered = joined.lower()
    if not joined.isascii():
        from archive.bags.manifest_table import fold

        return len({fold(name) for name in names}) != len(names)
    return lowered != joined and len(set(lowered.split(b"/"))) != len(names)


def _may_not_travel(ends: list[bytes]) -> bool:
    """False when every system can hold these paths. The spaces before each change nothing of that."""
    from archive.formats.portable_names import LONGEST_PATH, may_be_unportable, may_hold_problems

    joined = b"/".join(ends).decode("utf-8", "surrogateescape")
    if may_be_unportable(joined) and may_hold_problems(joined):
        return True
    return 2 * (max(map(len, ends)) - 2) > LONGEST_PATH


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
