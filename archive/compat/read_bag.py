"""What bagit-python 1.9 says of a bag, by this program's reader: its fields, its entries and its files."""

from __future__ import annotations

import codecs
import os
import unicodedata
import warnings
from collections.abc import Iterator
from typing import Any

from archive.bags.contents import BagReading, read_bag
from archive.bags.opening import open_reader
from archive.compat.bag_errors import (
    BagError,
    BagValidationError,
)
from archive.compat.bag_files import (
    walk_files,
)
from archive.errors import ArchiveError
from archive.formats import tagfile
from archive.formats.bagpath import to_bytes, to_text, unsafe_reason
from archive.formats.fetch import SUBJECT as FETCH
from archive.model.codes import bag as codes
from archive.storage.hashing import known_algorithms

_REQUIRED = ("BagIt-Version", "Tag-File-Character-Encoding")
_REFUSED = {
    codes.CONFLICTING_LINES: "multiple times with conflicting values",
    codes.LISTED_TWICE: "multiple times with the same value",
}


class ReadBag:
    """The bag in the folder `path`, as its tag files tell of it.

    `info` are the fields of bag-info.txt, a list where a label is repeated; `entries` the digests in hex of each listed
    path, by algorithm. Raises `BagError` for what cannot be opened as a bag.
    """

    valid_files = ("bagit.txt", "fetch.txt")
    valid_directories = ("data",)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.tags: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.entries: dict[str, dict[str, str]] = {}
        self.normalized_filesystem_names: dict[str, str] = {}
        self.normalized_manifest_names: dict[str, str] = {}
        self.algorithms: list[str] = []
        self.tag_file_name: str = "bag-info.txt"
        self.path = os.path.abspath(path)
        self._open()

    def __str__(self) -> str:
        return self.path

    @property
    def algs(self) -> list[str]:
        """The same as `algorithms`; deprecated in bagit-python too."""
        warnings.warn("Use Bag.algorithms instead of Bag.algs", DeprecationWarning, stacklevel=2)
        return self.algorithms

    @property
    def version(self) -> str:
        """The version as it is written; deprecated in bagit-python too."""
        warnings.warn("Use the Bag.version_info tuple instead of Bag.version", DeprecationWarning, stacklevel=2)
        return self._version

    def _open(self) -> None:
        declaration = os.path.join(self.path, "bagit.txt")
        if not os.path.isfile(declaration):
            raise BagError(f"Expected bagit.txt does not exist: {declaration}")
        self.tags = _load_tags(declaration, "utf-8")
        missing = [label for label in _REQUIRED if label not in self.tags]
        if missing:
            raise BagError(f"Missing required tag in bagit.txt: {', '.join(missing)}")
        self._version = str(self.tags["BagIt-Version"])
        try:
            self.version_info = tuple(int(part) for part in self._version.split(".", 1))
        except (ValueError, AttributeError):
            raise BagError(f"Bag version numbers must be MAJOR.MINOR numbers, not {self._version}") from None
        if not (0, 93) <= self.version_info < (2,):
            raise BagError(f"Unsupported bag version: {self._version}")
        self.encoding = self.tags["Tag-File-Character-Encoding"]
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise BagValidationError(f"Unsupported encoding: {self.encoding}") from None
        if self.version_info <= (0, 95):
            self.tag_file_name = "package-info.txt"
        info = os.path.join(self.path, self.tag_file_name)
        if os.path.exists(info):
            self.info = _load_tags(info, self.encoding)
        self._load_manifests()

    def _load_manifests(self) -> None:
        reading = self._read()
        try:
            digests, findings = reading.listed()
            self.algorithms = list(dict.fromkeys(one.algorithm for one in reading.manifests))
        finally:
            reading.reader.close()
        for one in findings:
            if one.kind is codes.UNSAFE_PATH:
                raise BagError(f'Path "{one.facts["path"]}" in manifest "{self._inside(one.subject)}" is unsafe')
            if one.kind in _REFUSED:
                algorithm = one.subject.partition("-")[2].removesuffix(".txt")
                raise BagError(f"{self}: {algorithm} manifest lists {one.facts['path']} {_REFUSED[one.kind]}")
        self.entries = {to_text(path).replace("/", os.sep): dict(found) for path, found in digests.items()}
        self.normalized_manifest_names = {normalize_unicode(path): path for path in self.entries}

    def _read(self) -> BagReading:
        """The bag's tag files as the validator reads them; its reader is the caller's to close."""
        try:
            return read_bag(self.path, open_reader(self.path))
        except ArchiveError as error:
            raise BagError(str(error)) from error

    def _inside(self, path: str) -> str:
        return os.path.join(self.path, path)

    def manifest_files(self) -> Iterator[str]:
        """The paths of the payload manifests."""
        return self._manifests("manifest")

    def tagmanifest_files(self) -> Iterator[str]:
        """The paths of the tag manifests."""
        return self._manifests("tagmanifest")

    def _manifests(self, kind: str) -> Iterator[str]:
        for algorithm in known_algorithms():
            path = self._inside(f"{kind}-{algorithm}.txt")
            if os.path.isfile(path):
                yield path

    def payload_files(self) -> Iterator[str]:
        """The bag path of every file under data/."""
        for path in walk_files(self._inside("data")):
            named = os.path.join("data", path)
            self.normalized_filesystem_names[normalize_unicode(named)] = named
            yield named

    def payload_entries(self) -> dict[str, dict[str, str]]:
        """The entries of payload files."""
        return {path: found for path, found in self.entries.items() if path.startswith(f"data{os.sep}")}

    def tagfile_entries(self) -> dict[str, dict[str, str]]:
        """The entries of tag files."""
        return {path: found for path, found in self.entries.items() if not path.startswith(f"data{os.sep}")}

    def missing_optional_tagfiles(self) -> Iterator[str]:
        """The tag files that a tag manifest lists and that are not there."""
        return (path for path in self.tagfile_entries() if not os.path.isfile(self._inside(path)))

    def compare_manifests_with_fs(self) -> tuple[list[str], list[str]]:
        """What only the manifests list, and what is only in the folder; names are compared after NFC."""
        there = {normalize_unicode(path) for path in self.payload_files()}
        listed = {normalize_unicode(path) for path in self.payload_entries()}
        if self.version_info >= (0, 97):
            listed.update(normalize_unicode(path) for path in self.missing_optional_tagfiles())
        return (
            [self.normalized_manifest_names[name] for name in sorted(listed - there)],
            [self.normalized_filesystem_names[name] for name in sorted(there - listed)],
        )

    def compare_fetch_with_fs(self) -> list[str]:
        """The files that fetch.txt names and that are not there."""
        there = set(self.payload_files())
        return [path for path in dict.fromkeys(self.files_to_be_fetched()) if path not in there]

    def fetch_entries(self) -> Iterator[tuple[str, str, str]]:
        """Address, length and path of each line of fetch.txt, as written. Raises `BagError` for an unsafe path."""
        path = self._inside(FETCH)
        if not os.path.isfile(path):
            return
        with open(path, encoding=self.encoding, errors="surrogateescape", newline=None) as file:
            for line in file:
                parts = line.strip().split(None, 2)
                if not parts:
                    continue
                if len(parts) != 3:
                    raise BagError(f"Malformed line in fetch.txt: {line.strip()}")
                if unsafe_reason(to_bytes(parts[2])) is not None:
                    raise BagError(f'Path "{parts[2]}" in "{path}" is unsafe')
                yield parts[0], parts[1], parts[2]

    def files_to_be_fetched(self) -> Iterator[str]:
        """The path of each line of fetch.txt."""
        return (path for _url, _size, path in self.fetch_entries())

    def has_oxum(self) -> bool:
        """Whether bag-info.txt has a Payload-Oxum."""
        return "Payload-Oxum" in self.info


def normalize_unicode(text: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFC", text)


def _load_tags(path: str, encoding: str) -> dict[str, Any]:
    """The fields of a tag file, those of a repeated label as a list. Raises `BagValidationError`."""
    with open(path, "rb") as file:
        content = file.read()
    decoded, _findings = tagfile.decode_tag_file(content, codecs.lookup(encoding).name, os.path.basename(path))
    tags, findings = tagfile.parse_tags(decoded, os.path.basename(path), before_1_0=True)
    broken = next((one for one in findings if one.kind is codes.MALFORMED_TAG), None)
    if broken is not None:
        line = decoded.splitlines()[(broken.line or 1) - 1].decode("utf-8", "replace").strip()
        raise BagValidationError(f"{os.path.basename(path)} contains invalid tag: {line}")
    found: dict[str, Any] = {}
    for tag in tags:
        if tag.label not in found:
            found[tag.label] = tag.value
        elif isinstance(found[tag.label], list):
            found[tag.label].append(tag.value)
        else:
            found[tag.label] = [found[tag.label], tag.value]
    return found
