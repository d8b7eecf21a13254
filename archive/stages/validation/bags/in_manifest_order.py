"""Judging a bag's payload in the order of its manifests: memory does not grow with the bag, and workers share it.

The manifests are parsed by the reader's own code, range by range, and the files of each range are read and compared
there and then. What agrees is only counted. Everything else, with everything that no line names, is left over for
`Fixity`, so that one rule judges it. A bag whose manifests are not lockstep, or irregular in any way, is not judged
here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from archive.bags.contents import BagReading
from archive.bags.manifest_ranges import Layout, Range, RangeJudge, RangeResult, is_too_deep, plan_ranges
from archive.bags.manifest_table import ManifestTable
from archive.bags.reader import Batch, Beat, FolderWalker, no_beat
from archive.formats import tagfile
from archive.formats.manifest import manifest_name
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.stages.validation.bags.portability import find_unportable, unportable_findings
from archive.stages.validation.bags.workers import Crew, choose_crew, judge_ranges
from archive.storage.hashing import digest_length

_GOAL = 1 << 17
"""A range is about so many bytes of the first manifest, about a thousand lines, at most."""

_LEAST = 1 << 14
_PAYLOAD = 64 << 20
"""A range of large files is so many bytes of payload."""

_RANGES_A_WORKER = 8


@light_dataclass(slots=True)
class Leftover:
    """What is still to be judged: the lines whose file did not agree, and the files that are not in `known` folders.

    `files` and `octets` count the payload files that agreed; `unportable` warns of listed paths that cannot travel.
    """

    lines: ManifestTable
    twins: CappedFindings = field(default_factory=bag_findings)
    files: int = 0
    octets: int = 0
    known: set[bytes] = field(default_factory=set)
    starts: set[bytes] = field(default_factory=set)
    names: dict[bytes, list[bytes]] = field(default_factory=dict)
    wrong: list[Batch] = field(default_factory=list)
    hard_links: tuple[int, bytes] = (0, b"")
    unportable: tuple[Finding, ...] = ()

    def batches(
        self, reader: FolderWalker, payload: tuple[str, ...], tags: tuple[str, ...], *, open_files: bool = True
    ) -> Iterator[Batch]:
        """Every tag file, and every payload file that did not agree or was not looked at."""
        yield from self.wrong
        yield from reader.walk_rest(
            payload, tags, known=self.known, starts=self.starts, names=self.names, hard_links=self.hard_links,
            open_files=open_files,
        )  # fmt: skip


def read_in_manifest_order(
    reading: BagReading, *, workers: int | None = None, progress: Progress = NO_PROGRESS, read: bool = True,
    open_files: bool = True, beat: Beat = no_beat,
) -> Leftover | None:  # fmt: skip
    """Compare the payload of a bag in a folder with its manifests, and say what is left over.

    With `read` each file is read and its digests are compared; without, it is only looked for: opened, or without
    `open_files` found by its name. None when the bag cannot be judged in this way. Raises OSError and `ArchiveError`
    when reading cannot go on.
    """
    manifests, reader = reading.of_kind(tag=False), reading.reader
    lockstep = bool(manifests) and reading.declaration.codec == "utf-8" and not reading.fetches
    if not lockstep or not isinstance(reader, FolderWalker) or not reader.has_payload_folder or reader.blind:
        return None
    layout = Layout(
        reading.subject,
        None,
        tuple(one.name for one in manifests),
        tuple(one.algorithm for one in manifests),
        reading.declaration.before_1_0,
        read,
        open_files,
        names=open_files,
    )
    return _judge(layout, _octets(reading), reading.limits.manifest, workers=workers, progress=progress, beat=beat)


def differs(bag: str, data: str, algorithms: tuple[str, ...]) -> bool:
    """True when the manifests in `bag` do not list exactly the files below `data`, its payload before it is put there.

    False also where only the finished bag can tell. Raises OSError.
    """
    layout = Layout(bag, data, tuple(manifest_name(one) for one in algorithms), algorithms, False, False)
    left = _judge(layout, None, 1 << 62)
    if left is None:
        return False
    if left.names or any(lines for folder, lines in left.lines.tables.items() if not is_too_deep(folder)):
        return True
    judge = RangeJudge(layout)
    try:
        waiting = list(left.starts)
        while waiting:
            folder = waiting.pop()
            if is_too_deep(folder):
                continue
            files, folders, others = judge.list_folder(folder)
            if files or others:
                return True
            waiting += [path for name in folders if (path := folder + b"/" + name) not in left.known]
    finally:
        judge.close()
    return False


def _judge(
    layout: Layout, octets: int | None, limit: int, *, workers: int | None = 1, progress: Progress = NO_PROGRESS,
    beat: Beat = no_beat,
) -> Leftover | None:  # fmt: skip
    try:
        ranges, crew = _plan(layout, octets, limit, workers)
        if ranges is None:
            return None
        merging = _Merging(layout)
        for number, result in judge_ranges(layout, ranges, crew, progress):
            beat(0)
            if result.irregular:
                return None
            merging.take(number, result)
        return merging.finish(ranges)
    except OSError:
        return None


def _plan(layout: Layout, octets: int | None, limit: int, workers: int | None) -> tuple[list[Range] | None, Crew]:
    """The ranges, small enough to keep every worker busy to the end, and the workers."""
    trial = plan_ranges(layout, _GOAL, limit)
    if not trial:
        return trial, Crew(1, False)
    files, size = sum(one.lines for one in trial), trial[-1].spans[0][1]
    crew = choose_crew(workers if layout.read else 1, layout.root, files, octets or 0)
    if crew.workers == 1:
        return trial, crew
    goal = max(_LEAST, size // (crew.workers * _RANGES_A_WORKER))
    if crew.threads:
        goal = max(1, min(goal, size // crew.workers, size * _PAYLOAD // max(octets or 1, 1)))
    return plan_ranges(layout, min(goal, _GOAL), limit), crew


def _octets(reading: BagReading) -> int | None:
    """The payload's size as the bag says it; only the choice of workers depends on it."""
    stated = [tagfile.parse_oxum(value) for value in tagfile.values_of(reading.info, "Payload-Oxum")]
    return stated[0][0] if stated and stated[0] else None


class _Merging:
    """Puts together what came of the ranges."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._left = Leftover(ManifestTable(layout.manifests, [digest_length(one) for one in layout.algorithms]))
        self._ranges: dict[bytes, int] = {}
        self._pending: dict[bytes, set[int]] = {}
        self._opened: set[bytes] = set()
        self._folders: list[bytes] = []
        self._odd_names: list[int] = []
        self._wrong: dict[bytes, Batch] = {}

    def take(self, number: int, result: RangeResult) -> None:
        """Take the result of range `number`."""
        left = self._left
        left.files += result.files
        left.octets += result.octets
        if result.odd_names:
            self._odd_names.append(number)
        if result.hard_links:
            count, first = left.hard_links
            left.hard_links = count + result.hard_links, min(first or result.first_hard_link, result.first_hard_link)
        for folder, name, digests in result.lines:
            left.lines.tables.setdefault(folder, {})[name] = digests
        for folder, name, size, digests in result.wrong:
            batch = self._wrong.setdefault(folder, Batch(folder, [], [], []))
            batch.names.append(name)
            batch.sizes.append(size)
            batch.digests.append(digests)
        for one in result.folders:
            before = self._ranges.setdefault(one.folder, number)
            if before != number or (one.opened and not one.complete):
                self._pending.setdefault(one.folder, {before}).add(number)
            if one.opened:
                self._opened.add(one.folder)
            if one.names:
                left.names[one.folder] = one.names
            self._folders += [one.folder + b"/" + name for name in one.folders]
        for folder in result.cased:
            self._pending.setdefault(folder, {number})

    def finish(self, ranges: list[Range]) -> Leftover | None:
        """What is left over; None when a path is listed twice, or a folder changed meanwhile. Raises OSError."""
        if self._pending and not self._settle(ranges):
            return None
        left = self._left
        left.wrong = list(self._wrong.values())
        left.known = {b"data", *self._opened}
        for folder in self._opened:
            while (folder := folder.rpartition(b"/")[0]) and folder not in left.known:
                left.known.add(folder)
        left.starts = left.known - self._opened
        left.starts |= {folder for folder in self._folders if folder not in left.known}
        listed = ManifestTable((), ())
        listed.tables = {folder: {} for folder in self._ranges}
        left.twins += listed.twins()
        if self._odd_names:
            left.unportable = self._find_unportable(ranges)
        return left

    def _find_unportable(self, ranges: list[Range]) -> tuple[Finding, ...]:
        """The warnings of the ranges that may have some, in the order of the manifests: these are read once more."""
        found = unportable_findings()
        judge = RangeJudge(self._layout)
        try:
            for number in sorted(self._odd_names):
                find_unportable(judge.paths(ranges[number]), found)
        finally:
            judge.close()
        return found.all()

    def _settle(self, ranges: list[Range]) -> bool:
        """List the folders whose lines are in several ranges, now that all of these are known."""
        names: dict[bytes, list[bytes]] = {folder: [] for folder in self._pending}
        judge = RangeJudge(self._layout)
        try:
            for number in sorted(set().union(*self._pending.values())):
                for path in judge.paths(ranges[number]):
                    folder, _, name = path.rpartition(b"/")
                    if folder in names:
                        names[folder].append(name)
            return all(self._settle_folder(folder, names.pop(folder), judge) for folder in sorted(names))
        finally:
            judge.close()

    def _settle_folder(self, folder: bytes, listed: list[bytes], judge: RangeJudge) -> bool:
        table = dict.fromkeys(listed, b"")
        if len(table) != len(listed):
            return False
        twins = ManifestTable((), ())
        twins.tables = {folder: table}
        self._left.twins += twins.twins()
        if folder not in self._opened:
            return True
        files, folders, others = judge.list_folder(folder)
        wrong = self._wrong.get(folder)
        unread = self._left.lines.tables.get(folder, {}).keys() - (wrong.names if wrong is not None else ())
        settled = table.keys() - unread
        if not settled <= set(files):
            return False
        left = others + [name for name in files if name not in settled]
        self._left.names.pop(folder, None)
        if left:
            self._left.names[folder] = left
        self._folders += [folder + b"/" + name for name in folders]
        return True
