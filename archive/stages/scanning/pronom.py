"""Formats by PRONOM: what Siegfried (pygfried) says of each file, in a process of its own, and what is made of it.

Siegfried holds Python's lock while it works, and its Go runtime wakes threads on every core. In a process of its own,
on one core, it goes on while files are copied, its memory is separate, and a file on which it breaks costs that file
its name and nothing else.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
from collections import deque
from typing import Any

from archive.errors import SourceError
from archive.formats.signatures import HEAD_SIZE, UNKNOWN
from archive.model.build import FileRecord, Identification, Originals, Tool
from archive.stages.scanning.own_reading import confirms, contradicts, extension_of, fits, is_message, read_own
from archive.stages.scanning.pronom_process import PronomProcess, read_answer

_OWN = "the format table of muniment"
_REMEMBERED = 4096
_STRICT = {"fmt/1828": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""Media types where PRONOM has another format's: it calls a strict workbook a Word document (signatures of 2026)."""
_BROKEN: dict[str, Any] = {"errors": "the scanner ended", "matches": []}


class Pronom:
    """Names batches of files, in the order in which they were submitted. Close it when done."""

    def __init__(self) -> None:
        self._process = PronomProcess()
        self._waiting: deque[tuple[list[FileRecord], list[str], _SafeNames]] = deque()
        self._tool: Tool | None = None
        self._plain: dict[bytes, Identification] = {}

    @property
    def tool(self) -> Tool:
        """Siegfried, its version and its signatures."""
        if self._tool is None:
            version, details, created = self._process.hello()
            self._tool = Tool("siegfried", version, f"{details}; signatures built {created}")
        return self._tool

    @property
    def waiting(self) -> int:
        """How many batches have no answer yet."""
        return len(self._waiting)

    @property
    def ready(self) -> bool:
        """True when the answer to the first batch is there."""
        return bool(self._waiting) and self._process.has_answer

    def submit(self, build: Originals, batch: list[FileRecord]) -> None:
        """Ask for these files, and go on."""
        names = _SafeNames()
        places = [names.of(build.locate(record.path)) for record in batch]
        self._process.ask(places)
        self._waiting.append((batch, places, names))

    def collect(self, build: Originals) -> list[tuple[str, Identification]]:
        """What the files of the first batch are. Raises `SourceError` when one cannot be read."""
        batch, places, names = self._waiting.popleft()
        try:
            said = self._process.answer()
            answers = {one: read_answer(one) for one in set(said)}
            if len(said) == len(batch) and not any(map(_has_failed, answers.values())):
                return [
                    (record.path, self._recall(build, one, answers[one], record))
                    for record, one in zip(batch, said, strict=True)
                ]
            apart = [self._ask_one(build, *pair) for pair in zip(places, batch, strict=True)]
        finally:
            names.close()
        return [(record.path, self._read(build, one, record)) for record, one in zip(batch, apart, strict=True)]

    def _recall(self, build: Originals, raw: bytes, answer: dict[str, Any], record: FileRecord) -> Identification:
        """As `_read`; an answer that needs no look at the file is read once."""
        known = self._plain.get(raw) if record.size else None
        if known is None:
            known = self._read(build, answer, record)
            if record.size and _tells_all(answer) and len(self._plain) < _REMEMBERED:
                self._plain[raw] = known
        return known

    def close(self) -> None:
        """End the process; batches without an answer are dropped."""
        for _batch, _places, names in self._waiting:
            names.close()
        self._waiting.clear()
        self._process.close()

    def _ask_one(self, build: Originals, place: str, record: FileRecord) -> dict[str, Any]:
        answer = self._process.ask_apart(place) or _BROKEN
        if _has_failed(answer):
            _see_that_it_can_be_read(build, record)
        return answer

    def _read(self, build: Originals, answer: dict[str, Any], record: FileRecord) -> Identification:
        matches, sure = _matches_of(answer)
        if not sure or not record.size or _has_failed(answer):
            return self._without_signature(build, matches, record, broken=_has_failed(answer))
        first = sure[0]
        notes = [one for one in (first["warning"],) if one]
        mismatch = "extension mismatch" in first["warning"] and bool(extension_of(record.path))
        mime = _STRICT.get(first["id"], first["mime"])
        if mismatch or not mime:
            head = _head_of(build, record)
            seen = read_own(head, whole=record.size <= len(head))
            if is_message(seen, record.path):
                said = f"{self.tool.name} says {first['format']} {first['id']}"
                return Identification(seen.name, seen.version, None, seen.mime, seen.basis, self.tool, said)
            mismatch = mismatch and not fits(mime, record.path)
            if mismatch and seen.mime and mime and seen.mime != mime:
                notes.append(f"{_OWN} says {seen.name}")
            if not mime and seen.is_text:
                mime = seen.mime
        notes += [f"also {one['id']} {one['format']} {one['version']}".rstrip() for one in sure[1:]]
        return Identification(
            first["format"] or UNKNOWN,
            first["version"] or None,
            first["id"],
            mime or None,
            first["basis"],
            self.tool,
            "; ".join(notes) or None,
            mismatch,
        )

    def _without_signature(
        self, build: Originals, matches: list[dict[str, Any]], record: FileRecord, *, broken: bool
    ) -> Identification:
        """A file that no signature matches: what its extension says where its text confirms it, else what its bytes
        show to the program's own table, else unknown."""
        unknown = self._unknown(matches, record, broken=broken)
        if not record.size:
            return unknown
        named = [one for one in matches if one["id"] != "UNKNOWN"]
        head = _head_of(build, record)
        whole = record.size <= len(head)
        seen = read_own(head, whole=whole)
        if len(named) == 1 and not broken and confirms(seen, named[0]["mime"], head, whole=whole):
            one = named[0]
            basis = f"{one['basis']}; {seen.basis}"
            return Identification(
                one["format"], one["version"] or None, one["id"], one["mime"] or seen.mime, basis, self.tool,
                "text read by muniment",
            )  # fmt: skip
        if seen.name == UNKNOWN:
            return unknown
        return Identification(
            seen.name, seen.version, None, seen.mime, seen.basis, self.tool,
            "; ".join(part for part in (f"named by {_OWN}", f"{self.tool.name}: {unknown.note or 'no match'}") if part),
            contradicts(seen, record.path),
        )  # fmt: skip

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


_idle: list[Pronom] = []
_lock = threading.Lock()


def take_pronom() -> Pronom:
    """One that is not in use, for its process takes some tenths of a second to start, or a new one. Give it back."""
    with _lock:
        return _idle.pop() if _idle else Pronom()


def give_back(pronom: Pronom) -> None:
    """Keep it for the next who needs one, unless something is unanswered."""
    with _lock:
        if pronom.waiting or _idle:
            pronom.close()
        else:
            _idle.append(pronom)


@atexit.register
def _end_idle() -> None:
    for pronom in _idle:
        pronom.close()


def _head_of(build: Originals, record: FileRecord) -> bytes:
    try:
        with build.open(record.path) as stream:
            return stream.read(HEAD_SIZE)
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=record.path) from error


def _matches_of(answer: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """PRONOM's matches, and those among them for which more than the name speaks."""
    matches = [one for one in answer["matches"] if one["ns"] == "pronom"]
    return matches, [one for one in matches if one["id"] != "UNKNOWN" and not _by_extension_only(one)]


def _tells_all(answer: dict[str, Any]) -> bool:
    """True where the answer alone says what a file is: a signature matched, with a media type, and the name fits it."""
    sure = _matches_of(answer)[1]
    return (
        bool(sure)
        and bool(sure[0]["mime"])
        and "extension mismatch" not in sure[0]["warning"]
        and not _has_failed(answer)
    )


def _has_failed(answer: dict[str, Any]) -> bool:
    """True when the scanner gave up on a file, as on a container whose end is missing."""
    return bool(answer["errors"]) and answer["errors"] != "empty source"


def _see_that_it_can_be_read(build: Originals, record: FileRecord) -> None:
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

    def close(self) -> None:
        """Take the links away."""
        if self._folder is not None:
            self._folder.cleanup()
