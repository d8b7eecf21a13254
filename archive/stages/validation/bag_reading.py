"""What has been read of a bag so far: declaration, manifests, tag files, and the findings on the way."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archive.formats import bagit_txt, fetch, manifest, tagfile
from archive.model.codes import bag as bag_codes
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding, Severity
from archive.stages.validation.inventory import Inventory
from archive.storage.bag_medium import BagMedium, Limits, TooLargeError
from archive.storage.hashing import digest_length


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest that can be used: its file and its algorithm by BagIt name."""

    name: str
    tag: bool
    algorithm: str


@dataclass(slots=True)
class BagReading:
    """What has been read of the bag so far; handed on to profile, records and second opinion."""

    subject: str
    medium: BagMedium
    limits: Limits
    declaration: bagit_txt.Declaration = field(default_factory=bagit_txt.Declaration)
    manifests: list[ManifestFile] = field(default_factory=list)
    info: list[tagfile.Tag] = field(default_factory=list)
    fetches: list[fetch.FetchEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    info_name: str = "bag-info.txt"
    files: int = 0
    octets: int = 0
    _tag_files: frozenset[bytes] | None = None

    def of_kind(self, *, tag: bool) -> list[ManifestFile]:
        return [one for one in self.manifests if one.tag is tag]

    def has(self, path: str) -> bool:
        """True when the bag holds this tag file."""
        if self._tag_files is None:
            self._tag_files = frozenset(self.medium.tag_files())
        return os.fsencode(path) in self._tag_files

    def read(self, path: str, limit: int | None = None) -> bytes | None:
        """A tag file's bytes, or None with a finding where it cannot be had."""
        limit = self.limits.tag_file if limit is None else limit
        try:
            return self.medium.read_tag(os.fsencode(path), limit)
        except TooLargeError:
            self.findings.append(bag_codes.TAG_FILE_TOO_LARGE.at(path, limit=limit))
        except OSError as error:
            self.findings.append(codes.UNREADABLE_FILE.at(path, why=error.strerror or str(error)))
        return None

    def inventory(self, *, tag: bool) -> Inventory:
        """What the manifests of one kind list, read anew."""
        chosen = self.of_kind(tag=tag)
        inventory = Inventory([one.name for one in chosen], [digest_length(one.algorithm) for one in chosen])
        for index, one in enumerate(chosen):
            problems: list[Finding] = []
            inventory.load(index, self._blocks(one, problems))
            inventory.findings += problems
            if any(problem.severity is Severity.UNCHECKED for problem in problems):
                inventory.unread.add(index)
        inventory.finish()
        return inventory

    def _blocks(self, one: ManifestFile, findings: list[Finding]) -> Iterator[manifest.Block]:
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
        """The manifest's chunks; in UTF-8 a byte order mark is taken off and bytes that are no UTF-8 are named."""
        size = 0
        utf8 = self.declaration.codec == "utf-8"
        judge = tagfile.Utf8Judge(name) if utf8 else None
        for chunk in self.medium.stream_tag(os.fsencode(name)):
            size += len(chunk)
            if size > self.limits.manifest:
                findings.append(bag_codes.TAG_FILE_TOO_LARGE.at(name, limit=self.limits.manifest))
                return
            yield chunk if judge is None else judge.take(chunk)
        if judge is not None:
            findings += judge.finish()
