"""What format each file has, and what says so: PRONOM by pygfried (Siegfried), else a small built-in table.

A match by the name's extension alone is not an identification: only where the text itself was read, too, is the format
named; else there is no PRONOM key, and a note names the candidate.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from importlib.util import find_spec
from typing import Protocol

from archive.errors import SourceError, UsageError
from archive.formats.signatures import HEAD_SIZE
from archive.model.build import NO_PROGRESS, FileRecord, Identification, Originals, Progress, Tool
from archive.settings import Settings
from archive.stages.scanning.own_reading import contradicts, read_own
from archive.stages.scanning.pronom import Pronom, give_back, take_pronom

_BATCH = 128
_AHEAD = 2
"""Batches that are asked for before the first is answered."""

_KINDS_KEPT = 4096
_WIDTH = 16
_OFFSETS = re.compile(r"[\[\]\d, ]*\d[\[\]\d, ]*")


class Identifications:
    """The formats of a package's files, each file once.

    Of each file a mark of its path and the number of its format are kept, 20 bytes; the formats themselves are few and
    kept once each. Who asks for files in the order in which they were added needs no more memory; else a table of the
    marks is made, about 150 bytes a file. Use it in `with`.
    """

    def __init__(self, tool: Tool | None) -> None:
        self.tool = tool
        self._kinds: dict[Identification, int] = {}
        self._by_number: list[Identification] = []
        self._counts: list[int] = []
        self._marks = bytearray()
        self._numbers = array("I")
        self._next = 0
        self._places: dict[bytes, int] = {}
        self._placed = 0

    def of(self, path: str) -> Identification | None:
        """What the file at this bag path is; None when it was not looked at."""
        mark, place = _mark(path), self._next
        if self._marks[_WIDTH * place : _WIDTH * (place + 1)] != mark:
            while self._placed < len(self._numbers):
                start = _WIDTH * self._placed
                self._places[bytes(self._marks[start : start + _WIDTH])] = self._placed
                self._placed += 1
            found = self._places.get(mark)
            if found is None:
                return None
            place = found
        self._next = place + 1
        return self._by_number[self._numbers[place]]

    def along(self, records: Iterable[FileRecord]) -> Iterator[tuple[FileRecord, Identification | None]]:
        """Each of `records` with what it is, as `of` says."""
        for record in records:
            yield record, self.of(record.path)

    def counts(self) -> tuple[tuple[Identification, int], ...]:
        """Every format found with the number of its files, the most frequent first."""
        return tuple(sorted(zip(self._by_number, self._counts, strict=True), key=lambda pair: -pair[1]))

    def add(self, found: Iterable[tuple[str, Identification]]) -> None:
        """Record what these files are, by bag path."""
        last, number = None, 0
        for path, one in found:
            self._marks += _mark(path)
            if one is not last:
                last, number = one, self._number(one)
            self._counts[number] += 1
            self._numbers.append(number)

    def _number(self, one: Identification) -> int:
        number = self._kinds.get(one)
        if number is None and len(self._kinds) >= _KINDS_KEPT:
            one = _without_offsets(one)
            number = self._kinds.get(one)
        if number is None:
            number = self._kinds[one] = len(self._by_number)
            self._by_number.append(one)
            self._counts.append(0)
        return number

    def close(self) -> None:
        """Let go of what was kept."""
        self._marks.clear()
        self._places.clear()

    def __enter__(self) -> Identifications:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FormatFeed:
    """Looks at files while they come in: `step` now and then, `finish` when all are there. Use it in `with`.

    `records` gives None where there is none for the moment. `settings.identify.formats`: "auto" takes PRONOM where
    pygfried is installed and the table otherwise, "pronom" raises `UsageError` where it is not, "table" takes the
    table, "none" looks at nothing. All methods raise `SourceError` when a file cannot be read.
    """

    def __init__(
        self,
        build: Originals,
        records: Iterator[FileRecord | None],
        settings: Settings,
        found: Identifications | None = None,
    ) -> None:
        self._build = build
        self._records = records
        self._found = found
        self._batch: list[FileRecord] = []
        self._identifier = _choose(settings.identify.formats)

    def step(self) -> None:
        """Take in what was found, and ask for the next files, without waiting."""
        identifier = self._identifier
        if identifier is None:
            return
        while identifier.ready:
            self._collect(identifier)
        while identifier.waiting < _AHEAD and self._fill():
            self._submit(identifier)

    def finish(self, progress: Progress = NO_PROGRESS) -> Identifications:
        """The formats of all files."""
        identifier = self._identifier
        if identifier is None:
            return Identifications(None)
        progress.begin("identifying formats", None)
        try:
            while self._fill() or self._batch:
                size = sum(record.size for record in self._batch)
                while identifier.waiting >= _AHEAD:
                    self._collect(identifier)
                self._submit(identifier)
                progress.advance(size)
            while identifier.waiting:
                self._collect(identifier)
        finally:
            progress.end()
        found = self._found or Identifications(identifier.tool)
        self._found = None
        return found

    def _fill(self) -> bool:
        """Read ahead; True when a whole batch is there."""
        while len(self._batch) < _BATCH:
            record = next(self._records, None)
            if record is None:
                return False
            self._batch.append(record)
        return True

    def _submit(self, identifier: _Identifier) -> None:
        batch, self._batch = self._batch, []
        identifier.submit(self._build, batch)

    def _collect(self, identifier: _Identifier) -> None:
        if self._found is None:
            self._found = Identifications(identifier.tool)
        self._found.add(identifier.collect(self._build))

    def __enter__(self) -> FormatFeed:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._identifier, Pronom):
            give_back(self._identifier)
        self._identifier = None
        if self._found is not None:
            self._found.close()


def identify(build: Originals, settings: Settings, progress: Progress = NO_PROGRESS) -> Identifications:
    """The format of every payload file of `build`, originals and renditions. Raises as `FormatFeed` does."""
    with FormatFeed(build, iter(build.records()), settings) as feed:
        return feed.finish(progress)


def identify_also(found: Identifications, build: Originals, records: Iterable[FileRecord]) -> None:
    """Look at further files, such as renditions, with the tool that made `found`. Raises as `identify` does."""
    if found.tool is not None:
        name = "table" if found.tool == _Table().tool else "pronom"
        with FormatFeed(build, iter(records), Settings().with_flags("identify", formats=name), found) as feed:
            feed.finish()


class _Identifier(Protocol):
    @property
    def tool(self) -> Tool: ...
    @property
    def waiting(self) -> int: ...
    @property
    def ready(self) -> bool: ...
    def submit(self, build: Originals, batch: list[FileRecord]) -> None: ...
    def collect(self, build: Originals) -> list[tuple[str, Identification]]: ...


def _choose(wish: str) -> _Identifier | None:
    if wish == "none":
        return None
    if wish == "table":
        return _Table()
    if find_spec("pygfried") is None:
        if wish == "pronom":
            raise UsageError(
                "formats are to be named by PRONOM, but pygfried is not installed",
                subject="identify.formats",
                remedy="pip install pygfried, or set identify.formats to auto",
            )
        return _Table()
    return take_pronom()


class _Table:
    def __init__(self) -> None:
        from archive import __version__

        self.tool = Tool("muniment format table", __version__)
        self._batches: deque[list[FileRecord]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._batches)

    @property
    def ready(self) -> bool:
        return bool(self._batches)

    def submit(self, build: Originals, batch: list[FileRecord]) -> None:
        del build
        self._batches.append(batch)

    def collect(self, build: Originals) -> list[tuple[str, Identification]]:
        return [(record.path, self._name(build, record)) for record in self._batches.popleft()]

    def _name(self, build: Originals, record: FileRecord) -> Identification:
        try:
            with build.open(record.path) as stream:
                head = stream.read(HEAD_SIZE)
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", subject=record.path) from error
        seen = read_own(head, whole=record.size <= len(head))
        mismatch = contradicts(seen, record.path)
        return Identification(seen.name, seen.version, None, seen.mime, seen.basis, self.tool, None, mismatch)


def _mark(path: str) -> bytes:
    """What stands for a path: a hash that no two of any number of files share."""
    return blake2b(path.encode("utf-8", "surrogateescape"), digest_size=_WIDTH).digest()


def _without_offsets(one: Identification) -> Identification:
    basis = _OFFSETS.sub(" ", one.basis).strip()
    return replace(one, basis=basis)
