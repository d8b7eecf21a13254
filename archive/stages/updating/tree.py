"""The payload and the kept tag files of the next version, put together from the old one and from what is new."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from archive.errors import SourceError, from_os_error
from archive.formats.bagpath import to_text
from archive.model.build import FileRecord, Progress
from archive.stages.creation.builder import AT_ONCE, BagBuilder
from archive.stages.creation.metadata import Survey
from archive.stages.creation.premis_record import ORIGINALS
from archive.stages.updating.old_version import OldVersion
from archive.stages.updating.planning import Incoming, UpdatePlan
from archive.storage.copying import Copier, Taken
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor
from archive.storage.placing import Placer


class _Entry(NamedTuple):
    """A file of the next version: its name in its folder, and where it comes from."""

    name: str
    packed: bytes | None
    source: str
    incoming: Incoming | None


class TreeWriter:
    """Writes into `build`; `scratch` is an empty folder beside the tree, in the same file system.

    `records` are the files that were copied and digested, as they are in the new version; `unchanged` counts the
    others. `fresh` are digests that the old manifests do not give, by bag path, in the order of `lacking`.
    `survey` counts the originals of a described bag.
    """

    def __init__(self, old: OldVersion, build: BagBuilder, placer: Placer, copier: Copier, scratch: str) -> None:
        self._old = old
        self._build = build
        self._placer = placer
        self._copier = copier
        self._scratch = scratch
        self._top = Folder.at(old.path)
        offsets = old.table.offsets
        places = {name: slice(*offsets[index : index + 2]) for index, name in enumerate(old.algorithms)}
        self._packed_digests = [places[name] for name in build.algorithms if name in places]
        self.lacking = tuple(name for name in build.algorithms if name not in places)
        self.records: list[FileRecord] = []
        self.fresh: dict[str, tuple[str, ...]] = {}
        self.unchanged = 0
        self.survey = Survey()

    def write_payload(self, plan: UpdatePlan, progress: Progress) -> None:
        """Put every payload file in its place. Raises `SourceError` for one that changed since it was checked, and
        `StorageError`."""
        progress.begin("payload", None)
        try:
            self._build.folder("data").close()
            for folder, entries in self._layout(plan):
                for start in range(0, len(entries), AT_ONCE):
                    self._write(folder, entries[start : start + AT_ONCE], progress)
        except OSError as error:
            raise from_os_error(error, self._old.path) from error
        finally:
            progress.end()

    def _layout(self, plan: UpdatePlan) -> Iterator[tuple[str, list[_Entry]]]:
        """Every folder with its files, both in order."""
        extra: dict[str, list[_Entry]] = {}
        for path, incoming in plan.taken.items():
            folder, _, name = path.rpartition("/")
            extra.setdefault(folder, []).append(_Entry(name, None, path, incoming))
        for path, source in plan.moved.items():
            folder, _, name = path.rpartition("/")
            extra.setdefault(folder, []).append(_Entry(name, self._packed(source), source, None))
        odd: dict[str, list[_Entry]] = {}
        for raw in self._old.table.partial:
            path = to_text(raw)
            if path not in plan.gone:
                odd.setdefault(path.rpartition("/")[0], []).append(_Entry(path.rpartition("/")[2], None, path, None))
        tables = {to_text(folder): table for folder, table in self._old.table.tables.items()}
        for folder in sorted({*tables, *extra, *odd}):
            entries = [
                _Entry(name, packed, path, None)
                for raw, packed in tables.get(folder, {}).items()
                if (path := f"{folder}/{(name := to_text(raw))}") not in plan.gone
            ]
            entries += extra.get(folder, [])
            entries += odd.get(folder, [])
            if entries:
                yield folder, sorted(entries)

    def _packed(self, path: str) -> bytes | None:
        folder, _, name = path.encode("utf-8", "surrogateescape").rpartition(b"/")
        return self._old.table.tables.get(folder, {}).get(name)

    def _write(self, folder: str, entries: Sequence[_Entry], progress: Progress) -> None:
        taken = Taken([], [[] for _ in self._build.algorithms])
        kept_source: tuple[str, Folder] | None = None
        with self._build.folder(folder) as target:
            try:
                for entry in entries:
                    if entry.incoming is not None:
                        self._copy(folder, entry, entry.incoming, target, taken)
                        continue
                    place, _, name = entry.source.rpartition("/")
                    if kept_source is None or kept_source[0] != place:
                        if kept_source is not None:
                            kept_source[1].close()
                        kept_source = (place, self._top.reach(place.split("/")))
                    self._keep(folder, entry, (kept_source[1], name), target, taken)
            finally:
                if kept_source is not None:
                    kept_source[1].close()
        self._build.record(f"{folder}/", taken)
        if self._old.described and f"{folder}/".startswith(ORIGINALS):
            survey = self.survey
            survey.first = survey.first or FileRecord(f"{folder}/{taken.names[0]}", taken.sizes[0], ())
            survey.originals += len(taken.names)
            survey.size += sum(taken.sizes)
        progress.advance(sum(taken.sizes))

    def _keep(self, folder: str, entry: _Entry, source: tuple[Folder, str], target: Folder, taken: Taken) -> None:
        size, modified, is_proven = self._placer.place(*source, target, entry.name)
        packed = entry.packed
        if is_proven and packed is not None and not self.lacking:
            for kept, place in zip(taken.digests, self._packed_digests, strict=True):
                kept.append(packed[place].hex())
        else:
            path = f"{folder}/{entry.name}"
            self._digest_again(path, entry, target, taken, only_lacking=is_proven and packed is not None)
        taken.names.append(entry.name)
        taken.sizes.append(size)
        taken.modified.append(modified)
        self.unchanged += 1

    def _digest_again(self, path: str, entry: _Entry, target: Folder, taken: Taken, *, only_lacking: bool) -> None:
        """Read the file once, for what the old manifests do not say or for what they say of another state of it."""
        known = self._known(entry)
        algorithms = tuple(name for name in self._build.algorithms if not (only_lacking and name in known))
        descriptor = target.open(entry.name)
        try:
            found = dict(zip(algorithms, digest_descriptor(descriptor, algorithms)[1], strict=True))
        finally:
            os.close(descriptor)
        for name, digest in found.items():
            if known.get(name, digest) != digest:
                raise SourceError(
                    "it changed after it was checked", subject=path,
                    remedy="Make sure nothing writes to the bag, then run again",
                )  # fmt: skip
        for kept, name in zip(taken.digests, self._build.algorithms, strict=True):
            kept.append(found.get(name) or known[name])
        if self.lacking:
            self.fresh[path] = tuple(found[name] for name in self.lacking)

    def _known(self, entry: _Entry) -> dict[str, str]:
        listed = self._old.table.digests_of(entry.source.encode("utf-8", "surrogateescape")) or ()
        return {name: digest.hex() for name, digest in zip(self._old.algorithms, listed, strict=False) if digest}

    def _copy(self, folder: str, entry: _Entry, incoming: Incoming, target: Folder, taken: Taken) -> None:
        """Copy one file in and digest it; it gets its new name when it is whole."""
        front, name = os.path.split(incoming.path)
        try:
            source = Folder.at(front)
        except OSError as error:
            raise SourceError(f"it cannot be read: {error.strerror}", subject=incoming.path) from error
        with source, Folder.at(self._scratch) as scratch:
            one = self._copier.copy(
                source, [name], f"{front}/", scratch, frozenset([name]) if incoming.followed else frozenset()
            )
            if scratch.fd is None or target.fd is None:
                os.rename(os.path.join(scratch.path, name), os.path.join(target.path, entry.name))
            else:
                os.rename(name, entry.name, src_dir_fd=scratch.fd, dst_dir_fd=target.fd)
        for kept, digests in zip(taken.digests, one.digests, strict=True):
            kept.extend(digests)
        taken.names.append(entry.name)
        taken.sizes += one.sizes
        taken.modified += one.modified
        modified = one.modified[0]
        self.records.append(
            FileRecord(
                f"{folder}/{entry.name}",
                one.sizes[0],
                tuple(digests[0] for digests in one.digests),
                None if modified is None else modified / 1e9,
            )
        )

    def keep_tags(self, paths: Mapping[str, str]) -> None:
        """Take over tag files of the old version: new names by old ones. Raises `StorageError`."""
        for old, new in paths.items():
            self._build.add_tag(new, self._old.reading.reader.stream(old.encode("utf-8", "surrogateescape")))

    def close(self) -> None:
        """Let go of the old version."""
        self._top.close()

    def __enter__(self) -> TreeWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PartOfBuild:
    """Some originals of a bag under construction, as a `Build` that stages can be handed; what they make is recorded.

    `made` are the payload files that were added through it.
    """

    def __init__(self, build: BagBuilder, records: Sequence[FileRecord]) -> None:
        self._build = build
        self._records = list(records)
        self.made: list[FileRecord] = []

    @property
    def name(self) -> str:
        return self._build.name

    @property
    def algorithms(self) -> tuple[str, ...]:
        return self._build.algorithms

    def records(self) -> Iterator[FileRecord]:
        return iter((*self._records, *self.made))

    def open(self, path: str) -> BinaryIO:
        return self._build.open(path)

    def locate(self, path: str) -> bytes:
        return self._build.locate(path)

    def add_payload(self, path: str, chunks: Iterable[bytes]) -> FileRecord:
        made = self._build.add_payload(path, chunks)
        self.made.append(made)
        return made

    def add_tag(self, path: str, chunks: Iterable[bytes]) -> None:
        self._build.add_tag(path, chunks)
