"""`open_bag` and `Bag`: a finished bag to read from, wherever it is kept."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, cast

from archive.bags.contents import BagView
from archive.bags.contents import open_bag as open_reading
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats.naming import path_text
from archive.library.arguments import StrPath, rely_on
from archive.library.progress import Cancellation
from archive.library.reports import ValidationReport
from archive.library.validation import validate
from archive.model.build import FileRecord, Progress
from archive.model.description import Statement
from archive.model.finding import Finding
from archive.model.record import EventView
from archive.model.validation import Depth
from archive.settings import Settings
from archive.targets.reading import reading_options

_STATEMENTS = "metadata/descriptive/statements.json"
_PREMIS = "metadata/preservation/premis.xml"
_PROFILE = "bagit-profile-identifier"


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A payload file that is there and listed in a manifest.

    `path` is bag-relative, such as "data/a.txt", `size` is in bytes, `digests` are those that the manifests list:
    lower-case hex by the algorithm's BagIt name. Reading it does not compare it with them; `Bag.validate` does.
    """

    path: str
    size: int
    digests: dict[str, str] = field(hash=False)
    _bag: Bag = field(repr=False, compare=False)

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces of bounded size.

        Of a bag in a tar only one file can be read at a time. Raises `NotFoundError`, `StorageError`, `FormatError`
        when the archive is broken, `UsageError` when another file of a tar was begun in the meantime.
        """
        return self._bag.stream(self.path)

    def open(self) -> BinaryIO:
        """The content as a binary file to read from; it raises what `chunks` raises."""
        return cast(BinaryIO, io.BufferedReader(_ChunkFile(self.chunks()), 1 << 16))


class Bag:
    """A finished bag, opened for reading. Nothing in it is ever changed.

    It is closed at the end of a `with` block, by `close`, or when the program drops it.
    """

    def __init__(self, path: StrPath, *, settings: Settings | None = None) -> None:
        """`path` is the bag's folder, zip or tar, or its s3:// address; `settings` say how a bucket is reached.

        Raises `NotFoundError` when nothing is there, `NotABagError` (one of these) when it is not a bag, other
        `ArchiveError` when that cannot be told.
        """
        self.path = path_text(path)
        self._settings = rely_on(settings)
        stack = ExitStack()
        options = reading_options(self._settings, self.path)
        self._reading = stack.enter_context(open_reading(self.path, options=options))
        self._view = BagView(self._reading)
        self._stack = stack
        self._streams = 0
        self._closed = False
        weakref.finalize(self, stack.close)

    def __repr__(self) -> str:
        return f"Bag({self.path!r})"

    def __enter__(self) -> Bag:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the bag's files. What was read stays; reading on raises `UsageError`."""
        self._closed = True
        self._stack.close()

    def info(self) -> tuple[tuple[str, str], ...]:
        """The labels and values of bag-info.txt, in their order, repeats kept."""
        return self._view.bag_info()

    def algorithms(self) -> tuple[str, ...]:
        """The digest algorithms of the payload manifests, by their BagIt names."""
        return self._view.algorithms

    @property
    def profile(self) -> tuple[str, ...]:
        """The identifiers of the BagIt profiles that the bag says it meets; whether it does, `validate` tells."""
        return tuple(value for label, value in self.info() if label.lower() == _PROFILE)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What opening the bag showed to be wrong with its tag files. This is not a validation."""
        return (*self._reading.reader.findings, *self._reading.findings)

    def payload(self) -> Iterator[PayloadFile]:
        """Every payload file that is there and listed, in the order of the folder or archive."""
        for file in self.files():
            named = zip(self.algorithms(), file.digests, strict=True)
            yield PayloadFile(file.path, file.size, {name: digest for name, digest in named if digest}, self)

    def files(self) -> Iterator[FileRecord]:
        """As `payload`, as plain records: digests in the order of `algorithms`, "" where a manifest lists none."""
        self._require_open()
        return self._view.payload()

    def tag_files(self) -> tuple[str, ...]:
        """Every file outside data/, bag-relative, sorted."""
        return tuple(self._view.tag_files())

    def read_tag(self, path: str) -> bytes | None:
        """A tag file's bytes, such as "metadata/descriptive/dc.xml"; None where it is not there or too large."""
        self._require_open()
        return self._view.tag_bytes(path_text(path))

    @property
    def description(self) -> tuple[Statement, ...]:
        """Every value of the bag's description that is not restricted, with its language, certainty and source.

        Empty for a bag without metadata/descriptive/statements.json. Raises `FormatError`.
        """
        from archive.formats.statements import read_statements

        content = self.read_tag(_STATEMENTS)
        return () if content is None else read_statements(content)[0]

    def premis_events(self) -> Iterator[EventView]:
        """The events of metadata/preservation/premis.xml in their order, read as a stream; none without that record.

        Raises `FormatError` when the record is not safe, well-formed XML, `StorageError` when it cannot be read.
        """
        from archive.formats.premis_reading import PREMIS_NAMESPACES, read_event
        from archive.formats.xml_safety import XmlRefusedError, stream_xml

        self._require_open()
        chunks = self._view.tag_chunks(_PREMIS)
        if chunks is None:
            return
        tags = [f"{{{namespace}}}event" for namespace in PREMIS_NAMESPACES]
        try:
            for element in stream_xml(chunks, tags, subject=_PREMIS):
                yield read_event(element)
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except XmlRefusedError as error:
            raise FormatError(
                error.finding.message, subject=_PREMIS, remedy="Run archive validate on the bag"
            ) from error
        except OSError as error:
            raise from_os_error(error, self.path) from error

    def stream(self, path: str) -> Iterator[bytes]:
        """The content of any file of the bag in pieces; see `PayloadFile.chunks`."""
        self._require_open()
        self._streams += 1
        mine, single = self._streams, "tar" in self._reading.reader.serialization or self._compressed
        path = path_text(path)
        try:
            for chunk in self._reading.reader.stream(os.fsencode(path)):
                yield chunk
                self._require_open()
                if single and mine != self._streams:
                    raise UsageError(
                        "another file of this tar was begun before this one was read to its end", subject=path,
                        remedy="Read one file after the other, or open the bag twice",
                    )  # fmt: skip
        except FileNotFoundError as error:
            raise NotFoundError("there is no such file in the bag", subject=path) from error
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise FormatError(f"the archive cannot be read any further: {error}", subject=path) from error
        except OSError as error:
            raise from_os_error(error, path) from error

    @property
    def _compressed(self) -> bool:
        return self._reading.reader.serialization in ("application/x-bzip2", "application/x-xz", "application/zstd")

    def validate(
        self,
        *,
        depth: Depth = Depth.FULL,
        profile: StrPath | None = None,
        cross_check: bool = False,
        workers: int | None = None,
        on_finding: Callable[[Finding], object] | None = None,
        progress: Progress | None = None,
        cancellation: Cancellation | None = None,
    ) -> ValidationReport:
        """As `archive.validate`: the bag is read again."""
        return validate(
            self.path, depth=depth, profile=profile, cross_check=cross_check, workers=workers, on_finding=on_finding,
            settings=self._settings, progress=progress, cancellation=cancellation,
        )  # fmt: skip

    def _require_open(self) -> None:
        if self._closed:
            raise UsageError("this bag is closed", subject=self.path, remedy="Open it again")


@contextmanager
def open_bag(path: StrPath, *, settings: Settings | None = None) -> Iterator[Bag]:
    """The bag at `path`, a folder, zip, tar or s3:// address, open until the `with` block ends; it is not judged.

    Raises `NotFoundError`, `NotABagError` when it is not a bag, other `ArchiveError` when it cannot be opened.
    """
    with Bag(path, settings=settings) as bag:
        yield bag


class _ChunkFile(io.RawIOBase):
    """Pieces as a file. It cannot be written to, and a position cannot be chosen."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
