"""What format each file has, and what says so: PRONOM by pygfried (Siegfried in process), else a small table of ours.

A match by the name's extension alone is not an identification: then there is no PRONOM key, and a note names the
candidate. The Go runtime inside pygfried does not survive a fork: after the first use start processes by spawn only.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any, Protocol

from archive.config import Settings
from archive.errors import SourceError, UsageError
from archive.formats.signatures import HEAD_SIZE, UNKNOWN, recognise
from archive.model.package import NO_PROGRESS, Build, FileRecord, Identification, Progress, Tool

_BATCH = 128
_KINDS_KEPT = 4096
_OFFSETS = re.compile(r"[\[\]\d, ]*\d[\[\]\d, ]*")


class Identifications:
    """The formats of a package's files.

    What was found stands in a temporary database that spills to disk, so that memory does not grow with the number of
    files; the formats themselves are few and kept once each. Close it when done, or use it in `with`.
    """

    def __init__(self, tool: Tool | None) -> None:
        self.tool = tool
        self._kinds: dict[Identification, int] = {}
        self._by_number: list[Identification] = []
        self._counts: list[int] = []
        self._store = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._store.execute("PRAGMA cache_size = -4096")
        self._store.execute("CREATE TABLE file (path BLOB PRIMARY KEY, kind INTEGER NOT NULL) WITHOUT ROWID")

    def of(self, path: str) -> Identification | None:
        """What the file at this bag path is; None when it was not looked at."""
        row = self._store.execute("SELECT kind FROM file WHERE path = ?", (_key(path),)).fetchone()
        return None if row is None else self._by_number[row[0]]

    def counts(self) -> tuple[tuple[Identification, int], ...]:
        """Every format found with the number of its files, the most frequent first."""
        return tuple(sorted(zip(self._by_number, self._counts, strict=True), key=lambda pair: -pair[1]))

    def add(self, found: Iterable[tuple[str, Identification]]) -> None:
        """Record what these files are, by bag path."""
        rows = [(_key(path), self._number(one)) for path, one in found]
        self._store.execute("BEGIN")
        self._store.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", rows)
        self._store.execute("COMMIT")

    def _number(self, one: Identification) -> int:
        number = self._kinds.get(one)
        if number is None and len(self._kinds) >= _KINDS_KEPT:
            one = _without_offsets(one)
            number = self._kinds.get(one)
        if number is None:
            number = self._kinds[one] = len(self._by_number)
            self._by_number.append(one)
            self._counts.append(0)
        self._counts[number] += 1
        return number

    def close(self) -> None:
        """Let go of the temporary database."""
        self._store.close()

    def __enter__(self) -> Identifications:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def identify(build: Build, settings: Settings, progress: Progress = NO_PROGRESS) -> Identifications:
    """The format of every payload file of `build`, originals and renditions.

    `settings.identify.formats`: "auto" takes PRONOM where pygfried is installed and the table otherwise, "pronom"
    raises `UsageError` where it is not, "table" takes the table, "none" looks at nothing. Raises `SourceError` when a
    file cannot be read.
    """
    identifier = _choose(settings.identify.formats)
    if identifier is None:
        return Identifications(None)
    found = Identifications(identifier.tool)
    _look_at(found, identifier, build, build.records(), progress)
    return found


def identify_also(
    found: Identifications, build: Build, records: Iterable[FileRecord], progress: Progress = NO_PROGRESS
) -> None:
    """Look at further files, such as renditions, with the tool that made `found`. Raises as `identify` does."""
    if found.tool is not None:
        identifier = _Table() if found.tool == _Table().tool else _choose("pronom")
        assert identifier is not None
        _look_at(found, identifier, build, records, progress)


def _look_at(
    found: Identifications, identifier: _Identifier, build: Build, records: Iterable[FileRecord], progress: Progress
) -> None:
    progress.begin("identifying formats", None)
    try:
        waiting = iter(records)
        while batch := list(islice(waiting, _BATCH)):
            found.add(identifier.name_batch(build, batch))
            progress.advance(sum(record.size for record in batch))
    finally:
        progress.end()


class _Identifier(Protocol):
    @property
    def tool(self) -> Tool: ...
    def name_batch(self, build: Build, batch: list[FileRecord]) -> list[tuple[str, Identification]]: ...


def _choose(wish: str) -> _Identifier | None:
    if wish == "none":
        return None
    if wish == "table":
        return _Table()
    try:
        import pygfried
    except ImportError as error:
        if wish == "pronom":
            raise UsageError(
                "formats are to be named by PRONOM, but pygfried is not installed",
                subject="identify.formats",
                remedy="pip install pygfried, or set identify.formats to auto",
            ) from error
        return _Table()
    return _pronom(pygfried)


class _Table:
    def __init__(self) -> None:
        from archive import __version__

        self.tool = Tool("muniment format table", __version__)

    def name_batch(self, build: Build, batch: list[FileRecord]) -> list[tuple[str, Identification]]:
        return [(record.path, self._name(build, record)) for record in batch]

    def _name(self, build: Build, record: FileRecord) -> Identification:
        try:
            with build.open(record.path) as stream:
                head = stream.read(HEAD_SIZE)
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", subject=record.path) from error
        name, version, mime, basis = recognise(head, whole=record.size <= len(head))
        return Identification(name, version, None, mime, basis, self.tool)


@cache
def _pronom(pygfried: Any) -> _Pronom:
    """One scanner a process: its signatures take some tenths of a second and many megabytes to load."""
    return _Pronom(pygfried)


class _Pronom:
    def __init__(self, pygfried: Any) -> None:
        self._scanner = pygfried.Scanner()
        self._go_error: type[Exception] = pygfried.GoError
        details, created = self._ask_signatures()
        self.tool = Tool("siegfried", pygfried.version(), f"{details}; signatures built {created}")

    def _ask_signatures(self) -> tuple[str, str]:
        with tempfile.NamedTemporaryFile(prefix="muniment-", suffix=".txt") as probe:
            probe.write(b"text\n")
            probe.flush()
            answer = self._scanner.identify(probe.name, detailed=True)
        return answer["identifiers"][0]["details"], answer["created"]

    def name_batch(self, build: Build, batch: list[FileRecord]) -> list[tuple[str, Identification]]:
        with _SafeNames() as names:
            places = [names.of(build.locate(record.path)) for record in batch]
            try:
                answers = self._scanner.identify_many(places, workers=1)["files"]
            except self._go_error:
                answers = []
            if [answer["filename"] for answer in answers] != places or any(_has_failed(one) for one in answers):
                answers = [self._ask_one(build, place, record) for place, record in zip(places, batch, strict=True)]
        return [(record.path, self._read(answer, record)) for record, answer in zip(batch, answers, strict=True)]

    def _ask_one(self, build: Build, place: str, record: FileRecord) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._scanner.identify(place, detailed=True)["files"][0]
        except self._go_error as error:
            answer = {"errors": str(error), "matches": []}
        if _has_failed(answer):
            _see_that_it_can_be_read(build, record)
        return answer

    def _read(self, answer: dict[str, Any], record: FileRecord) -> Identification:
        matches = [one for one in answer["matches"] if one["ns"] == "pronom"]
        sure = [one for one in matches if one["id"] != "UNKNOWN" and not _by_extension_only(one)]
        if not sure or not record.size or _has_failed(answer):
            return self._unknown(matches, record, broken=_has_failed(answer))
        first = sure[0]
        notes = [one for one in (first["warning"],) if one]
        notes += [f"also {one['id']} {one['format']} {one['version']}".rstrip() for one in sure[1:]]
        return Identification(
            first["format"] or UNKNOWN,
            first["version"] or None,
            first["id"],
            first["mime"] or None,
            first["basis"],
            self.tool,
            "; ".join(notes) or None,
        )

    def _unknown(self, matches: list[dict[str, Any]], record: FileRecord, *, broken: bool) -> Identification:
        named = [one for one in matches if one["id"] != "UNKNOWN"]
        basis = "the file is empty" if not record.size else "no match of bytes"
        if broken:
            return Identification(UNKNOWN, None, None, None, basis, self.tool, "the scanner could not take it apart")
        if named:
            candidates = ", ".join(f"{one['id']} {one['format']} {one['version']}".rstrip() for one in named)
            return Identification(UNKNOWN, None, None, None, basis, self.tool, f"by extension only: {candidates}")
        warning = next((one["warning"] for one in matches if one["warning"]), None)
        return Identification(UNKNOWN, None, None, None, basis, self.tool, None if warning == "no match" else warning)


def _has_failed(answer: dict[str, Any]) -> bool:
    """True when the scanner gave up on a file, as on a container whose end is missing."""
    return bool(answer["errors"]) and answer["errors"] != "empty source"


def _see_that_it_can_be_read(build: Build, record: FileRecord) -> None:
    """A file that the system gives but the scanner cannot take apart is merely unknown. Raises `SourceError` if not."""
    try:
        with build.open(record.path) as stream:
            while stream.read(1 << 20):
                pass
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=record.path) from error


def _by_extension_only(match: dict[str, Any]) -> bool:
    """True when nothing but the name speaks for a match."""
    parts = [part.strip() for part in match["basis"].split(";") if part.strip()]
    return all(part.startswith(("extension match", "filename match", "glob match")) for part in parts)


class _SafeNames:
    """Names that the scanner can take.

    For one that is not UTF-8, or has control characters, that is a link with its extension in a private folder: the
    scanner's answer is JSON in which such names do not survive.
    """

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._made = 0

    def of(self, raw: bytes) -> str:
        name = raw.decode("utf-8", "surrogateescape")
        if name.isprintable():
            return name
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="muniment-names-")
        extension = "".join(c for c in os.path.splitext(name)[1] if c.isascii() and c.isprintable())
        self._made += 1
        link = os.path.join(self._folder.name, f"{self._made}{extension}")
        os.symlink(os.path.abspath(raw), os.fsencode(link))
        return link

    def __enter__(self) -> _SafeNames:
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _key(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _without_offsets(one: Identification) -> Identification:
    basis = _OFFSETS.sub(" ", one.basis).strip()
    return Identification(one.name, one.version, one.puid, one.mime, basis, one.tool, one.note)
