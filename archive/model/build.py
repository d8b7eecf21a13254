"""What goes into a bag: tools, formats, files, renditions, and the tree under construction that stages hand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import BinaryIO, Protocol

from archive.model.finding import Finding
from archive.model.light import light_dataclass


class Role(Enum):
    """Which representation a payload file belongs to; the value is its folder under `data/`."""

    ORIGINAL = "original"
    PRESERVATION = "preservation"


@light_dataclass(frozen=True)
class Tool:
    """A program that did something: becomes a PREMIS agent. `note` holds signature files and their dates."""

    name: str
    version: str
    note: str | None = None


@light_dataclass(frozen=True, slots=True)
class Identification:
    """The format of one file and what says so.

    `puid` is the PRONOM key, None when unknown. `basis` is the tool's own words ("byte match at 0, 5"). A match by
    extension alone is not an identification: unless the text was read as well, `puid` is None and `note` names the
    candidate. `note` also keeps what another tool says. `mismatch` is True where the extension means another format.
    """

    name: str
    version: str | None
    puid: str | None
    mime: str | None
    basis: str
    tool: Tool
    note: str | None = None
    mismatch: bool = False


@light_dataclass(frozen=True, slots=True)
class FileRecord:
    """One payload file of a bag.

    `path` is bag-relative ("data/original/x.txt"), surrogateescape where not UTF-8; `digests` are lower-case hex in
    the order of the package's algorithms; `modified` is seconds since the epoch as the source had it.
    """

    path: str
    size: int
    digests: tuple[str, ...]
    modified: float | None = None


class RenditionStatus(Enum):
    """MADE: a rendition was written. KEPT: the original is already a valid PDF/A. NONE: see `reason`."""

    MADE = "made"
    KEPT = "kept"
    NONE = "none"


@light_dataclass(frozen=True)
class Conversion:
    """How a preservation copy was made: its format, the command line without paths, and what was compared."""

    form: str
    command: str = ""
    check: str = ""


@light_dataclass(frozen=True)
class RenditionResult:
    """What became of one original on the way to PDF/A or, with `conversion`, to a preservation copy.

    `claims` are what the file says of itself ("PDF/A-3a", "PDF/UA-1"). `validated` is True or False when a validator
    judged, None when there was none: then the word is "claimed, not validated". `reports` are bag paths of raw tool
    output under metadata/preservation/reports/.
    """

    source: str
    status: RenditionStatus
    path: str | None = None
    claims: tuple[str, ...] = ()
    validated: bool | None = None
    validator: Tool | None = None
    maker: Tool | None = None
    reason: str | None = None
    pages: int | None = None
    reports: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    conversion: Conversion | None = None


@light_dataclass(frozen=True)
class VirusCheck:
    """One virus check over all originals. `infected` pairs a bag path with the signature's name.

    `files` counts the files scanned; `unscanned` pairs a bag path with the reason why the scanner passed it over, and
    nothing may be said of such a file.
    """

    tool: Tool
    files: int
    infected: tuple[tuple[str, str], ...] = ()
    unscanned: tuple[tuple[str, str], ...] = ()


class Progress(Protocol):
    """Receives the progress of long work, in bytes. Implemented in `cli`; `NO_PROGRESS` where it is not shown."""

    def begin(self, label: str, total: int | None) -> None: ...
    def advance(self, size: int) -> None: ...
    def end(self) -> None: ...


class _NoProgress:
    def begin(self, label: str, total: int | None) -> None:
        del label, total

    def advance(self, size: int) -> None:
        del size

    def end(self) -> None:
        return None


NO_PROGRESS: Progress = _NoProgress()


class Originals(Protocol):
    """Files to look into by their bag paths: those of a bag under construction, or of sources before there is one."""

    @property
    def name(self) -> str: ...
    def records(self) -> Iterator[FileRecord]: ...
    def open(self, path: str) -> BinaryIO: ...
    def locate(self, path: str) -> bytes:
        """The file's path in the file system, for tools that want one; it must never reach a record or report."""
        ...


class Build(Originals, Protocol):
    """The bag under construction, in its temporary tree: what each stage after the payload is handed.

    Payload files can be read again and added to, tag files can be added; everything is digested as it is written and is
    listed in the manifests when the bag is sealed. `records` streams from disk: it may be walked more than once and
    holds no list in memory.
    """

    @property
    def algorithms(self) -> tuple[str, ...]: ...
    def add_payload(self, path: str, chunks: Iterable[bytes]) -> FileRecord: ...
    def add_tag(self, path: str, chunks: Iterable[bytes]) -> None: ...
