"""`Bag` of bagit-python 1.9: what is in a bag comes from this program's reader, the judgement from its validator."""

from __future__ import annotations

import codecs
import logging
import os
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from archive.bags.contents import BagReading, read_bag
from archive.bags.opening import open_reader
from archive.compat.bag_errors import (
    BagError,
    BagValidationError,
    ChecksumMismatch,
    FileMissing,
    ManifestErrorDetail,
    UnexpectedFile,
)
from archive.compat.bag_files import (
    hash_all,
    unreadable,
    unwritable,
    walk_files,
    write_info,
    write_manifests,
    write_tag_manifest,
)
from archive.errors import ArchiveError
from archive.formats import tagfile
from archive.formats.bagpath import to_bytes, to_text, unsafe_reason
from archive.formats.fetch import SUBJECT as FETCH
from archive.model.codes import bag as codes
from archive.model.finding import Finding, Severity
from archive.model.validation import Depth
from archive.stages.validation.bags.bag import validate_bag
from archive.storage.hashing import known_algorithms

LOGGER = logging.getLogger("bagit")
_REQUIRED = ("BagIt-Version", "Tag-File-Character-Encoding")
_REFUSED = {
    codes.CONFLICTING_LINES: "multiple times with conflicting values",
    codes.LISTED_TWICE: "multiple times with the same value",
}

_SINCE_1_0 = (codes.TAG_MANIFEST_LACKS_MANIFEST, codes.FETCH_UNLISTED)
"""What RFC 8493 demands (2.2.1, 2.2.3) and bagit-python's own tests contradict: of bags that say that they are older, a
warning here. `archive validate` refuses them all the same."""


class Bag:
    """The bag in the folder `path`.

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

    def save(self, processes: int = 1, manifests: bool = False) -> None:
        """Write `info` and the tag manifests, with `manifests` the payload manifests too. Raises `BagError`."""
        if not self.path:
            raise BagError("Bag.save() called before setting the path!")
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise BagError(f"Cannot save bag to non-existent or inaccessible directory {self.path}")
        require_access(self.path)
        if manifests:
            tasks = ((self.path, os.path.join("data", path), tuple(self.algorithms)) for path in self._payload())
            hashed = hash_all(tasks, processes)
            size, count = write_manifests(self.path, hashed, self.algorithms, front="", encoding=self.encoding)
            self.info["Payload-Oxum"] = f"{size}.{count}"
        write_info(self._inside(self.tag_file_name), self.info)
        for algorithm in self.algorithms:
            write_tag_manifest(self.path, algorithm, self.encoding)
        self._load_manifests()

    def _payload(self) -> Iterator[str]:
        return walk_files(self._inside("data"))

    def validate(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> bool:
        """True when the bag is valid: with `fast` by Payload-Oxum alone, with `completeness_only` without any digest.

        Raises `BagValidationError` with what is wrong.
        """
        self._validate_structure()
        self._validate_bagittxt()
        self.validate_fetch()
        self._validate_contents(processes=processes, fast=fast, completeness_only=completeness_only)
        return True

    def is_valid(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> bool:
        """Whether `validate` passes."""
        try:
            return self.validate(processes=processes, fast=fast, completeness_only=completeness_only)
        except BagError:
            return False

    def _validate_structure(self) -> None:
        if not os.path.isdir(self._inside("data")):
            raise BagValidationError(f"Expected data directory {self._inside('data')} does not exist")
        if not list(self.manifest_files()):
            raise BagValidationError("No manifest files found")
        if not os.path.isfile(self._inside("bagit.txt")):
            raise BagValidationError(f'Expected {self.path} to contain "bagit.txt"')

    def _validate_bagittxt(self) -> None:
        with open(self._inside("bagit.txt"), "rb") as file:
            if file.read(4).startswith(codecs.BOM_UTF8):
                raise BagValidationError("bagit.txt must not contain a byte-order mark")

    def validate_fetch(self) -> None:
        """Raise `BagError` for a line of fetch.txt whose path is unsafe or whose address is not an absolute URL."""
        for url, _size, _path in self.fetch_entries():
            parts = urlsplit(url)
            if not (parts.scheme and parts.netloc) and parts.scheme != "file":
                raise BagError(f"Malformed URL in fetch.txt: {url}")

    def _validate_contents(self, processes: int = 1, fast: bool = False, completeness_only: bool = False) -> None:
        if fast and not self.has_oxum():
            raise BagValidationError("Fast validation requires bag-info.txt to include Payload-Oxum")
        self._validate_oxum()
        if fast:
            return
        self._validate_completeness()
        if not completeness_only:
            self._validate_entries(processes)

    def _validate_oxum(self) -> None:
        stated = self.info.get("Payload-Oxum")
        if stated is None:
            return
        first = stated[0] if isinstance(stated, list) else stated
        expected = tagfile.parse_oxum(first)
        if expected is None:
            raise BagError(f"Malformed Payload-Oxum value: {first}")
        sizes = [os.lstat(self._inside(path)).st_size for path in self.payload_files()]
        if (sum(sizes), len(sizes)) != expected:
            raise BagValidationError(
                f"Payload-Oxum validation failed. Expected {expected[1]} files and {expected[0]} bytes"
                f" but found {len(sizes)} files and {sum(sizes)} bytes"
            )

    def _validate_completeness(self) -> None:
        """What the validator finds without reading the payload."""
        try:
            report = validate_bag(self.path, depth=Depth.COMPLETE)
        except ArchiveError as error:
            raise BagValidationError(str(error)) from error
        wrong = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
        if self.version_info < (1,):
            for one in wrong:
                if one.kind in _SINCE_1_0:
                    LOGGER.warning("%s: %s [%s]", one.subject, one.message, one.code)
            wrong = [one for one in wrong if one.kind not in _SINCE_1_0]
        details = sorted((_as_detail(one) for one in wrong), key=_missing_first)
        for detail in details:
            LOGGER.warning(str(detail))
        if details:
            raise BagValidationError("Bag is incomplete", details)

    def _validate_entries(self, processes: int) -> None:
        """Every listed file against every digest that is listed for it."""
        list(self.payload_files())  # fills normalized_filesystem_names
        details: list[BagError] = []
        tasks = []
        for path, expected in self.entries.items():
            place = self.normalized_filesystem_names.get(normalize_unicode(path), path)
            if not os.access(self._inside(place), os.R_OK):
                details.append(ManifestErrorDetailUnread(place, f"Could not read {self._inside(place)}"))
                continue
            tasks.append((self.path, place, tuple(expected)))
        listed = {self.normalized_filesystem_names.get(normalize_unicode(path), path): path for path in self.entries}
        try:
            for place, _size, digests in hash_all(tasks, processes):
                expected = self.entries[listed[place]]
                for algorithm, found in zip(expected, digests, strict=True):
                    if expected[algorithm] != found:
                        details.append(ChecksumMismatch(place, algorithm, expected[algorithm], found))
        except OSError as error:
            raise BagValidationError(f"Could not read {error.filename}: {error.strerror}") from error
        for one in details:
            LOGGER.warning(str(one))
        if details:
            raise BagValidationError("Bag validation failed", details)


class ManifestErrorDetailUnread(ManifestErrorDetail):
    """A listed file could not be read."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(path)
        self._words = words

    def __str__(self) -> str:
        return self._words


def require_access(folder: str) -> None:
    """Raise `BagError` unless this user can move and read everything in the folder."""
    closed = unwritable(folder)
    if closed:
        LOGGER.error("Unable to write to the following directories and files:\n%s", closed)
        raise BagError("Missing permissions to move all files and directories")
    closed = unreadable(folder)
    if closed:
        LOGGER.error("The following directories and files do not have read permissions:\n%s", closed)
        raise BagError("Read permissions are required to calculate file fixities")


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


_DETAILS: dict[object, Callable[[str], ManifestErrorDetail]] = {
    codes.MISSING_FILE: FileMissing, codes.MISSING_TAG_FILE: FileMissing, codes.FETCH_PENDING: FileMissing,
    codes.UNLISTED_FILE: UnexpectedFile,
}  # fmt: skip


def _as_detail(finding: Finding) -> BagError:
    kind = _DETAILS.get(finding.kind)
    if kind is not None:
        return kind(finding.subject)
    return BagError(f"{finding.subject}: {finding.message} [{finding.code}]")


def _missing_first(detail: BagError) -> tuple[int, str]:
    order = (FileMissing, UnexpectedFile)
    return next((index for index, kind in enumerate(order) if isinstance(detail, kind)), 2), str(detail)
