"""The one reading of a bag's tag files: declaration, manifests, bag-info.txt, fetch.txt, and what is wrong in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any

from archive.bags.manifest_table import ListedDigests, ManifestTable, normal_form
from archive.bags.members import gravest_of
from archive.bags.opening import NO_OPTIONS, open_file, open_reader
from archive.bags.reader import LIMITS, BagReader, Limits, TooLargeError, in_payload
from archive.errors import FormatError, NotABagError, StorageError
from archive.formats import bagit_txt, manifest, tagfile
from archive.formats.bagpath import to_text
from archive.model.build import NO_PROGRESS, FileRecord, Progress
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import bag as bag_codes
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding, Severity
from archive.model.light import light_dataclass
from archive.storage.hashing import digest_length, is_known, normalise_name

if TYPE_CHECKING:
    from archive.formats.fetch import FetchEntry

_CHUNK = 1 << 20
_WEAK = {"md5", "sha1", "sha224"}
_PACKAGE_INFO = {"0.93", "0.94", "0.95"}
"""Versions that called bag-info.txt package-info.txt."""


@light_dataclass(frozen=True)
class ManifestFile:
    """A manifest that can be used: its file and its algorithm by BagIt name."""

    name: str
    tag: bool
    algorithm: str


@light_dataclass(slots=True)
class BagReading:
    """What has been read of the bag so far; handed on to profile, records and second opinion."""

    subject: str
    reader: BagReader
    limits: Limits
    options: Mapping[str, Any] = field(default_factory=dict)
    declaration: bagit_txt.Declaration = field(default_factory=bagit_txt.Declaration)
    manifests: list[ManifestFile] = field(default_factory=list)
    info: list[tagfile.Tag] = field(default_factory=list)
    fetches: list[FetchEntry] = field(default_factory=list)
    findings: CappedFindings = field(default_factory=bag_findings)
    info_name: str = "bag-info.txt"
    files: int = 0
    octets: int = 0
    _tag_files: frozenset[bytes] | None = None

    def of_kind(self, *, tag: bool) -> list[ManifestFile]:
        return [one for one in self.manifests if one.tag is tag]

    def has(self, path: str) -> bool:
        """True when the bag holds this tag file."""
        if self._tag_files is None:
            self._tag_files = frozenset(self.reader.tag_files())
        return os.fsencode(path) in self._tag_files

    def read(self, path: str, limit: int | None = None) -> bytes | None:
        """A tag file's bytes, or None with a finding where it cannot be had."""
        limit = self.limits.tag_file if limit is None else limit
        try:
            return self.reader.read_tag(os.fsencode(path), limit)
        except TooLargeError:
            self.findings.append(bag_codes.TAG_FILE_TOO_LARGE.at(path, limit=limit))
        except OSError as error:
            self.findings.append(codes.UNREADABLE_FILE.at(path, why=error.strerror or str(error)))
        return None

    def inventory(self, *, tag: bool) -> ManifestTable:
        """What the manifests of one kind list, read again."""
        chosen = self.of_kind(tag=tag)
        inventory = ManifestTable(
            [one.name for one in chosen],
            [digest_length(one.algorithm) for one in chosen],
            before_1_0=self.declaration.before_1_0,
        )
        for index, one in enumerate(chosen):
            problems: list[Finding] = []
            inventory.load(index, self.blocks(one, problems))
            inventory.findings += problems
            if any(problem.severity is Severity.UNCHECKED for problem in problems):
                inventory.unread.add(index)
        inventory.finish()
        return inventory

    def listed(self) -> tuple[dict[bytes, Mapping[str, str]], list[Finding]]:
        """Every path that a manifest lists with its digests in hex by algorithm, and what is wrong with the lines."""
        digests: dict[bytes, Mapping[str, str]] = {}
        findings = bag_findings()
        for tag in (False, True):
            table = self.inventory(tag=tag)
            findings += table.findings
            algorithms = [one.algorithm for one in self.of_kind(tag=tag)]
            for path in list(table.paths()):
                named = [pair for pair in zip(algorithms, table.take(path) or (), strict=False) if pair[1]]
                found: Mapping[str, str] = ListedDigests(named)
                digests[path] = {**digests[path], **found} if path in digests else found
        return digests, list(findings)

    def whole(self) -> Iterator[bytes]:
        """The bytes of the archive that holds the bag, unchanged. Raises OSError and what a bucket raises."""
        file = open_file(self.subject, self.options)
        assert file is not None
        with file.stream:
            while chunk := file.stream.read(_CHUNK):
                yield chunk

    def blocks(self, one: ManifestFile, findings: list[Finding]) -> Iterator[manifest.Block]:
        """The lines of a manifest, block by block; what keeps it from being read goes to `findings`."""
        try:
            chunks: Iterable[bytes] = self._limited(one.name, findings)
            if self.declaration.codec != "utf-8":
                data, problems = tagfile.decode_tag_file(b"".join(chunks), self.declaration.codec, one.name)
                findings += problems
                chunks = [data]
            yield from manifest.parse_blocks(
                chunks, one.name, digest_length(one.algorithm), tag=one.tag, before_1_0=self.declaration.before_1_0
            )
        except OSError as error:
            findings.append(codes.UNREADABLE_FILE.at(one.name, why=error.strerror or str(error)))

    def _limited(self, name: str, findings: list[Finding]) -> Iterator[bytes]:
        """The manifest's chunks; in UTF-8 a byte order mark is taken off and bytes that are not UTF-8 are named."""
        size = 0
        utf8 = self.declaration.codec == "utf-8"
        judge = tagfile.Utf8Judge(name) if utf8 else None
        for chunk in self.reader.stream_tag(os.fsencode(name)):
            size += len(chunk)
            if size > self.limits.manifest:
                findings.append(bag_codes.TAG_FILE_TOO_LARGE.at(name, limit=self.limits.manifest))
                return
            yield chunk if judge is None else judge.take(chunk)
        if judge is not None:
            findings += judge.finish()


class BagView:
    """A bag according to its manifests and files: nothing here reads a payload byte again."""

    def __init__(self, reading: BagReading) -> None:
        self._reading = reading

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms of the payload manifests, in the order of each record's digests."""
        return tuple(one.algorithm for one in self._reading.of_kind(tag=False))

    def has(self, path: str) -> bool:
        """True when the bag holds this tag file."""
        return self._reading.has(path)

    def tag_files(self) -> Iterator[str]:
        """Every tag file, bag-relative, sorted."""
        return map(to_text, self._reading.reader.tag_files())

    def tag_bytes(self, path: str) -> bytes | None:
        """A tag file within the size limit; None where it is not there or cannot be read (a finding says why)."""
        return self._reading.read(path, self._reading.limits.record) if self.has(path) else None

    def tag_chunks(self, path: str) -> Iterator[bytes] | None:
        """A tag file of any size as a stream; None where it is not there. The stream raises OSError."""
        return self._reading.reader.stream_tag(os.fsencode(path)) if self.has(path) else None

    def bag_info(self) -> tuple[tuple[str, str], ...]:
        """The labels and values of bag-info.txt, in their order."""
        return tuple((tag.label, tag.value) for tag in self._reading.info)

    def payload(self) -> Iterator[FileRecord]:
        """Every payload file that is there and listed: its digests as the manifests give them, and its size.

        A digest that a manifest does not give is an empty text.
        """
        for folder, name, size, entry in self._present(set()):
            digests = tuple("" if one is None else one.hex() for one in entry)
            yield FileRecord(to_text(folder + b"/" + name), size, digests)

    def listed(self) -> Iterator[tuple[bytes, bytes, int, list[bytes | None]]]:
        """As `payload`, in bytes: folder, name, size, and the digests in the order of `algorithms`.

        After the files that are there come those that are still to be fetched, with the size that fetch.txt gives, -1
        where it gives none.
        """
        seen: set[bytes] = set()
        yield from self._present(seen)
        missing = [entry for entry in self._reading.fetches if entry.path not in seen]
        if not missing:
            return
        inventory = self._reading.inventory(tag=False)
        for entry in missing:
            digests = inventory.take(entry.path)
            if digests is not None:
                folder, _, name = entry.path.rpartition(b"/")
                yield folder, name, -1 if entry.size is None else entry.size, digests

    def _present(self, seen: set[bytes]) -> Iterator[tuple[bytes, bytes, int, list[bytes | None]]]:
        """The listed files that are there; `seen` gets those that fetch.txt names too."""
        to_fetch = {entry.path for entry in self._reading.fetches}
        inventory = self._reading.inventory(tag=False)
        reader = self._reading.reader
        kept, blind = list(reader.findings), set(reader.blind)
        try:
            for batch in reader.walk((), (), only_payload=True, open_files=False):
                if not in_payload(batch.folder):
                    continue
                for name, size, digest in zip(batch.names, batch.sizes, batch.digests, strict=True):
                    path = batch.folder + b"/" + name
                    if path in to_fetch:
                        seen.add(path)
                    entry = inventory.take(path)
                    if entry is not None and digest is not None:
                        yield batch.folder, name, size, entry
        finally:
            reader.findings.clear()
            reader.findings += kept
            reader.blind.clear()
            reader.blind.update(blind)


def read_bag(subject: str, reader: BagReader, limits: Limits = LIMITS) -> BagReading:
    """Read the tag files of an opened bag; what is wrong with them is in `findings`."""
    reading = BagReading(subject, reader, limits)
    _read_tag_files(reading)
    return reading


@contextmanager
def open_bag(
    subject: str, *, options: Mapping[str, Any] = NO_OPTIONS, progress: Progress = NO_PROGRESS
) -> Iterator[BagReading]:
    """The bag at `subject`, its tag files read, until the context ends. It is not judged.

    Raises `NotABagError` for what has no bagit.txt, `FormatError` for an archive too damaged to tell, and as
    `open_reader`.
    """
    reader = open_reader(subject, options=options, progress=progress)
    try:
        reading = read_bag(subject, reader)
        reading.options = options
        require_declaration(reading)
        yield reading
    finally:
        reader.close()


def require_declaration(reading: BagReading) -> None:
    """Refuse what does not call itself a bag. Raises `NotABagError`, `FormatError`, `StorageError`."""
    refuse_several_bags(reading)
    if reading.has(bagit_txt.SUBJECT):
        return
    fault = gravest_of(reading.reader.findings)
    if fault is not None and b"" in reading.reader.blind:
        kind = FormatError if fault.severity is Severity.ERROR else StorageError
        raise kind(fault.message, subject=reading.subject, remedy="Run archive validate on it")
    raise NotABagError("this is not a bag: it has no bagit.txt", subject=reading.subject)


def has_bag_parts(reading: BagReading) -> bool:
    """True for what is meant to be a bag, whole or damaged: it has a bagit.txt or a manifest.

    A folder data alone does not make a bag: many folders have one. An archive that is broken or hostile counts as one,
    so that this is told.
    """
    reader = reading.reader
    names: list[str] = []
    for finding in reader.findings:
        if finding.kind is codes.SEVERAL_ROOTS and isinstance(roots := finding.facts["roots"], tuple):
            names += [str(root) for root in roots]
        elif finding.severity in (Severity.ERROR, Severity.UNCHECKED):
            return True
    names += [to_text(path) for path in (*reader.tag_files(), *reader.blind) if b"/" not in path]
    if os.path.isdir(reading.subject):
        names += os.listdir(reading.subject)
    return any(makes_bag(name) for name in names)


def refuse_several_bags(reading: BagReading) -> None:
    """Refuse an archive that holds bags side by side or deeper, and has no other error. Raises `NotABagError`."""
    several = False
    for finding in reading.reader.findings:
        if finding.kind is codes.SEVERAL_ROOTS:
            several = True
        elif finding.severity in (Severity.ERROR, Severity.UNCHECKED):
            return
    tags, declaration = reading.reader.tag_files(), bagit_txt.SUBJECT.encode("ascii")
    own = os.path.isdir(reading.subject) or any(makes_bag(to_text(path)) for path in tags if b"/" not in path)
    deeper = 0 if own else sum(path.endswith(b"/" + declaration) for path in tags)
    number = tags.count(declaration) if several and not deeper else deeper
    if deeper or number > 1:
        raise NotABagError(
            f"this archive is not a bag; it holds {'1 bag' if number == 1 else f'{number:,} bags'}",
            subject=reading.subject,
            remedy="Unpack it, then validate each of them",
        )


def makes_bag(name: str) -> bool:
    """True for the name of a file at the top of a folder that only a bag has: bagit.txt or a manifest."""
    return name == bagit_txt.SUBJECT or manifest.parse_manifest_name(name) is not None


def other_forms(reading: BagReading, paths: Iterable[bytes]) -> dict[bytes, bytes]:
    """For listed payload `paths` that are not there: the file that differs only in Unicode normalisation.

    That is one which no manifest lists, or one that they list with the same digests.
    """
    wanted: dict[str, list[bytes]] = {}
    for path in paths:
        if not path.isascii():
            wanted.setdefault(normal_form(path), []).append(path)
    forms: dict[bytes, bytes] = {}
    if not wanted:
        return forms
    listed = reading.inventory(tag=False)
    alike = listed.spelled_alike(path for several in wanted.values() for path in several)
    for batch in reading.reader.walk((), (), only_payload=True, open_files=False):
        for path in batch.paths():
            for absent in () if path.isascii() else wanted.get(normal_form(path), ()):
                if path not in listed or path in alike.get(absent, ()):
                    forms[absent] = path
    return forms


def _read_tag_files(reading: BagReading) -> None:
    reader, findings = reading.reader, reading.findings
    tops = [to_text(path) for path in reader.tag_files() if b"/" not in path]
    if bagit_txt.SUBJECT in tops:
        data = reading.read(bagit_txt.SUBJECT, 1 << 16)
        if data is not None:
            reading.declaration, problems = bagit_txt.parse_declaration(data)
            findings += problems
    elif b"" not in reader.blind:
        findings.append(bag_codes.MISSING_DECLARATION.at(bagit_txt.SUBJECT))
    if not reader.has_payload_folder and b"" not in reader.blind:
        findings.append(bag_codes.NO_PAYLOAD_FOLDER.at("data"))
    _find_manifests(reading, tops)
    before_1_0 = reading.declaration.before_1_0
    if reading.declaration.version in _PACKAGE_INFO and reading.info_name not in tops:
        reading.info_name = "package-info.txt"
    if (data := _decoded(reading, reading.info_name, tops)) is not None:
        reading.info, problems = tagfile.parse_tags(data, reading.info_name, before_1_0=before_1_0)
        findings += problems
        findings += tagfile.judge_reserved(reading.info, reading.info_name)
    if (data := _decoded(reading, "fetch.txt", tops)) is not None:
        from archive.formats import fetch

        reading.fetches, problems = fetch.parse_fetch(data, before_1_0=before_1_0)
        findings += problems


def _decoded(reading: BagReading, name: str, tops: Sequence[str]) -> bytes | None:
    data = reading.read(name) if name in tops else None
    if data is None:
        return None
    decoded, problems = tagfile.decode_tag_file(data, reading.declaration.codec, name)
    reading.findings += problems
    return decoded


def _find_manifests(reading: BagReading, tops: Sequence[str]) -> None:
    taken: set[tuple[bool, str]] = set()
    for top in tops:
        name = manifest.parse_manifest_name(top)
        if name is None:
            continue
        algorithm = normalise_name(name.algorithm)
        if not is_known(name.algorithm):
            reading.findings.append(bag_codes.UNKNOWN_ALGORITHM.at(top, algorithm=name.algorithm))
            continue
        if algorithm != name.algorithm:
            reading.findings.append(bag_codes.ALGORITHM_SPELLING.at(top, found=name.algorithm, expected=algorithm))
        if (name.tag, algorithm) in taken:
            reading.findings.append(bag_codes.REPEATED_MANIFEST.at(top, algorithm=algorithm))
            continue
        taken.add((name.tag, algorithm))
        reading.manifests.append(ManifestFile(top, name.tag, algorithm))
    payload = {one.algorithm for one in reading.of_kind(tag=False)}
    tags = {one.algorithm for one in reading.of_kind(tag=True)}
    if not payload and b"" not in reading.reader.blind:
        reading.findings.append(bag_codes.NO_MANIFEST.at("."))
    elif payload and payload <= _WEAK:
        reading.findings.append(bag_codes.WEAK_ALGORITHMS.at(".", algorithms=tuple(sorted(payload))))
    if payload and not tags:
        reading.findings.append(bag_codes.NO_TAG_MANIFEST.at("."))
    elif payload != tags and payload and tags:
        reading.findings.append(
            bag_codes.OTHER_ALGORITHMS.at(".", tag=tuple(sorted(tags)), payload=tuple(sorted(payload)))
        )
